// SPDX-License-Identifier: Apache-2.0

import { type Digest, digestAlgorithm, digestHex, digestOf, quote } from "#base";
import { SignatureRejected } from "#signatures";
import { COSIGN_SIGN_PREDICATE_TYPE, IN_TOTO_TYPE } from "./cosign-candidate.ts";
import type { SignedContent } from "./signed-content.ts";

const STATEMENT_TYPES: ReadonlySet<unknown> = new Set([
  "https://in-toto.io/Statement/v1",
  "https://in-toto.io/Statement/v0.1",
]);
/** What cosign writes into `critical.type`. The "atomic container signature" of GPG has the same form and another meaning. */
const CRITICAL_TYPES: ReadonlySet<unknown> = new Set(["cosign container image signature", COSIGN_SIGN_PREDICATE_TYPE]);

/** What a payload says, as read from bytes that may not be verified yet. */
export type SignedClaims =
  /** It says that these digests are signed. */
  | { readonly type: "image"; readonly digests: readonly string[] }
  /** It is a statement about something else than "this is signed". */
  | { readonly type: "attestation"; readonly predicateType: string };

/** What the payload of a DSSE envelope or of a `.sig` layer says. Throws `SignatureRejected` for what is neither. */
export function readClaims(content: SignedContent, digest: Digest): SignedClaims {
  if (content.isManifest) {
    return { type: "image", digests: [digestOf(content.payload, digestAlgorithm(digest))] };
  }
  if (content.payloadType === undefined) {
    return { type: "image", digests: [readSimpleSigning(content)] };
  }
  if (content.payloadType !== IN_TOTO_TYPE) {
    return { type: "attestation", predicateType: content.payloadType };
  }
  const statement = readObject(content.payload);
  const predicateType = statement["predicateType"];
  if (!STATEMENT_TYPES.has(statement["_type"]) || typeof predicateType !== "string") {
    throw new SignatureRejected("MALFORMED", "payload is no in-toto statement");
  }
  return predicateType === COSIGN_SIGN_PREDICATE_TYPE
    ? { type: "image", digests: subjectDigests(statement["subject"], digest) }
    : { type: "attestation", predicateType };
}

/** Throws `DIGEST_MISMATCH` unless the digest is one of those that were signed. */
export function assertSigns(digests: readonly string[], digest: Digest): void {
  if (!digests.includes(digest)) {
    const found = digests.length === 0 ? "none" : quote(digests.slice(0, 2).join(", "));
    throw new SignatureRejected("DIGEST_MISMATCH", `expected ${digest} to be signed, found ${found}`);
  }
}

/**
 * The digest in a simple signing payload. `critical.identity.docker-reference` is passed over, as cosign does: it is the
 * name that the signer typed, which mirrors and retagging change, and the digest alone says which image it was. A policy
 * that must tell repositories apart asks for different keys or identities.
 */
function readSimpleSigning({ payload }: SignedContent): string {
  const critical = asObject(readObject(payload)["critical"]);
  const image = asObject(critical["image"]);
  const digest = image["docker-manifest-digest"];
  if (!CRITICAL_TYPES.has(critical["type"]) || typeof digest !== "string") {
    throw new SignatureRejected("MALFORMED", `payload is no cosign signature but ${quote(critical["type"])}`);
  }
  return digest;
}

/** Digests of all subjects by the algorithm of the image's digest: a signer who names several images has signed each of them. */
function subjectDigests(subjects: unknown, digest: Digest): readonly string[] {
  const algorithm = digestAlgorithm(digest);
  return (Array.isArray(subjects) ? subjects : []).flatMap((subject: unknown) => {
    const hex = asObject(asObject(subject)["digest"])[algorithm];
    return typeof hex === "string" && hex.length === digestHex(digest).length ? [`${algorithm}:${hex}`] : [];
  });
}

function readObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    // not UTF-8 or not JSON: either way not a payload
    throw new SignatureRejected("MALFORMED", "payload is not JSON");
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

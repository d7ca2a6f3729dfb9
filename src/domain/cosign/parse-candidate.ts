// SPDX-License-Identifier: Apache-2.0

import { Buffer } from "node:buffer";
import { type Bundle, bundleFromJSON, ValidationError } from "@sigstore/bundle";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import { messageOf, quote } from "#base";
import { SignatureRejected } from "#signatures";
import { assertPlainDocument } from "./assert-plain-document.ts";
import type { BundleCandidate, CosignCandidate } from "./cosign-candidate.ts";
import { toLegacyBundle } from "./legacy-bundle.ts";
import { SignedContent } from "./signed-content.ts";

/** A candidate in the form of a valid bundle; nothing about it was verified. */
export interface ParsedCandidate {
  readonly content: SignedContent;
  readonly material: Bundle["verificationMaterial"];
}

/** Versions whose rules are known. The library's own pattern takes any number for version 0.3. */
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3",
  "application/vnd.dev.sigstore.bundle.v0.3+json",
]);

/** Proofs are verified one by one, a signature each; sigstore-go stops at 32 as well. */
const MAX_PROOFS = 16;

const HASHES: Partial<Readonly<Record<HashAlgorithm, number>>> = {
  [HashAlgorithm.SHA2_256]: 32,
  [HashAlgorithm.SHA2_384]: 48,
  [HashAlgorithm.SHA2_512]: 64,
};

/** The candidate as bundle and content. Throws `SignatureRejected`. */
export function parseCandidate(candidate: CosignCandidate, maxBytes: number): ParsedCandidate {
  if (sizeOf(candidate) > maxBytes) {
    throw tooLarge(sizeOf(candidate), maxBytes);
  }
  const bundle = readBundle(candidate);
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const proofs = tlogEntries.length + (timestampVerificationData?.rfc3161Timestamps.length ?? 0);
  if (proofs > MAX_PROOFS) {
    throw new SignatureRejected("LIMIT_EXCEEDED", `expected at most ${MAX_PROOFS} proofs, found ${proofs}`);
  }
  return { content: toContent(bundle, candidate), material: bundle.verificationMaterial };
}

/** Bytes of the candidate. */
export function sizeOf(candidate: CosignCandidate): number {
  return candidate.kind === "bundle" ? candidate.bytes.length : candidate.payload.length;
}

export function tooLarge(size: number, maxBytes: number): SignatureRejected {
  return new SignatureRejected("LIMIT_EXCEEDED", `expected at most ${maxBytes} bytes, found ${size}`);
}

function readBundle(candidate: CosignCandidate): Bundle {
  const serialized = candidate.kind === "bundle" ? readJson(candidate) : toLegacyBundle(candidate);
  try {
    return bundleFromJSON(serialized);
  } catch (error) {
    const fields = error instanceof ValidationError ? `: ${error.fields.slice(0, 4).join(", ")}` : "";
    throw new SignatureRejected("MALFORMED", `not a valid bundle: ${messageOf(error).slice(0, 120)}${fields}`);
  }
}

function readJson(candidate: BundleCandidate): unknown {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(candidate.bytes));
    assertPlainDocument(document);
  } catch (error) {
    throw new SignatureRejected("MALFORMED", `not a bundle: ${messageOf(error).slice(0, 120)}`);
  }
  const mediaType = (document as { readonly mediaType?: unknown } | null)?.mediaType;
  if (typeof mediaType !== "string") {
    throw new SignatureRejected("MALFORMED", "not a bundle: it has no media type");
  }
  if (!MEDIA_TYPES.has(mediaType)) {
    throw new SignatureRejected("UNSUPPORTED", `bundle of unknown version ${quote(mediaType)}`);
  }
  return document;
}

function toContent({ content }: Bundle, candidate: CosignCandidate): SignedContent {
  if (content.$case === "dsseEnvelope") {
    const { payload, payloadType, signatures } = content.dsseEnvelope;
    return new SignedContent({ payload, payloadType, signature: signatures[0]?.sig ?? Buffer.alloc(0) });
  }
  const artifact = candidate.kind === "legacy" ? candidate.payload : candidate.artifact;
  if (artifact === undefined) {
    throw new SignatureRejected("UNSUPPORTED", "a message signature without the bytes that it signs");
  }
  const { messageDigest, signature } = content.messageSignature;
  const signed = new SignedContent({
    payload: Buffer.from(artifact),
    isManifest: candidate.kind === "bundle",
    signature,
  });
  // the library compares log entries with this digest but never the digest with the artifact
  if (HASHES[messageDigest.algorithm] !== messageDigest.digest.length || !signed.compareDigest(messageDigest.digest)) {
    throw new SignatureRejected("DIGEST_MISMATCH", "the message digest of the bundle is of something else");
  }
  return signed;
}

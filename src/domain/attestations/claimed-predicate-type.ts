// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { LIMITS } from "#base";
import type { CosignCandidate } from "#cosign";
import { IN_TOTO_PAYLOAD_TYPE } from "./in-toto-statement.ts";

/** What a candidate claims to be before anybody looked at its signature. */
export type Claim =
  /** An in-toto statement with that predicate type. */
  | { readonly kind: "statement"; readonly predicateType: string }
  /** A signature of something else: no attestation. */
  | { readonly kind: "other" }
  /** Bytes that cannot be read as far as that. */
  | { readonly kind: "unreadable" };

/**
 * Reads what a candidate claims, only so that signatures and attestations of other types that lie beside the wanted ones
 * are not counted as bad. Nothing is accepted by a claim: the type is judged again in the verified payload.
 */
export function readClaim(candidate: CosignCandidate): Claim {
  const bytes = candidate.kind === "bundle" ? candidate.bytes : candidate.payload;
  if (bytes.length > LIMITS.maxAttestationBytes) {
    return { kind: "unreadable" };
  }
  const document = parseObject(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  const envelope = candidate.kind === "bundle" ? asObject(document?.["dsseEnvelope"]) : document;
  if (document === undefined || (candidate.kind === "bundle" && !envelope && !("messageSignature" in document))) {
    return { kind: "unreadable" };
  }
  if (envelope?.["payloadType"] !== IN_TOTO_PAYLOAD_TYPE) {
    return { kind: "other" };
  }
  const { payload } = envelope;
  const statement =
    typeof payload === "string" ? parseObject(Buffer.from(payload, "base64").toString("utf8")) : undefined;
  const predicateType = statement?.["predicateType"];
  return typeof predicateType === "string" ? { kind: "statement", predicateType } : { kind: "unreadable" };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // not JSON: the verifier says so in its own words
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

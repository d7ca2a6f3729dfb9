// SPDX-License-Identifier: Apache-2.0

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { LIMITS, quote } from "#base";
import { SignatureRejected } from "#signatures";
import { assertPlainDocument } from "./assert-plain-document.ts";
import { DSSE_TYPE, type LegacyCandidate, SIMPLE_SIGNING_TYPE } from "./cosign-candidate.ts";

const SIGNATURE = "dev.cosignproject.cosign/signature";
const CERTIFICATE = "dev.sigstore.cosign/certificate";
const REKOR_BUNDLE = "dev.sigstore.cosign/bundle";
const TIMESTAMP = "dev.sigstore.cosign/rfc3161timestamp";

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * A layer of cosign's older format as bundle of version 0.1, whose proofs it shares: a signed entry timestamp of Rekor
 * instead of an inclusion proof (cosign specification, "Signature Specification"). The annotation
 * `dev.sigstore.cosign/chain` is passed over: intermediates come from the trust root, as in every bundle.
 * The result is only a translation; `@sigstore/bundle` validates it. Throws `SignatureRejected`.
 */
export function toLegacyBundle(candidate: LegacyCandidate): unknown {
  const verificationMaterial = {
    ...readKey(candidate),
    tlogEntries: readLogEntry(candidate),
    timestampVerificationData: { rfc3161Timestamps: readTimestamp(candidate) },
  };
  const mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  if (candidate.mediaType === DSSE_TYPE) {
    return { mediaType, verificationMaterial, dsseEnvelope: readDocument(candidate.payload, "DSSE envelope") };
  }
  if (candidate.mediaType !== SIMPLE_SIGNING_TYPE) {
    throw new SignatureRejected("UNSUPPORTED", `layer of unknown type ${quote(candidate.mediaType)}`);
  }
  const signature = candidate.annotations[SIGNATURE];
  if (signature === undefined || signature.length > LIMITS.maxFieldLength * 16 || !BASE64.test(signature)) {
    throw new SignatureRejected("MALFORMED", `annotation ${SIGNATURE} is no signature in base64`);
  }
  const digest = createHash("sha256").update(candidate.payload).digest("base64");
  const messageSignature = { messageDigest: { algorithm: "SHA2_256", digest }, signature };
  return { mediaType, verificationMaterial, messageSignature };
}

function readKey({ annotations }: LegacyCandidate): Record<string, unknown> {
  const pem = annotations[CERTIFICATE];
  if (pem === undefined || pem === "") {
    return { publicKey: { hint: "" } };
  }
  const base64 = pem.length <= LIMITS.maxSignatureBytes ? PEM.exec(pem)?.[1] : undefined;
  if (base64 === undefined) {
    throw new SignatureRejected("MALFORMED", `annotation ${CERTIFICATE} is no certificate in PEM`);
  }
  return { x509CertificateChain: { certificates: [{ rawBytes: base64.replaceAll(/\s/g, "") }] } };
}

/** Rekor's answer as cosign keeps it: `{"SignedEntryTimestamp": base64, "Payload": {body, integratedTime, logIndex, logID}}`. */
function readLogEntry({ annotations }: LegacyCandidate): readonly unknown[] {
  const text = annotations[REKOR_BUNDLE];
  if (text === undefined || text === "") {
    return [];
  }
  const bundle = readDocument(text, REKOR_BUNDLE) as {
    readonly SignedEntryTimestamp?: unknown;
    readonly Payload?: Readonly<Record<string, unknown>> | null;
  } | null;
  const { body, integratedTime, logIndex, logID } = bundle?.Payload ?? {};
  const promise = bundle?.SignedEntryTimestamp;
  const isEntry =
    typeof body === "string" &&
    typeof logID === "string" &&
    typeof promise === "string" &&
    isCount(integratedTime) &&
    isCount(logIndex);
  if (!isEntry) {
    throw new SignatureRejected("MALFORMED", `annotation ${REKOR_BUNDLE} is no entry of a log`);
  }
  const entry = readDocument(Buffer.from(body, "base64"), "entry of the log") as Readonly<
    Record<string, unknown>
  > | null;
  return [
    {
      logIndex: String(logIndex),
      logId: { keyId: Buffer.from(logID, "hex").toString("base64") },
      kindVersion: { kind: String(entry?.["kind"]), version: String(entry?.["apiVersion"]) },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: promise },
      canonicalizedBody: body,
    },
  ];
}

function readTimestamp({ annotations }: LegacyCandidate): readonly unknown[] {
  const text = annotations[TIMESTAMP];
  if (text === undefined || text === "") {
    return [];
  }
  const document = readDocument(text, TIMESTAMP) as { readonly SignedRFC3161Timestamp?: unknown } | null;
  const signedTimestamp = document?.SignedRFC3161Timestamp;
  if (typeof signedTimestamp !== "string" || signedTimestamp === "") {
    throw new SignatureRejected("MALFORMED", `annotation ${TIMESTAMP} is no timestamp`);
  }
  return [{ signedTimestamp }];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function readDocument(text: string | Uint8Array, what: string): unknown {
  try {
    const isTooLong = typeof text === "string" && text.length > LIMITS.maxSignatureBytes;
    const document: unknown = isTooLong
      ? undefined
      : JSON.parse(typeof text === "string" ? text : new TextDecoder("utf-8", { fatal: true }).decode(text));
    assertPlainDocument(document);
    return document;
  } catch {
    // whatever is wrong with it, it is not what it should be
    throw new SignatureRejected("MALFORMED", `${what} is not JSON`);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { createHash, verify, X509Certificate } from "node:crypto";
import { dsse, RFC3161Timestamp } from "@sigstore/core";
import type { Bundle } from "@sigstore/sign";
import { SigningError } from "./errors.ts";

/**
 * Whether what the services answered is about this very signature: the certificate is for the key that signed, and log
 * entries and timestamps are for the signature. The library takes any answer of the right form, and who is told "signed"
 * would find out at the gate. Whether the services are to be trusted is for verifiers. Throws `SIGNING_SERVICE_FAILED`.
 */
export function assertOwnBundle(bundle: Bundle): void {
  if (bundle.content.$case !== "dsseEnvelope") {
    return;
  }
  const { payloadType, payload, signatures } = bundle.content.dsseEnvelope;
  const signature = signatures[0]?.sig ?? Buffer.alloc(0);
  const signed = dsse.preAuthEncoding(payloadType, payload);
  const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const certificate =
    content.$case === "certificate"
      ? content.certificate
      : content.$case === "x509CertificateChain"
        ? content.x509CertificateChain.certificates[0]
        : undefined;
  if (certificate !== undefined && !holds(() => isSignedBy(certificate.rawBytes, signed, signature))) {
    throw new SigningError("SIGNING_SERVICE_FAILED", "the certificate authority gave a certificate for another key");
  }
  for (const { canonicalizedBody } of tlogEntries) {
    if (!holds(() => isLoggedIn(JSON.parse(canonicalizedBody.toString("utf8")), { signed, payload, signature }))) {
      throw new SigningError("SIGNING_SERVICE_FAILED", "the transparency log answered an entry for another signature");
    }
  }
  for (const { signedTimestamp } of timestampVerificationData?.rfc3161Timestamps ?? []) {
    if (!holds(() => isStampOf(signedTimestamp, signature))) {
      throw new SigningError("SIGNING_SERVICE_FAILED", "the timestamp authority stamped another signature");
    }
  }
}

function isSignedBy(certificate: Uint8Array, signed: Buffer, signature: Buffer): boolean {
  return verify("sha256", signed, new X509Certificate(certificate).publicKey, signature);
}

/** The part of an entry that names what was logged: `dsse` 0.0.1 (Rekor v1) and `hashedrekord` 0.0.2 (Rekor v2). */
interface EntryBody {
  readonly spec: {
    readonly payloadHash?: { readonly value: string };
    readonly signatures?: readonly { readonly signature: string }[];
    readonly hashedRekordV002?: {
      readonly data: { readonly digest: string };
      readonly signature: { readonly content: string };
    };
  };
}

function isLoggedIn(
  body: unknown,
  own: { readonly signed: Buffer; readonly payload: Buffer; readonly signature: Buffer },
): boolean {
  // what is missing makes an error, which counts as "no"
  const { hashedRekordV002: record, payloadHash, signatures } = (body as EntryBody).spec;
  const signature = own.signature.toString("base64");
  return record === undefined
    ? payloadHash?.value === createHash("sha256").update(own.payload).digest("hex") &&
        signatures?.[0]?.signature === signature
    : record.data.digest === createHash("sha256").update(own.signed).digest("base64") &&
        record.signature.content === signature;
}

/** `verify` throws when the imprint is of something else (RFC 3161, section 2.4.2). */
function isStampOf(timestamp: Uint8Array, signature: Buffer): boolean {
  RFC3161Timestamp.parse(Buffer.from(timestamp)).tstInfo.verify(signature);
  return true;
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

// SPDX-License-Identifier: Apache-2.0

import { type SignedEntity, VerificationError } from "@sigstore/verify";
import { messageOf } from "#base";
import { SignatureRejected } from "#signatures";
import type { WarmCertificate } from "./warm-certificate.ts";

/**
 * The reason in our words for what `@sigstore/verify` threw. The library stops at the first check that fails, and a
 * changed signature fails at the log or at the timestamp first; whoever reads the reason wants to know that it is the
 * signature, so that is looked at again.
 */
export function explainRejection(
  error: unknown,
  entity: SignedEntity & { readonly certificate: WarmCertificate | undefined },
): SignatureRejected {
  if (error instanceof SignatureRejected) {
    return error;
  }
  if (!(error instanceof VerificationError)) {
    // the library's readers throw whatever comes for bytes that they do not expect
    return new SignatureRejected("MALFORMED", `cannot be read: ${messageOf(error).slice(0, 160)}`);
  }
  const message = error.message.slice(0, 200);
  if (entity.certificate !== undefined && !isSignedBy(entity, entity.certificate)) {
    return new SignatureRejected("SIGNATURE_INVALID", "the signature is not of these bytes by the certificate's key");
  }
  switch (error.code) {
    case "SIGNATURE_ERROR":
      return new SignatureRejected("SIGNATURE_INVALID", message);
    case "TIMESTAMP_ERROR":
      return new SignatureRejected("TIMESTAMP_INVALID", message);
    case "TLOG_MISSING_INCLUSION_ERROR":
      return new SignatureRejected("LOG_PROOF_MISSING", message);
    case "TLOG_BODY_ERROR":
      return message.startsWith("unsupported ")
        ? new SignatureRejected("UNSUPPORTED", message)
        : new SignatureRejected("LOG_PROOF_INVALID", message);
    case "TLOG_ERROR":
    case "TLOG_INCLUSION_PROOF_ERROR":
    case "TLOG_INCLUSION_PROMISE_ERROR":
      return new SignatureRejected("LOG_PROOF_INVALID", message);
    case "CERTIFICATE_ERROR":
      return explainCertificate(message, entity);
    case "PUBLIC_KEY_ERROR":
      return new SignatureRejected("KEY_MISMATCH", message);
    default:
      return new SignatureRejected("SIGNATURE_INVALID", message);
  }
}

function explainCertificate(
  message: string,
  entity: SignedEntity & { readonly certificate: WarmCertificate | undefined },
): SignatureRejected {
  if (message.includes("SCT")) {
    return new SignatureRejected("SCT_INVALID", message);
  }
  const isOutside = signingTimes(entity).some((time) => entity.certificate?.validForDate(time) === false);
  return isOutside
    ? new SignatureRejected("EXPIRED", "the certificate was not valid when the signature was made")
    : new SignatureRejected("CERTIFICATE_UNTRUSTED", message);
}

/** The times that the proofs state; trusted only once the library has accepted them. */
export function signingTimes(entity: SignedEntity): readonly Date[] {
  return entity.timestamps.map((each) =>
    each.$case === "timestamp-authority"
      ? each.timestamp.signingTime
      : new Date(Number(each.tlogEntry.integratedTime) * 1000),
  );
}

function isSignedBy(entity: SignedEntity, certificate: WarmCertificate): boolean {
  try {
    return entity.signature.verifySignature(certificate.key);
  } catch {
    // a key that cannot be read has signed nothing
    return false;
  }
}

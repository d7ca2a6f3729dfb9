// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type SimpleSigningErrorCode =
  /** Not a signed OpenPGP message, or its content is not a simple signing document. */
  | "MALFORMED"
  /** A version, algorithm or compression that is not read. */
  | "UNSUPPORTED"
  /** More bytes, packets or nesting than are looked at. */
  | "LIMIT_EXCEEDED"
  /** The signature does not hold, or its algorithms are too weak to count. */
  | "SIGNATURE_INVALID"
  /** By a key that is not in the key ring, or that may not sign. */
  | "KEY_MISMATCH"
  /** Key or signature had ended, or the signature is of another time than its key. */
  | "EXPIRED"
  /** The key was revoked. */
  | "REVOKED"
  /** Signed is another digest. */
  | "DIGEST_MISMATCH"
  /** Signed is another repository or tag. */
  | "REFERENCE_MISMATCH"
  /** A key ring cannot be read. */
  | "TRUST_MATERIAL_INVALID";

/** Why a candidate does not count; the verifier turns it into a problem. */
export class SimpleSigningError extends CodedError<SimpleSigningErrorCode> {
  override readonly name: string = "SimpleSigningError";
}

/** For content that is not what containers-signature(5) or RFC 9580 say. */
export function malformed(message: string, cause?: unknown): SimpleSigningError {
  return new SimpleSigningError("MALFORMED", message, { cause });
}

/** For what a newer or rarer writer may have meant and this reader does not know. */
export function unsupported(message: string): SimpleSigningError {
  return new SimpleSigningError("UNSUPPORTED", message);
}

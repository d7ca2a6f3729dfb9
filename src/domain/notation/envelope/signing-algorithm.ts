// SPDX-License-Identifier: Apache-2.0

import { constants, type KeyObject, verify } from "node:crypto";
import { quote } from "#base";
import { SignatureRejected } from "#signatures";

interface SigningAlgorithm {
  readonly name: string;
  readonly digest: "sha256" | "sha384" | "sha512";
  /** Octets of an ECDSA signature (RFC 7518 section 3.4); RSA has as many as the key. */
  readonly signatureBytes?: number;
}

/** The key decides, never the header (signature-specification "Algorithm Selection"). */
const RSA: Readonly<Record<number, SigningAlgorithm>> = {
  2_048: { name: "PS256", digest: "sha256" },
  3_072: { name: "PS384", digest: "sha384" },
  4_096: { name: "PS512", digest: "sha512" },
};
const EC: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: { name: "ES256", digest: "sha256", signatureBytes: 64 },
  secp384r1: { name: "ES384", digest: "sha384", signatureBytes: 96 },
  secp521r1: { name: "ES512", digest: "sha512", signatureBytes: 132 },
};

/**
 * Throws `SignatureRejected` unless the key made the signature with the one algorithm that belongs to it, and the header
 * names that algorithm: so neither `none`, nor an HMAC with the public key as its secret, nor a weaker hash gets
 * anywhere.
 */
export function assertSignature(
  signed: { readonly algorithm: string; readonly signedBytes: Uint8Array; readonly signature: Uint8Array },
  key: KeyObject,
): void {
  const algorithm = algorithmOf(key);
  if (signed.algorithm !== algorithm.name) {
    throw new SignatureRejected(
      "SIGNATURE_INVALID",
      `expected algorithm ${algorithm.name}, which the key demands, found ${quote(signed.algorithm)}`,
    );
  }
  if (!isSigned(signed, key, algorithm)) {
    throw new SignatureRejected("SIGNATURE_INVALID", "the signature does not match what it is said to be over");
  }
}

function isSigned(
  signed: { readonly signedBytes: Uint8Array; readonly signature: Uint8Array },
  key: KeyObject,
  algorithm: SigningAlgorithm,
): boolean {
  if (algorithm.signatureBytes === undefined) {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    // RFC 7518 section 3.5 and RFC 8230 section 2: the salt is as long as the hash.
    const options = { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    return verify(algorithm.digest, signed.signedBytes, options, signed.signature);
  }
  return (
    signed.signature.length === algorithm.signatureBytes &&
    verify(algorithm.digest, signed.signedBytes, { key, dsaEncoding: "ieee-p1363" }, signed.signature)
  );
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  const algorithm =
    key.asymmetricKeyType === "rsa" ? RSA[modulusLength] : key.asymmetricKeyType === "ec" ? EC[namedCurve] : undefined;
  if (algorithm === undefined) {
    throw new SignatureRejected(
      "CERTIFICATE_UNTRUSTED",
      `the signing key is of a kind or size that the Notary Project does not define (${key.asymmetricKeyType ?? "unknown"} ${namedCurve || modulusLength})`,
    );
  }
  return algorithm;
}

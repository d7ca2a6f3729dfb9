// SPDX-License-Identifier: Apache-2.0
import type { Buffer } from "node:buffer";
import { constants, createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { CosignError } from "./errors.ts";

/** A public key of a requirement. */
export interface VerificationKey {
  readonly key: KeyObject;
  /** SHA-256 of the SPKI, `sha256:…`. */
  readonly keyId: string;
  /** DER. */
  readonly spki: Buffer;
  /** What cosign writes into a bundle to say which key it was: the same hash in base64. */
  readonly hint: string;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
const PEM = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{1,4096}-----END PUBLIC KEY-----\s*$/;

/** Hash functions that cosign uses with a curve: that of its size, and SHA-256 for any of them before version 3. */
const CURVE_HASHES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ["sha256"],
  secp384r1: ["sha384", "sha256"],
  secp521r1: ["sha512", "sha256"],
};

/** The key in one PEM block `PUBLIC KEY`. Throws `CosignError` `KEY_INVALID` for anything else: a private key, a certificate, RSA below 2048 bits, another curve. */
export function parseVerificationKey(pem: string): VerificationKey {
  let key: KeyObject | undefined;
  try {
    key = PEM.test(pem) ? createPublicKey(pem) : undefined;
  } catch (error) {
    throw new CosignError("KEY_INVALID", "expected a PEM public key", { cause: error });
  }
  if (key === undefined || !isSupportedKey(key)) {
    throw new CosignError(
      "KEY_INVALID",
      "expected one PEM block PUBLIC KEY with RSA of 2048 bits or more, ECDSA P-256, P-384 or P-521, or Ed25519",
    );
  }
  return toVerificationKey(key);
}

function toVerificationKey(key: KeyObject): VerificationKey {
  const spki = key.export({ type: "spki", format: "der" });
  const hash = createHash("sha256").update(spki).digest();
  return { key, keyId: `sha256:${hash.toString("hex")}`, spki, hint: hash.toString("base64") };
}

/** Whether signatures by the key can be verified here. */
export function isSupportedKey(key: KeyObject): boolean {
  switch (key.asymmetricKeyType) {
    case "ec":
      return Object.hasOwn(CURVE_HASHES, key.asymmetricKeyDetails?.namedCurve ?? "");
    case "rsa":
    case "rsa-pss": {
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
    }
    case "ed25519":
      return true;
    default:
      return false;
  }
}

/**
 * Whether the key has signed the bytes, by any algorithm that cosign uses with keys of its type. Which one it was is
 * written nowhere; none of them is weaker than another, so trying is safe.
 */
export function hasSigned(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    switch (key.asymmetricKeyType) {
      case "ec":
        return (CURVE_HASHES[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? []).some((hash) =>
          verify(hash, bytes, key, signature),
        );
      case "rsa":
        return verify("sha256", bytes, key, signature) || isSignedPss(key, bytes, signature);
      case "rsa-pss":
        return isSignedPss(key, bytes, signature);
      case "ed25519":
        return verify(null, bytes, key, signature);
      default:
        return false;
    }
  } catch {
    // node:crypto throws for signatures that are not even encoded as one; that is no other answer than false
    return false;
  }
}

function isSignedPss(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify("sha256", bytes, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature);
}

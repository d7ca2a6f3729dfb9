// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { unsupported } from "./errors.ts";
import { readBytes, readNumber } from "./read-packets.ts";

/** A public key as `node:crypto` takes it. */
export interface VerificationKey {
  /** Of OpenPGP (RFC 9580 section 9.1); a signature must name the same. */
  readonly algorithm: number;
  readonly key: KeyObject;
  /** The size of each number of a signature, or of all of it where it has no numbers. */
  readonly numberBytes: number;
}

export const ALGORITHM = { rsa: 1, rsaSign: 3, dsa: 17, ecdsa: 19, eddsaLegacy: 22, ed25519: 27, ed448: 28 } as const;

/** Object identifiers of curves in hexadecimal (RFC 9580 section 9.2) → name in a JWK, bytes of a number. */
const CURVES: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  "2a8648ce3d030107": { name: "P-256", bytes: 32 },
  "2b81040022": { name: "P-384", bytes: 48 },
  "2b81040023": { name: "P-521", bytes: 66 },
};
const ED25519_LEGACY = "2b06010401da470f01";

/**
 * The key in the body of a public key packet (RFC 9580 section 5.5.2): 4, creation time, algorithm, numbers. Throws
 * `UNSUPPORTED` for versions, algorithms and curves that are not verified here.
 */
export function toVerificationKey(body: Uint8Array): VerificationKey {
  const version = readNumber(body, 0, 1);
  if (version !== 4) {
    throw unsupported(`key of version ${version}`);
  }
  const algorithm = readNumber(body, 5, 1);
  const material = body.subarray(6);
  switch (algorithm) {
    case ALGORITHM.rsa:
    case ALGORITHM.rsaSign:
      return toRsaKey(algorithm, material);
    case ALGORITHM.ecdsa:
      return toEcdsaKey(material);
    case ALGORITHM.eddsaLegacy:
      return toLegacyEd25519Key(material);
    case ALGORITHM.ed25519:
      return toEdwardsKey(algorithm, "Ed25519", readBytes(material, 0, 32));
    case ALGORITHM.ed448:
      return toEdwardsKey(algorithm, "Ed448", readBytes(material, 0, 57));
    default:
      throw unsupported(`key of algorithm ${algorithm}`);
  }
}

/** A multiprecision integer (RFC 9580 section 3.2): how many bits, then the bytes. */
export function readInteger(bytes: Uint8Array, at: number): { readonly value: Uint8Array; readonly end: number } {
  const length = (readNumber(bytes, at, 2) + 7) >> 3;
  return { value: readBytes(bytes, at + 2, length), end: at + 2 + length };
}

function toRsaKey(algorithm: number, material: Uint8Array): VerificationKey {
  const modulus = readInteger(material, 0);
  const exponent = readInteger(material, modulus.end);
  const key = importKey({ kty: "RSA", n: toBase64Url(modulus.value), e: toBase64Url(exponent.value) });
  return { algorithm, key, numberBytes: modulus.value.length };
}

function toEcdsaKey(material: Uint8Array): VerificationKey {
  const { oid, point } = readPoint(material);
  const curve = CURVES[oid];
  if (curve === undefined) {
    throw unsupported(`key on a curve with the identifier ${oid.slice(0, 40)}`);
  }
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) {
    throw unsupported("key whose point is not uncompressed");
  }
  const x = toBase64Url(point.subarray(1, 1 + curve.bytes));
  const y = toBase64Url(point.subarray(1 + curve.bytes));
  return {
    algorithm: ALGORITHM.ecdsa,
    key: importKey({ kty: "EC", crv: curve.name, x, y }),
    numberBytes: curve.bytes,
  };
}

function toLegacyEd25519Key(material: Uint8Array): VerificationKey {
  const { oid, point } = readPoint(material);
  if (oid !== ED25519_LEGACY || point[0] !== 0x40 || point.length !== 33) {
    throw unsupported(`EdDSA key on a curve with the identifier ${oid.slice(0, 40)}`);
  }
  return { ...toEdwardsKey(ALGORITHM.eddsaLegacy, "Ed25519", point.subarray(1)), numberBytes: 32 };
}

function toEdwardsKey(algorithm: number, curve: "Ed25519" | "Ed448", point: Uint8Array): VerificationKey {
  const key = importKey({ kty: "OKP", crv: curve, x: toBase64Url(point) });
  return { algorithm, key, numberBytes: curve === "Ed25519" ? 64 : 114 };
}

/** RFC 9580 section 9.2: the identifier with its length before it, then the point as an integer. */
function readPoint(material: Uint8Array): { readonly oid: string; readonly point: Uint8Array } {
  const oidLength = readNumber(material, 0, 1);
  const oid = Buffer.from(readBytes(material, 1, oidLength)).toString("hex");
  return { oid, point: readInteger(material, 1 + oidLength).value };
}

function importKey(jwk: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    throw unsupported("key whose numbers are no key");
  }
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
}

// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { constants as cryptoConstants, hash as hashOnce, verify } from "node:crypto";
import { malformed, SimpleSigningError, unsupported } from "./errors.ts";
import type { ParsedSignature } from "./parse-signature.ts";
import { ALGORITHM, readInteger, type VerificationKey } from "./verification-key.ts";

/** RFC 9580 section 9.5 → names of `node:crypto`. */
const HASHES: Readonly<Record<number, string>> = {
  8: "sha256",
  9: "sha384",
  10: "sha512",
  11: "sha224",
  12: "sha3-256",
  14: "sha3-512",
};
/** MD5, SHA-1 and RIPEMD-160: who finds two documents with one hash can exchange them under a signature. */
const WEAK_HASHES: Readonly<Record<number, string>> = { 1: "MD5", 2: "SHA-1", 3: "RIPEMD-160" };

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Whether the key made the signature over the content: the hash of OpenPGP by `node:crypto`, the signature by
 * `node:crypto`. Throws `SIGNATURE_INVALID` for weak algorithms, `UNSUPPORTED` for unknown ones, `MALFORMED` for numbers
 * that are not as the algorithm writes them.
 */
export function holdsSignature(signature: ParsedSignature, content: Uint8Array, key: VerificationKey): boolean {
  const hash = hashName(signature);
  if (signature.algorithm !== key.algorithm) {
    return false;
  }
  const data = Buffer.concat([signature.type === 1 ? toCanonicalText(content) : content, signature.suffix]);
  const digest = hashOnce(hash, data, "buffer");
  if (digest.readUInt16BE(0) !== signature.hashStart) {
    return false;
  }
  assertLongEnough(digest, key.algorithm);
  switch (key.algorithm) {
    case ALGORITHM.rsa:
    case ALGORITHM.rsaSign:
      return verify(
        hash,
        data,
        { key: key.key, padding: cryptoConstants.RSA_PKCS1_PADDING },
        readNumbers(signature.material, 1, key.numberBytes),
      );
    case ALGORITHM.ecdsa:
      return verify(
        hash,
        data,
        { key: key.key, dsaEncoding: "ieee-p1363" },
        readNumbers(signature.material, 2, key.numberBytes),
      );
    case ALGORITHM.eddsaLegacy:
      return verify(null, digest, key.key, readNumbers(signature.material, 2, key.numberBytes));
    default:
      return signature.material.length === key.numberBytes && verify(null, digest, key.key, signature.material);
  }
}

function hashName({ hash, algorithm }: ParsedSignature): string {
  const weak = algorithm === ALGORITHM.dsa ? "DSA" : WEAK_HASHES[hash];
  if (weak !== undefined) {
    throw new SimpleSigningError("SIGNATURE_INVALID", `${weak} is too weak to count`);
  }
  const name = HASHES[hash];
  if (name === undefined) {
    throw unsupported(`hash algorithm ${hash}`);
  }
  return name;
}

/** "The digest size MUST be at least" that (RFC 9580 sections 5.2.3.3 to 5.2.3.5). */
const MIN_DIGEST_BYTES: Readonly<Record<number, number>> = {
  [ALGORITHM.eddsaLegacy]: 32,
  [ALGORITHM.ed25519]: 32,
  [ALGORITHM.ed448]: 64,
};

function assertLongEnough(digest: Uint8Array, algorithm: number): void {
  const expected = MIN_DIGEST_BYTES[algorithm] ?? 0;
  if (digest.length < expected) {
    throw new SimpleSigningError(
      "SIGNATURE_INVALID",
      `expected a hash of at least ${expected} bytes under this key, found ${digest.length}`,
    );
  }
}

/** The integers of a signature, each filled up with zeros in front, one behind the other, and nothing after them. */
function readNumbers(material: Uint8Array, count: number, numberBytes: number): Uint8Array {
  const numbers = new Uint8Array(count * numberBytes);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const { value, end } = readInteger(material, at);
    if (value.length > numberBytes) {
      throw malformed(`expected a number of at most ${numberBytes} bytes in the signature, found ${value.length}`);
    }
    numbers.set(value, (index + 1) * numberBytes - value.length);
    at = end;
  }
  if (at !== material.length) {
    throw malformed("bytes behind the numbers of the signature");
  }
  return numbers;
}

/** Line ends as CR LF (RFC 9580 section 5.2.1.2). In JSON they can only stand between values. */
function toCanonicalText(content: Uint8Array): Uint8Array {
  const text: number[] = [];
  let previous = 0;
  for (const byte of content) {
    if (byte === LINE_FEED && previous !== CARRIAGE_RETURN) {
      text.push(CARRIAGE_RETURN);
    }
    text.push(byte);
    previous = byte;
  }
  return Uint8Array.from(text);
}

// SPDX-License-Identifier: Apache-2.0

import { createHash, timingSafeEqual } from "node:crypto";
import type { Limits } from "#base";
import { SignatureRejected } from "#signatures";
import { type JsonObject, readEntry, readField, toBytes, toInteger, toObject } from "./metadata-json.ts";

/** Length and hashes of a file, as its parent says; SHA-256 is always there, since files are named by it. */
export interface FileDescription {
  readonly length: number;
  readonly sha256: Buffer;
  readonly sha512?: Buffer;
}

/** Reads the `meta` or `targets` entry of a file. */
export function parseFileDescription(value: unknown, name: string): FileDescription {
  const object = toObject(value, name);
  const hashes = toObject(readField(object, "hashes"), "hashes");
  const sha512 = readHash(hashes, "sha512", 64);
  const sha256 = readHash(hashes, "sha256", 32);
  if (sha256 === undefined) {
    throw new SignatureRejected("MALFORMED", `expected a sha256 hash of ${name}`);
  }
  return {
    length: toInteger(readField(object, "length"), "length", 0),
    sha256,
    ...(sha512 === undefined ? {} : { sha512 }),
  };
}

function readHash(hashes: JsonObject, algorithm: string, length: number): Buffer | undefined {
  const value = readEntry(hashes, algorithm);
  if (value === undefined) {
    return undefined;
  }
  const hash = toBytes(value, algorithm);
  if (hash.length !== length) {
    throw new SignatureRejected("MALFORMED", `expected ${length} bytes for ${algorithm}, found ${hash.length}`);
  }
  return hash;
}

/** Throws `DIGEST_MISMATCH` unless length and every hash are those of the bytes. */
export function assertDescribes(description: FileDescription, bytes: Uint8Array, name: string): void {
  const isSame =
    description.length === bytes.length &&
    hasHash(bytes, "sha256", description.sha256) &&
    (description.sha512 === undefined || hasHash(bytes, "sha512", description.sha512));
  if (!isSame) {
    throw new SignatureRejected("DIGEST_MISMATCH", `${name} is not the file that its parent describes`);
  }
}

function hasHash(bytes: Uint8Array, algorithm: string, hash: Uint8Array): boolean {
  return timingSafeEqual(createHash(algorithm).update(bytes).digest(), hash);
}

/** The most bytes that the file can have; throws `LIMIT_EXCEEDED` for one that is announced as too large. */
export function lengthLimit(description: FileDescription, name: string, limits: Limits): number {
  if (description.length > limits.maxTrustMaterialBytes) {
    throw new SignatureRejected(
      "LIMIT_EXCEEDED",
      `${name} has ${description.length} bytes, more than ${limits.maxTrustMaterialBytes}`,
    );
  }
  return description.length;
}

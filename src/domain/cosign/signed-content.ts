// SPDX-License-Identifier: Apache-2.0
import type { Buffer } from "node:buffer";
import { createHash, type KeyObject } from "node:crypto";
import { dsse } from "@sigstore/core";
import { hasSigned } from "./verification-key.ts";

const HASH_OF_LENGTH: Readonly<Record<number, string>> = { 32: "sha256", 48: "sha384", 64: "sha512" };

/**
 * What was signed, as `@sigstore/verify` asks for it. Its own classes know one hash function for DSSE and believe the
 * digest that a message signature states; these compute every digest from the bytes that are going to be used.
 */
export class SignedContent {
  readonly payload: Buffer;
  /** Of a DSSE envelope. */
  readonly payloadType: string | undefined;
  /** The payload is the image's manifest itself and not a text about it. */
  readonly isManifest: boolean;
  readonly signature: Buffer;
  readonly #signed: Buffer;
  readonly #verdicts = new WeakMap<KeyObject, boolean>();

  constructor(options: {
    readonly payload: Buffer;
    readonly payloadType?: string;
    readonly isManifest?: boolean;
    readonly signature: Buffer;
  }) {
    this.payload = options.payload;
    this.payloadType = options.payloadType;
    this.isManifest = options.isManifest ?? false;
    this.signature = options.signature;
    this.#signed =
      options.payloadType === undefined ? options.payload : dsse.preAuthEncoding(options.payloadType, options.payload);
  }

  compareSignature(signature: Buffer): boolean {
    return this.signature.equals(signature);
  }

  /** Whether it is the digest of the payload. */
  compareDigest(digest: Buffer): boolean {
    return isDigestOf(digest, this.payload);
  }

  /** Whether it is the digest of the bytes that were signed: for DSSE the pre-authentication encoding. */
  compareSignedDigest(digest: Buffer): boolean {
    return isDigestOf(digest, this.#signed);
  }

  verifySignature(key: KeyObject): boolean {
    let verdict = this.#verdicts.get(key);
    if (verdict === undefined) {
      verdict = hasSigned(key, this.#signed, this.signature);
      this.#verdicts.set(key, verdict);
    }
    return verdict;
  }
}

function isDigestOf(digest: Uint8Array, bytes: Uint8Array): boolean {
  const algorithm = HASH_OF_LENGTH[digest.length];
  return algorithm !== undefined && createHash(algorithm).update(bytes).digest().equals(digest);
}

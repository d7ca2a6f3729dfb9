// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SecretStore } from "#database";

/** 100 random bits, in letters that survive reading aloud (RFC 4648 base32). */
const ACCESS_KEY = /^HAK[A-Z2-7]{20}$/;
const SECRET_KEY = /^hsk_[A-Za-z0-9_-]{43}$/;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HASH_KEY_BYTES = 32;

/** A new pair. The secret is shown once and kept by nobody here. */
export interface AccessKeyPair {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Whether a name is one of an access key, and so never that of an account. */
export function isAccessKey(name: string): boolean {
  return ACCESS_KEY.test(name);
}

export function createAccessKeyPair(): AccessKeyPair {
  const letters = [...randomBytes(20)].map((byte) => LETTERS[byte % 32] ?? "").join("");
  return { accessKey: `HAK${letters}`, secretKey: `hsk_${randomBytes(32).toString("base64url")}` };
}

/**
 * Hashes secrets of access keys. They are 256 random bits, which nobody guesses: a slow hash, as for passwords, would
 * protect nothing and cost each pull 50 ms. The key of the HMAC, sealed with the secret key of the installation, keeps whoever can
 * only write to the database from planting a secret of his own; the name of the key is hashed too, so that a hash cannot be
 * moved to another row.
 */
export class SecretHasher {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  hash({ accessKey, secretKey }: AccessKeyPair): string {
    return this.#mac(accessKey, secretKey).toString("base64url");
  }

  isRight(pair: AccessKeyPair, hash: string): boolean {
    const stored = Buffer.from(hash, "base64url");
    const found = this.#mac(pair.accessKey, pair.secretKey);
    return SECRET_KEY.test(pair.secretKey) && stored.length === found.length && timingSafeEqual(stored, found);
  }

  #mac(accessKey: string, secretKey: string): Buffer {
    return createHmac("sha256", this.#key).update(`${accessKey}:${secretKey}`).digest();
  }
}

/** The hasher that all processes of an installation share. */
export async function openSecretHasher(secrets: SecretStore): Promise<SecretHasher> {
  return new SecretHasher(
    await secrets.getOrCreate("access-key-hash", () => Promise.resolve(randomBytes(HASH_KEY_BYTES))),
  );
}

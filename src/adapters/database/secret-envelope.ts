// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { DatabaseError } from "./errors.ts";

/** Bytes of a secret key. */
export const SECRET_KEY_BYTES = 32;

const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/**
 * Encrypts with AES-256-GCM: version (1) · key id (8) · nonce (12) · tag (16) · ciphertext. The name is associated data,
 * so that whoever can write to the database cannot pass one secret off as another. The nonce is random: secrets are a
 * handful, far from the 2^32 messages that NIST SP 800-38D allows for random nonces.
 */
export function sealSecret(key: Uint8Array, name: string, value: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const header = Buffer.concat([Buffer.of(VERSION), keyId(key), nonce]);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(header, name));
  const ciphertext = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([header, cipher.getAuthTag(), ciphertext]);
}

/** The secret again. Throws `SECRET_KEY_WRONG` when it was sealed with another key, `SECRET_DAMAGED` when it was changed or is another one's. */
export function openSecret(key: Uint8Array, name: string, envelope: Uint8Array): Buffer {
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION) {
    throw damaged(name);
  }
  if (!isSealedWith(key, bytes)) {
    throw wrongKey();
  }
  const nonceEnd = 1 + KEY_ID_BYTES + NONCE_BYTES;
  const nonce = bytes.subarray(1 + KEY_ID_BYTES, nonceEnd);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(bytes.subarray(0, nonceEnd), name));
  decipher.setAuthTag(bytes.subarray(nonceEnd, HEADER_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()]);
  } catch (error) {
    throw damaged(name, error);
  }
}

/** Whether the envelope says that it was made with this key; it may lie, {@link openSecret} proves it. */
export function isSealedWith(key: Uint8Array, envelope: Uint8Array): boolean {
  return keyId(key).equals(envelope.subarray(1, 1 + KEY_ID_BYTES));
}

/** Refused, because the key is not the one that the secrets of this database (in that folder) were sealed with. */
export function wrongKey(folder?: string): DatabaseError {
  const database = folder === undefined ? "this database" : `the database in ${folder}`;
  return new DatabaseError(
    "SECRET_KEY_WRONG",
    `the secret key is not the one that the secrets in ${database} were encrypted with; use the secret key file that belongs to it`,
    { details: { folder: folder ?? "" } },
  );
}

/** A one-way name of the key, to tell a wrong key from a damaged secret. */
function keyId(key: Uint8Array): Buffer {
  return createHash("sha256").update("haechi secret key id\0").update(key).digest().subarray(0, KEY_ID_BYTES);
}

/** Header and name: the version and the key id are authenticated, too. */
function associatedData(header: Uint8Array, name: string): Buffer {
  return Buffer.concat([header, Buffer.from(name, "utf8")]);
}

function damaged(name: string, cause?: unknown): DatabaseError {
  return new DatabaseError("SECRET_DAMAGED", `the stored secret ${name} does not decrypt: it was damaged or replaced`, {
    cause,
    details: { name },
  });
}

// SPDX-License-Identifier: Apache-2.0
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { DatabaseError } from "./errors.ts";

const argon2Async = promisify(argon2);

interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet, argon2id: at least 19 MiB, two passes, one lane. */
const COST: Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A password is hashed before anybody has logged in: no more work than this for anybody. */
const MAX_PASSWORD_BYTES = 1_024;

/** PHC string of argon2id 1.3, as the reference implementation writes it; the bounds keep a forged row from costing gigabytes. */
const ENCODED =
  /^\$argon2id\$v=19\$m=(?<memory>\d{1,6}),t=(?<passes>\d{1,2}),p=(?<lanes>\d{1,2})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<hash>[A-Za-z0-9+/]{22,86})$/;

/** What a login of an unknown account is compared with, so that it takes as long as any other. */
const NOBODY = `$argon2id$v=19$m=${COST.memoryKib},t=${COST.passes},p=${COST.parallelism}$${"A".repeat(22)}$${"A".repeat(43)}`;

export interface PasswordCheck {
  readonly isValid: boolean;
  /** The password is right and was hashed at another cost than today's: hash it again and store that. */
  readonly needsRehash: boolean;
}

/** The password hashed with argon2id at today's cost, as a PHC string. Throws `PASSWORD_TOO_LONG` above 1,024 bytes. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(passwordBytes(password), salt, COST, HASH_BYTES);
  return `$argon2id$v=19$m=${COST.memoryKib},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(hash)}`;
}

/**
 * Whether the password is the one that was hashed. Without a hash (no such account, or one without a password) it answers no after the same work.
 * A malformed hash, and a password above 1,024 bytes, are never valid.
 */
export async function verifyPassword(password: string, encoded: string | undefined): Promise<PasswordCheck> {
  const hasPassword = encoded !== undefined && encoded !== "";
  const parts = ENCODED.exec(hasPassword ? encoded : NOBODY)?.groups;
  const cost = {
    memoryKib: Number(parts?.["memory"]),
    passes: Number(parts?.["passes"]),
    parallelism: Number(parts?.["lanes"]),
  };
  const isTooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
  if (parts === undefined || isTooLong || !isAcceptable(cost)) {
    return { isValid: false, needsRehash: false };
  }
  const expected = Buffer.from(parts["hash"] ?? "", "base64");
  const salt = Buffer.from(parts["salt"] ?? "", "base64");
  const actual = await derive(passwordBytes(password), salt, cost, expected.length);
  const isValid = timingSafeEqual(actual, expected) && hasPassword;
  const isCurrent =
    cost.memoryKib === COST.memoryKib && cost.passes === COST.passes && cost.parallelism === COST.parallelism;
  return { isValid, needsRehash: isValid && !isCurrent };
}

function isAcceptable({ memoryKib, passes, parallelism }: Cost): boolean {
  return (
    parallelism >= 1 &&
    parallelism <= 16 &&
    passes >= 1 &&
    passes <= 16 &&
    memoryKib >= 8 * parallelism &&
    memoryKib <= 262_144
  );
}

/** Asynchronous: the work is done on libuv's threads, not on the event loop of the gates. */
async function derive(message: Buffer, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  return argon2Async("argon2id", {
    message,
    nonce,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength,
  });
}

/** One keyboard sends 가 as one code point, another as two: NFC makes them one password. */
function passwordBytes(password: string): Buffer {
  const bytes = Buffer.from(password.normalize("NFC"), "utf8");
  if (bytes.length > MAX_PASSWORD_BYTES) {
    throw new DatabaseError("PASSWORD_TOO_LONG", `a password has at most ${MAX_PASSWORD_BYTES} bytes`, {
      details: { maxBytes: MAX_PASSWORD_BYTES },
    });
  }
  return bytes;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}

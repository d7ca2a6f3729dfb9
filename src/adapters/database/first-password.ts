// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";

/** Without letters that look alike; 20 letters of 31 are 99 bits. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP_LENGTH = 5;

/** A random password that is shown once and must be changed at the next login, e.g. `k7mzp-…`: 99 bits, easy to type. */
export function generateFirstPassword(): string {
  return Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(""),
  ).join("-");
}

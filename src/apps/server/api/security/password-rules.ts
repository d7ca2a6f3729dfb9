// SPDX-License-Identifier: Apache-2.0
import type { ApiErrorCode } from "../errors.ts";

const MIN_CHARACTERS = 12;
const MAX_CHARACTERS = 256;

/** What is wrong with a new password, or `undefined`. Length is what counts (SP 800-63B, 5.1.1.2): no composition rules. */
export function findPasswordFault(passwords: {
  readonly current: string;
  readonly next: string;
}): ApiErrorCode | undefined {
  const next = passwords.next.normalize("NFKC");
  const characters = [...next].length;
  if (characters < MIN_CHARACTERS) {
    return "PASSWORD_TOO_SHORT";
  }
  if (characters > MAX_CHARACTERS) {
    return "PASSWORD_TOO_LONG";
  }
  return next === passwords.current.normalize("NFKC") ? "PASSWORD_UNCHANGED" : undefined;
}

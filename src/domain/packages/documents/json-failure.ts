// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import { quoteText } from "../untrusted-text.ts";

/**
 * Why a text is no JSON, for a problem: in V8's words, unless they show what stands around the place, which may be a password:
 * `Unexpected token 'h', ..."ssword": hunter2"... is not valid JSON`.
 */
export function jsonFailure(error: unknown): string {
  const message = messageOf(error);
  return `not JSON: ${message.startsWith("Unexpected token") ? "unexpected character" : quoteText(message, 160)}`;
}

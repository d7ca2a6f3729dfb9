// SPDX-License-Identifier: Apache-2.0
import { CodedError, redactText } from "#base";

const MAX_CHARACTERS = 2_000;

/** What a job shows of its failure: of an expected one code and message, of a bug only that there is one. */
export function describeFailure(error: unknown): string {
  if (error instanceof CodedError) {
    return redactText(`${String(error.code)}: ${error.message}`).slice(0, MAX_CHARACTERS);
  }
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && /^E[A-Z]{2,20}$/.test(code)
    ? `INTERNAL: ${code}; the log of the server says more`
    : "INTERNAL: an unexpected failure; the log of the server says more";
}

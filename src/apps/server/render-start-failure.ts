// SPDX-License-Identifier: Apache-2.0
import { CodedError, redactText } from "#base";
import { createTranslate, explainError, type Language } from "#messages";

/**
 * What the person who started the server reads when it cannot start: one sentence and the code for what is known, in
 * their language where there is a text for it; a stack trace for a bug.
 */
export function renderStartFailure(error: unknown, language: Language): string {
  if (!(error instanceof CodedError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `haechi: internal error, please report it\n${redactText(text)}\n`;
  }
  return `haechi: ${redactText(explainError(error, createTranslate(language)))} (${String(error.code)})\n`;
}

// SPDX-License-Identifier: Apache-2.0
import { CodedError, redactText } from "#base";
import { createTranslate, isMessageId, type Language, type MessageValues } from "#messages";

/**
 * What the person who started the server reads when it cannot start: one sentence and the code for what is known, in
 * their language where there is a text for it; a stack trace for a bug.
 */
export function renderStartFailure(error: unknown, language: Language): string {
  if (!(error instanceof CodedError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `haechi: internal error, please report it\n${redactText(text)}\n`;
  }
  const id = `database.${String(error.code)}`;
  const text = isMessageId(id) ? createTranslate(language)(id, messageValues(error.details)) : error.message;
  return `haechi: ${redactText(text)} (${String(error.code)})\n`;
}

function messageValues(details: Readonly<Record<string, unknown>>): MessageValues {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(details)) {
    values[name] = typeof value === "number" ? value : Array.isArray(value) ? value.join(", ") : String(value);
  }
  return values;
}

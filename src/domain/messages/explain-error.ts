// SPDX-License-Identifier: Apache-2.0
import type { CodedError } from "#base";
import { isMessageId } from "./is-message-id.ts";
import type { MessageValues, Translate } from "./translate.ts";

/**
 * What a person reads about an expected failure: the sentence `database.<code>` in their language, filled from the
 * details, where there is one; else the error's own English message.
 */
export function explainError(error: CodedError, translate: Translate): string {
  const id = `database.${String(error.code)}`;
  return isMessageId(id) ? translate(id, messageValues(error.details)) : introduced(error, translate);
}

/** Problems that are told with the ids of their messages, each on a line of its own behind its place; `undefined` without. */
function listed({ details }: CodedError, translate: Translate): readonly string[] | undefined {
  const problems: readonly unknown[] = Array.isArray(details["problems"]) ? details["problems"] : [];
  const lines = problems.flatMap((problem) => {
    const { place, id, params } = (problem ?? {}) as Readonly<Record<string, unknown>>;
    return typeof place === "string" && typeof id === "string" && isMessageId(id)
      ? [`${place}: ${translate(id, messageValues((params ?? {}) as Readonly<Record<string, unknown>>))}`]
      : [];
  });
  return lines.length === 0 ? undefined : lines;
}

/** Without a sentence of its own, an error's English message gets one in front that says what kind of failure it is. */
function introduced(error: CodedError, translate: Translate): string {
  const id = `cli.error.${String(error.code)}`;
  if (!isMessageId(id)) {
    return error.message;
  }
  const [first = "", ...rest] = listed(error, translate) ?? error.message.split("\n");
  return [translate(id, { message: first }), ...rest].join("\n");
}

function messageValues(details: Readonly<Record<string, unknown>>): MessageValues {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(details)) {
    values[name] = typeof value === "number" ? value : Array.isArray(value) ? value.join(", ") : String(value);
  }
  return values;
}

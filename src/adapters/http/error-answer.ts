// SPDX-License-Identifier: Apache-2.0
import { redactText } from "#base";

/** What the body of an error answer says, cleaned for terminals and logs. */
export interface ErrorAnswer {
  /** Empty when the body is not in the form of the specification. */
  readonly message: string;
  readonly detail?: unknown;
}

const MAX_TEXT_LENGTH = 500;

/** Reads the body of an error answer (distribution-spec, "Error Codes"); token servers answer with `details`. */
export function readErrorAnswer(body: string): ErrorAnswer {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    // not in the form of the specification, for instance the page of a proxy: nothing of it is shown
    return { message: "" };
  }
  const errors = fieldOf(document, "errors");
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const candidates = [
    fieldOf(first, "message"),
    fieldOf(first, "code"),
    fieldOf(document, "details"),
    fieldOf(document, "message"),
  ];
  const detail = fieldOf(first, "detail");
  const message = clean(candidates.find((each) => typeof each === "string") ?? "");
  return detail === undefined ? { message } : { message, detail };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The server's words end up on terminals and in logs. */
function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return redactText(text.slice(0, MAX_TEXT_LENGTH).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " "));
}

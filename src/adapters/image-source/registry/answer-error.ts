// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { redactText } from "#base";
import { ImageSourceError, type ImageSourceErrorCode } from "../errors.ts";

const MAX_TEXT_LENGTH = 500;

/** The body of an error answer (distribution-spec, "Error Codes"); token servers answer with `details`. */
const bodySchema = z.object({
  errors: z
    .array(z.object({ code: z.string().nullish(), message: z.string().nullish(), detail: z.unknown().optional() }))
    .nullish(),
  details: z.string().nullish(),
  message: z.string().nullish(),
});

const CODES: Readonly<Record<number, ImageSourceErrorCode>> = {
  401: "UNAUTHORIZED",
  403: "DENIED",
  404: "MANIFEST_UNKNOWN",
  429: "RATE_LIMITED",
};

/** An answer that is no success, as an error with what the server said. `missing` is the code of 404. */
export function answerError(
  answer: { readonly status: number; readonly body: string },
  request: { readonly host: string; readonly missing: ImageSourceErrorCode },
): ImageSourceError {
  const { status, body } = answer;
  const said = serverMessage(body);
  const code =
    status === 404
      ? request.missing
      : (CODES[status] ?? (status >= 500 ? "REGISTRY_FAILED" : "REGISTRY_ANSWER_INVALID"));
  const what: Readonly<Record<string, string>> = {
    UNAUTHORIZED: "wants other credentials",
    DENIED: "refuses",
    MANIFEST_UNKNOWN: "does not have the image",
    BLOB_MISSING: "does not have the blob",
    RATE_LIMITED: "asks to wait",
  };
  const message = `registry ${request.host} ${what[code] ?? `answered with status ${status}`}`;
  return new ImageSourceError(code, said.message === "" ? message : `${message}: ${said.message}`, {
    details: { host: request.host, status, ...(said.detail === undefined ? {} : { detail: said.detail }) },
  });
}

function serverMessage(body: string): { readonly message: string; readonly detail?: unknown } {
  try {
    const { errors, details, message } = bodySchema.parse(JSON.parse(body));
    const [first] = errors ?? [];
    return { message: clean(first?.message ?? first?.code ?? details ?? message ?? ""), detail: first?.detail };
  } catch {
    // not in the form of the specification, for instance the page of a proxy: nothing of it is shown
    return { message: "" };
  }
}

/** The server's words end up on terminals and in logs. */
function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return redactText(text.slice(0, MAX_TEXT_LENGTH).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " "));
}

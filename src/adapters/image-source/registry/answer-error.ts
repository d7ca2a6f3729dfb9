// SPDX-License-Identifier: Apache-2.0
import type { ErrorAnswer } from "#http";
import { ImageSourceError, type ImageSourceErrorCode } from "../errors.ts";

const CODES: Readonly<Record<number, ImageSourceErrorCode>> = {
  401: "UNAUTHORIZED",
  403: "DENIED",
  404: "MANIFEST_UNKNOWN",
  429: "RATE_LIMITED",
};

/** An answer that is no success, as an error with what the server said. `missing` is the code of 404. */
export function answerError(
  answer: { readonly status: number; readonly said: ErrorAnswer; readonly retryAfter?: string | undefined },
  request: { readonly host: string; readonly missing: ImageSourceErrorCode },
): ImageSourceError {
  const { status, said } = answer;
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
    details: {
      host: request.host,
      status,
      ...(said.detail === undefined ? {} : { detail: said.detail }),
      ...(isSeconds(answer.retryAfter) ? { retryAfterSeconds: Number(answer.retryAfter) } : {}),
    },
  });
}

/** RFC 9110, "Retry-After"; the form with a date is not known to be sent by a registry. */
function isSeconds(retryAfter: string | undefined): boolean {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter);
}

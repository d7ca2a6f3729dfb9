// SPDX-License-Identifier: Apache-2.0
import { type ErrorAnswer, HttpError, type HttpErrorCode } from "#http";
import { ImageSourceError, type ImageSourceErrorCode } from "../errors.ts";
import { answerError } from "./answer-error.ts";

const CODES: Readonly<Record<Exclude<HttpErrorCode, "TOKEN_REFUSED">, ImageSourceErrorCode>> = {
  HOST_UNREACHABLE: "REGISTRY_UNREACHABLE",
  HOST_TIMEOUT: "REGISTRY_TIMEOUT",
  ADDRESS_REFUSED: "ADDRESS_REFUSED",
  ADDRESS_INVALID: "REGISTRY_ANSWER_INVALID",
  TLS_LEFT: "PLAIN_HTTP_REFUSED",
  ANSWER_TOO_LARGE: "LIMIT_EXCEEDED",
  TOKEN_INVALID: "REGISTRY_ANSWER_INVALID",
  CREDENTIALS_FILE_INVALID: "CREDENTIALS_INVALID",
  HTTP_OPTIONS_INVALID: "SOURCE_UNREADABLE",
};

/** What was thrown while a registry was asked, with a code of this module; anything else as it is. */
export function toRegistryFailure(error: unknown): unknown {
  if (!(error instanceof HttpError)) {
    return error;
  }
  if (error.code === "TOKEN_REFUSED") {
    const { host, status, said } = error.details;
    return answerError(
      { status: Number(status), said: said as ErrorAnswer },
      { host: String(host), missing: "UNAUTHORIZED" },
    );
  }
  const isAboutHost = error.code === "HOST_UNREACHABLE" || error.code === "HOST_TIMEOUT";
  return new ImageSourceError(CODES[error.code], isAboutHost ? `registry ${error.message}` : error.message, {
    cause: error.cause ?? error,
    details: error.details,
  });
}

/** Runs what talks to a registry, with failures in the codes of this module. */
export async function withRegistryFailures<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw toRegistryFailure(error);
  }
}

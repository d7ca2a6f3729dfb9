// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

/** Codes of the API's error answers; the console has a sentence for each (`console.error.<CODE>`). */
export type ApiErrorCode =
  | "REQUEST_INVALID"
  | "NOT_SIGNED_IN"
  | "LOGIN_FAILED"
  | "TOO_MANY_ATTEMPTS"
  | "PASSWORD_CHANGE_REQUIRED"
  | "PASSWORD_WRONG"
  | "PASSWORD_TOO_SHORT"
  | "PASSWORD_TOO_LONG"
  | "PASSWORD_UNCHANGED"
  | "PERMISSION_DENIED"
  | "ORIGIN_REFUSED"
  | "HOST_REFUSED"
  | "NOT_FOUND"
  | "IMAGE_UNKNOWN"
  | "TOO_MANY_STREAMS"
  | "STOPPING"
  | "INTERNAL";

/** The HTTP status of each code. */
export const HTTP_STATUS: Readonly<Record<ApiErrorCode, number>> = {
  REQUEST_INVALID: 400,
  NOT_SIGNED_IN: 401,
  LOGIN_FAILED: 401,
  TOO_MANY_ATTEMPTS: 429,
  PASSWORD_CHANGE_REQUIRED: 403,
  PASSWORD_WRONG: 403,
  PASSWORD_TOO_SHORT: 422,
  PASSWORD_TOO_LONG: 422,
  PASSWORD_UNCHANGED: 422,
  PERMISSION_DENIED: 403,
  ORIGIN_REFUSED: 403,
  HOST_REFUSED: 421,
  NOT_FOUND: 404,
  IMAGE_UNKNOWN: 404,
  TOO_MANY_STREAMS: 429,
  STOPPING: 503,
  INTERNAL: 500,
};

/** A request that is answered with an error; the message is for developers, the console translates the code. */
export class ApiError extends CodedError<ApiErrorCode> {
  override readonly name: string = "ApiError";
  /** Seconds for `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

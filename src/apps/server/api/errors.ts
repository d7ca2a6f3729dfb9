// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

/** Codes of the API's error answers; the console has a sentence for each (`console.error.<CODE>`). */
export type ApiErrorCode =
  /** A parameter or body does not fit the schema. */
  | "REQUEST_INVALID"
  /** There is no session, or it has ended. */
  | "NOT_SIGNED_IN"
  /** No such account with this password. */
  | "LOGIN_FAILED"
  /** Too many wrong passwords; `Retry-After` says how long to wait. */
  | "TOO_MANY_ATTEMPTS"
  /** The first password must be changed before anything else. */
  | "PASSWORD_CHANGE_REQUIRED"
  /** The present password is not right. */
  | "PASSWORD_WRONG"
  /** The new password is too short. */
  | "PASSWORD_TOO_SHORT"
  /** The new password is too long. */
  | "PASSWORD_TOO_LONG"
  /** The new password is the present one. */
  | "PASSWORD_UNCHANGED"
  /** The account's role does not allow it. */
  | "PERMISSION_DENIED"
  /** A page of another origin sent the request. */
  | "ORIGIN_REFUSED"
  /** The `Host` of the request is not a name of this server (DNS rebinding). */
  | "HOST_REFUSED"
  /** No such address. */
  | "NOT_FOUND"
  /** No such image. */
  | "IMAGE_UNKNOWN"
  /** No such scan: its record is gone. */
  | "SCAN_UNKNOWN"
  /** The scan is over, or of an image of another registry. */
  | "SCAN_NOT_STOPPABLE"
  /** No such running image: its record is gone. */
  | "WORKLOAD_UNKNOWN"
  /** The account listens to live events too many times. */
  | "TOO_MANY_STREAMS"
  /** The policies that were sent are not valid; the message lists every problem. */
  | "POLICY_INVALID"
  /** Another replay of policies is at work; `Retry-After` says when to try again. */
  | "REPLAY_BUSY"
  /** The server is stopping. */
  | "STOPPING"
  /** A bug; the log line with the request id says more. */
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
  SCAN_UNKNOWN: 404,
  SCAN_NOT_STOPPABLE: 409,
  WORKLOAD_UNKNOWN: 404,
  TOO_MANY_STREAMS: 429,
  POLICY_INVALID: 422,
  REPLAY_BUSY: 429,
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

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
  /** The owner of the access key has not signed in at the identity provider for longer than `oidc.maxIdle`. */
  | "ACCOUNT_IDLE"
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
  /** There is an account of this name. */
  | "ACCOUNT_EXISTS"
  /** No such account. */
  | "ACCOUNT_UNKNOWN"
  /** Robots have no password. */
  | "ACCOUNT_HAS_NO_PASSWORD"
  /** The change would leave no administrator who may sign in. */
  | "LAST_ADMINISTRATOR"
  /** An administrator with roles for some repositories only. */
  | "ADMINISTRATOR_OF_PARTS"
  /** No such access key, or it cannot be used any more. */
  | "ACCESS_KEY_UNKNOWN"
  /** The account has two usable access keys already. */
  | "ACCESS_KEYS_FULL"
  /** Administrators make no access keys for people. */
  | "ACCESS_KEY_OF_PERSON"
  /** Signing in by a provider is not set up. */
  | "OIDC_OFF"
  /** The provider did not say, or not in a way that we believe, who somebody is. */
  | "OIDC_FAILED"
  /** Nothing that the provider says about somebody gives them a role here. */
  | "OIDC_NO_ROLE"
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
  /** No such job of the registry: its record is gone. */
  | "JOB_UNKNOWN"
  /** The job of the registry has ended. */
  | "JOB_OVER"
  /** The job of the registry waits for nobody's decision. */
  | "JOB_NOT_AWAITING"
  /** Who asked for a job cannot approve it as well. */
  | "JOB_OWN_REQUEST"
  /** No replication rule of this name. */
  | "REPLICATION_UNKNOWN"
  /** The replication rule is not valid; the message says why. */
  | "REPLICATION_INVALID"
  /** The settings of the registry are not valid; the message says what is wrong. */
  | "SETTINGS_INVALID"
  /** Nothing is set for this prefix. */
  | "SETTINGS_UNKNOWN"
  /** No such repository, tag or manifest. */
  | "CONTENT_UNKNOWN"
  /** A setting of the registry protects it, or something needs it; the message says what. */
  | "CONTENT_PROTECTED"
  /** This process does not serve the registry, so it cannot change what is in it. */
  | "CONTENT_ELSEWHERE"
  /** No such running image: its record is gone. */
  | "WORKLOAD_UNKNOWN"
  /** The account listens to live events too many times. */
  | "TOO_MANY_STREAMS"
  /** The policies that were sent are not valid; the message lists every problem. */
  | "POLICY_INVALID"
  /** Another replay of policies is at work; `Retry-After` says when to try again. */
  | "REPLAY_BUSY"
  /** No promotion rule of that name. */
  | "PROMOTION_RULE_UNKNOWN"
  /** The promotion rule is about other repositories or tags. */
  | "PROMOTION_NOT_COVERED"
  /** The image is refused by policy, so it is not promoted. */
  | "PROMOTION_REFUSED"
  /** `registry.backupDir` is not set. */
  | "BACKUP_OFF"
  /** No backup of this name, or one that is not restored in this way. */
  | "BACKUP_UNKNOWN"
  /** No backup rule of this name. */
  | "BACKUP_RULE_UNKNOWN"
  /** No webhook of that name. */
  | "WEBHOOK_UNKNOWN"
  /** No such delivery of a webhook: its record is gone. */
  | "DELIVERY_UNKNOWN"
  /** The delivery of the webhook is on its way. */
  | "DELIVERY_UNDER_WAY"
  /** No scanner of that name. */
  | "SCANNER_UNKNOWN"
  /** The server is stopping. */
  | "STOPPING"
  /** A bug; the log line with the request id says more. */
  | "INTERNAL";

/** The HTTP status of each code. */
export const HTTP_STATUS: Readonly<Record<ApiErrorCode, number>> = {
  REQUEST_INVALID: 400,
  NOT_SIGNED_IN: 401,
  LOGIN_FAILED: 401,
  ACCOUNT_IDLE: 401,
  TOO_MANY_ATTEMPTS: 429,
  PASSWORD_CHANGE_REQUIRED: 403,
  PASSWORD_WRONG: 403,
  PASSWORD_TOO_SHORT: 422,
  PASSWORD_TOO_LONG: 422,
  PASSWORD_UNCHANGED: 422,
  PERMISSION_DENIED: 403,
  ACCOUNT_EXISTS: 409,
  ACCOUNT_UNKNOWN: 404,
  ACCOUNT_HAS_NO_PASSWORD: 409,
  LAST_ADMINISTRATOR: 409,
  ADMINISTRATOR_OF_PARTS: 422,
  ACCESS_KEY_UNKNOWN: 404,
  ACCESS_KEYS_FULL: 409,
  ACCESS_KEY_OF_PERSON: 403,
  OIDC_OFF: 404,
  OIDC_FAILED: 401,
  OIDC_NO_ROLE: 403,
  ORIGIN_REFUSED: 403,
  HOST_REFUSED: 421,
  NOT_FOUND: 404,
  IMAGE_UNKNOWN: 404,
  SCAN_UNKNOWN: 404,
  SCAN_NOT_STOPPABLE: 409,
  JOB_UNKNOWN: 404,
  JOB_OVER: 409,
  JOB_NOT_AWAITING: 409,
  JOB_OWN_REQUEST: 403,
  REPLICATION_UNKNOWN: 404,
  REPLICATION_INVALID: 422,
  SETTINGS_INVALID: 422,
  SETTINGS_UNKNOWN: 404,
  CONTENT_UNKNOWN: 404,
  CONTENT_PROTECTED: 409,
  CONTENT_ELSEWHERE: 503,
  WORKLOAD_UNKNOWN: 404,
  TOO_MANY_STREAMS: 429,
  POLICY_INVALID: 422,
  REPLAY_BUSY: 429,
  PROMOTION_RULE_UNKNOWN: 404,
  PROMOTION_NOT_COVERED: 422,
  PROMOTION_REFUSED: 409,
  BACKUP_OFF: 409,
  BACKUP_UNKNOWN: 404,
  BACKUP_RULE_UNKNOWN: 404,
  WEBHOOK_UNKNOWN: 404,
  DELIVERY_UNKNOWN: 404,
  DELIVERY_UNDER_WAY: 409,
  SCANNER_UNKNOWN: 404,
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

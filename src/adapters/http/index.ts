// SPDX-License-Identifier: Apache-2.0
export { Authenticator, type AuthenticatorOptions } from "./authenticator.ts";
export { type Credentials, findCredentials, listCredentials } from "./credential-files.ts";
export { type ErrorAnswer, readErrorAnswer } from "./error-answer.ts";
export { HttpError, type HttpErrorCode } from "./errors.ts";
export { followUrl, isLoopback } from "./follow-url.ts";
export { dumpAnswer, type HttpAnswer, headerOf, readAnswer } from "./http-answer.ts";
export { createHttpClient, type HttpClient, type HttpRequest, type StreamedBody } from "./http-client.ts";
export type { HttpOptions, HttpTimeouts } from "./http-options.ts";
export type { Reach } from "./reach.ts";
export { createTrustHttp } from "./trust-http.ts";

// SPDX-License-Identifier: Apache-2.0
export { API_GROUP } from "./api-group.ts";
export type { Clock, Randomness } from "./clock.ts";
export type { Digest, DigestAlgorithm } from "./digest.ts";
export { DigestStream, digestAlgorithm, digestHex, digestOf, isDigest, parseDigest } from "./digest.ts";
export { parseDurationMs } from "./duration.ts";
export { assertNever, CodedError, messageOf } from "./errors.ts";
export type { Limits } from "./limits.ts";
export { LIMITS } from "./limits.ts";
export { listOf, recordOf } from "./record-of.ts";
export { redactText, redactUrl } from "./redact.ts";
export type { Severity } from "./severity.ts";
export { compareText, quote } from "./text.ts";
export { literalLength, matchesWildcard } from "./wildcard.ts";

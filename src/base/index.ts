// SPDX-License-Identifier: Apache-2.0
export type { Clock, Randomness } from "./clock.ts";
export type { Digest, DigestAlgorithm } from "./digest.ts";
export { DigestStream, digestAlgorithm, digestHex, digestOf, isDigest, parseDigest } from "./digest.ts";
export { assertNever, CodedError, messageOf } from "./errors.ts";
export type { Limits } from "./limits.ts";
export { LIMITS } from "./limits.ts";
export { redactText, redactUrl } from "./redact.ts";

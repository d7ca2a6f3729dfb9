// SPDX-License-Identifier: Apache-2.0
export { SimpleSigningError, type SimpleSigningErrorCode } from "./errors.ts";
export { createGpgVerifier, type GpgCandidate, type GpgFindings, type GpgVerifier } from "./gpg-verifier.ts";
export { parseSimpleSigningPayload, renderSimpleSigningPayload, type SimpleSigningPayload } from "./payload.ts";
export { type KeyRing, readKeyRing } from "./read-key-ring.ts";

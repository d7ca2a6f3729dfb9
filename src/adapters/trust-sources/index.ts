// SPDX-License-Identifier: Apache-2.0
export { createSignatureVerifier } from "./create-signature-verifier.ts";
export { TrustSourceError, type TrustSourceErrorCode } from "./errors.ts";
export { isTrustServiceKnown } from "./notary/notary-server.ts";
export { type AttestedStatements, readAttestedStatements } from "./read-attested-statements.ts";
export type { ResultLifetimes, SignatureVerifierOptions } from "./signature-verifier-options.ts";
export { createFileTrustStateStore } from "./state/file-trust-state-store.ts";
export { createTrustRoots } from "./trust-roots/create-trust-roots.ts";
export type { ResolvedTrustRoot, TrustRoots } from "./trust-roots/trust-roots.ts";

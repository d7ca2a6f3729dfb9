// SPDX-License-Identifier: Apache-2.0
export { type AttachmentTarget, attachBundle } from "./attach-bundle.ts";
export { generateCosignKeyPair } from "./cosign-key-file.ts";
export { createStatementSigner, type SigningOptions, type StatementSigner } from "./create-statement-signer.ts";
export { SigningError, type SigningErrorCode } from "./errors.ts";
export { fetchGithubIdentityToken, parseIdentityToken } from "./identity-token.ts";
export { parsePrivateKey } from "./parse-private-key.ts";

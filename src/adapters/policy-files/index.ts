// SPDX-License-Identifier: Apache-2.0
export { PolicyFileError, type PolicyFileErrorCode } from "./errors.ts";
export { readPolicyFiles } from "./read-policy-files.ts";
export { type RequiredSignatures, readRequiredSignatures } from "./read-required-signatures.ts";

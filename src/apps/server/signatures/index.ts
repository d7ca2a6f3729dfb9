// SPDX-License-Identifier: Apache-2.0
export { digestOfTag } from "./attached-to.ts";
export { createStoredReferrers, type StoredReferrersOptions } from "./create-stored-referrers.ts";
export { openSignatureVerifier } from "./open-signature-verifier.ts";

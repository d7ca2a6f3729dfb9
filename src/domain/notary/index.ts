// SPDX-License-Identifier: Apache-2.0

export { judgeTarget, type NotaryFindings, rolesOf } from "./judge-target.ts";
export { KeyRing } from "./key-ring.ts";
export type { MetadataRequest, MetadataStep } from "./metadata-request.ts";
export { parseTrustState, renderTrustState, type TrustState } from "./trust-state.ts";
export { type TufKeyType, tufKeyId } from "./tuf-key.ts";
export {
  type RepositoryOutcome,
  type RepositoryProblem,
  type RepositoryUpdate,
  updateRepository,
  type VerifiedRepository,
} from "./update-repository.ts";

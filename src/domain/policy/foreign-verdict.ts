// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import type { AttestationRequirement, AttestationSigner } from "#signatures";

/** `VERDICT_PREDICATE_TYPE` of `#attestations`, which is not loaded for this; a test compares them. */
export const VERDICT_TYPE: string = `https://${API_GROUP}/attestation/verdict/v1`;

/**
 * What a verdict must say to stand in for a scan of our own (signatures.md, "Signing side"): this image and no other is
 * allowed without a reason against it, all of it was scanned, and policy and database are named by digest.
 */
const CONDITIONS: readonly string[] = [
  'predicate.outcome == "allow"',
  "predicate.isComplete == true",
  'predicate.reasons.all(reason, reason.effect == "warn")',
  'predicate.policy.digest.matches("^sha256:[0-9a-f]{64}$")',
  'predicate.advisories.digest.matches("^sha256:[0-9a-f]{64}$")',
  // A verdict on one image must not count for another that its signer listed beside it.
  'statement.subject.size() == 1 && predicate.image.digest == "sha256:" + statement.subject[0].digest.sha256',
];

/** The attestation by one of the signers that stands in for a scan; `maxAge` is that of the scan. */
export function foreignVerdictRequirement(
  by: readonly AttestationSigner[],
  maxAge: string | undefined,
): AttestationRequirement {
  return {
    kind: "attestation",
    predicateType: VERDICT_TYPE,
    by,
    conditions: CONDITIONS,
    ...(maxAge === undefined ? {} : { maxAge }),
  };
}

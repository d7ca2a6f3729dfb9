// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "#policy";
import { withSortedKeys } from "./sorted-keys.ts";

/** The verdict as it stands in the JSON report. Reasons keep their order: worst first. */
export function toVerdictJson(verdict: Verdict): object {
  const { policy } = verdict;
  return {
    outcome: verdict.outcome,
    mode: verdict.mode,
    reasons: verdict.reasons.map((reason) => ({
      code: reason.code,
      effect: reason.effect,
      platform: reason.platform,
      params: withSortedKeys(reason.params),
    })),
    policy: policy && {
      kind: policy.kind,
      namespace: policy.namespace,
      name: policy.name,
      repository: policy.repository,
    },
    mutateImage: verdict.mutateImage,
    digest: verdict.digest,
    validUntil: verdict.validUntil,
  };
}

// SPDX-License-Identifier: Apache-2.0
import type { DecidingPolicy, TrustSigner, Verdict } from "#policy";
import { withSortedKeys } from "./sorted-keys.ts";

/** The verdict as it stands in the JSON report. Reasons keep their order: worst first. */
export function toVerdictJson(verdict: Verdict): object {
  const { policy, trust, acceptedVerdict } = verdict;
  return {
    outcome: verdict.outcome,
    mode: verdict.mode,
    reasons: verdict.reasons.map((reason) => ({
      code: reason.code,
      effect: reason.effect,
      platform: reason.platform,
      params: withSortedKeys(reason.params),
    })),
    policy: policy && policyJson(policy),
    mandatory: verdict.mandatory?.map(policyJson),
    exceptions: verdict.exceptions?.map(({ name, namespace, until, approver, exempted }) => ({
      name,
      namespace,
      until,
      approver,
      exempted,
    })),
    trust: trust && { state: trust.state, signers: trust.signers.map(signerJson) },
    acceptedVerdict: acceptedVerdict && signerJson(acceptedVerdict),
    mutateImage: verdict.mutateImage,
    digest: verdict.digest,
    validUntil: verdict.validUntil,
  };
}

function policyJson(policy: DecidingPolicy): object {
  return { kind: policy.kind, namespace: policy.namespace, name: policy.name, repository: policy.repository };
}

function signerJson(signer: TrustSigner): object {
  return {
    kind: signer.kind,
    identity: signer.identity,
    issuer: signer.issuer,
    keyId: signer.keyId,
    signedAt: signer.signedAt,
    predicateType: signer.predicateType,
  };
}

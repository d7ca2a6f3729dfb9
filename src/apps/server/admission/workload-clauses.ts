// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import { type AdmissionRequest, readPodTemplate, type WorkloadKind } from "#kubernetes";
import { evaluateWorkload, type PolicySet, type WorkloadVerdict } from "#policy";
import type { WorkloadIdentity } from "./workload-identity.ts";

/** A Pod, or the template of one, that is to be judged by `spec.workload` of policies. */
export interface WorkloadQuestion {
  readonly request: AdmissionRequest;
  readonly workload: WorkloadKind;
  readonly policies: PolicySet;
  /** Whom exceptions may name. */
  readonly identity: WorkloadIdentity;
}

/** A function that judges Pods and templates beside their images; `undefined` where no policy speaks of them. */
export function createWorkloadJudge(clock: Clock): (question: WorkloadQuestion) => WorkloadVerdict | undefined {
  const areAsked = new WeakMap<PolicySet, boolean>();

  function isAsked(policies: PolicySet): boolean {
    let known = areAsked.get(policies);
    if (known === undefined) {
      known = policies.documents.some(({ workload, problem }) => workload !== undefined || problem !== undefined);
      areAsked.set(policies, known);
    }
    return known;
  }

  return ({ request, workload, policies, identity }) =>
    isAsked(policies)
      ? evaluateWorkload({
          pod: readPodTemplate(workload, request.object),
          owner: identity,
          isTemplate: workload.kind !== "Pod",
          namespace: request.namespace,
          policies,
          now: clock.now(),
        })
      : undefined;
}

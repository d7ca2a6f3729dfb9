// SPDX-License-Identifier: Apache-2.0

import { matchesWildcard } from "#base";
import { fieldsOf, judgePodSecurity, type Pod } from "#pod-security";
import { type JudgedPod, judgeContainers } from "./judge-containers.ts";
import type { Reason } from "./verdict.ts";
import type { LabelRequirement, WorkloadChecks } from "./workload-checks.ts";

/** What the checks of one document have against the Pod. Throws UnreadableField. */
export function judgeWorkload(judged: JudgedPod, checks: WorkloadChecks): readonly Reason[] {
  const { pod, isTemplate } = judged;
  return [
    ...judgeStandard(pod, checks.podSecurity),
    ...judgeContainers(judged, checks),
    ...(checks.requireLabels ?? []).flatMap((label) => judgeLabel(pod, label)),
    ...judgeServiceAccount(pod, checks.serviceAccount),
    ...(checks.pullSecrets === "required" && !isTemplate ? judgePullSecrets(pod) : []),
  ];
}

/** The account that the Pod gets by the checks, if it has none of its own. */
export function assignedServiceAccount(pod: Pod, { serviceAccount }: WorkloadChecks): string | undefined {
  return usesDefaultAccount(pod) ? serviceAccount?.assign : undefined;
}

function judgeStandard(pod: Pod, level: WorkloadChecks["podSecurity"]): readonly Reason[] {
  return level === undefined
    ? []
    : judgePodSecurity(pod, level).map(({ control, container, field, value }) => ({
        code: "POD_SECURITY",
        effect: "deny",
        params: {
          level,
          control,
          field,
          ...(container === undefined ? {} : { container }),
          ...(value === undefined ? {} : { value }),
        },
      }));
}

function judgeLabel(pod: Pod, { name, values }: LabelRequirement): readonly Reason[] {
  const value = Object.hasOwn(pod.labels, name) ? (pod.labels[name] ?? "") : "";
  if (value === "") {
    return [{ code: "LABEL_MISSING", effect: "deny", params: { label: name } }];
  }
  return values === undefined || values.some((each) => matchesWildcard(each, value))
    ? []
    : [{ code: "LABEL_NOT_ALLOWED", effect: "deny", params: { label: name, value, allowed: values.join(", ") } }];
}

function judgeServiceAccount(pod: Pod, checks: WorkloadChecks["serviceAccount"]): readonly Reason[] {
  return checks?.denyDefault === true && checks.assign === undefined && usesDefaultAccount(pod)
    ? [{ code: "DEFAULT_SERVICE_ACCOUNT", effect: "deny", params: {} }]
    : [];
}

function usesDefaultAccount({ spec, annotations }: Pod): boolean {
  if (Object.hasOwn(annotations, MIRROR_ANNOTATION)) {
    // The mirror of a static Pod: the API server lets it have no account at all.
    return false;
  }
  const name = [spec["serviceAccountName"], spec["serviceAccount"]].find(
    (each) => each !== undefined && each !== null && each !== "",
  );
  return name === undefined || name === "default";
}

const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";

function judgePullSecrets({ spec }: Pod): readonly Reason[] {
  const { imagePullSecrets } = spec;
  const names = (Array.isArray(imagePullSecrets) ? imagePullSecrets : []).filter((each) => {
    const { name } = fieldsOf(each, "spec.imagePullSecrets");
    return typeof name === "string" && name !== "";
  });
  return names.length > 0 ? [] : [{ code: "PULL_SECRET_MISSING", effect: "deny", params: {} }];
}

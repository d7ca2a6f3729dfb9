// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { recognizeWorkload } from "./workload-kinds.ts";

function recognize(resource: string, kind: string, subResource = ""): string {
  const [group = "", version = "", name = ""] = resource.split("/");
  const result = recognizeWorkload({
    kind: { group, version, kind },
    resource: { group, version, resource: name },
    subResource,
  });
  return result.state === "workload" ? result.workload.template : result.state;
}

it.each([
  ["/v1/pods", "Pod", "", ""],
  ["/v1/pods", "Pod", "ephemeralcontainers", ""],
  ["/v1/pods", "Pod", "status", ""],
  ["/v1/pods", "Pod", "resize", ""],
  ["/v1/pods", "Binding", "binding", "foreign"],
  ["/v1/pods", "PodExecOptions", "exec", "foreign"],
  ["/v1/pods", "EphemeralContainers", "ephemeralcontainers", "unsupported"],
  ["/v1/pods", "Other", "", "unsupported"],
  ["/v2/pods", "Pod", "", "unsupported"],
  ["/v1/replicationcontrollers", "ReplicationController", "", "/spec/template"],
  ["apps/v1/deployments", "Deployment", "", "/spec/template"],
  ["apps/v1beta1/deployments", "Deployment", "", "/spec/template"],
  ["extensions/v1beta1/deployments", "Deployment", "", "/spec/template"],
  ["extensions/v1/deployments", "Deployment", "", "unsupported"],
  ["apps/v1/deployments", "Scale", "scale", "foreign"],
  ["apps/v1/replicasets", "ReplicaSet", "", "/spec/template"],
  ["apps/v1/daemonsets", "DaemonSet", "", "/spec/template"],
  ["apps/v1/statefulsets", "StatefulSet", "", "/spec/template"],
  ["extensions/v1beta1/statefulsets", "StatefulSet", "", "foreign"],
  ["batch/v1/jobs", "Job", "", "/spec/template"],
  ["batch/v1/cronjobs", "CronJob", "", "/spec/jobTemplate/spec/template"],
  ["batch/v1beta1/cronjobs", "CronJob", "", "/spec/jobTemplate/spec/template"],
  ["batch/v2/jobs", "Job", "", "unsupported"],
  ["batch.volcano.sh/v1alpha1/jobs", "Job", "", "foreign"],
  ["/v1/configmaps", "ConfigMap", "", "foreign"],
  ["constructor/v1/__proto__", "Object", "", "foreign"],
])("%s %s %s: %s", (resource, kind, subResource, want) => {
  expect(recognize(resource, kind, subResource)).toBe(want);
});

// SPDX-License-Identifier: Apache-2.0
import type { AdmissionRequest } from "./admission-request.ts";

/** A kind that runs images: a Pod, or what makes Pods. */
export interface WorkloadKind {
  readonly kind: string;
  /** Where its Pod template begins (metadata, spec): JSON pointer, empty for a Pod. */
  readonly template: string;
}

/** How a request concerns us. */
export type WorkloadRecognition =
  | { readonly state: "workload"; readonly workload: WorkloadKind }
  /** A group and resource that we gate, in a version or form that we cannot read. */
  | { readonly state: "unsupported" }
  /** Not ours: another group's resource of the same name, or a subresource without images. */
  | { readonly state: "foreign" };

interface GatedResource extends WorkloadKind {
  readonly versions: readonly string[];
}

const TEMPLATE = "/spec/template";
const APPS = ["v1", "v1beta1", "v1beta2"];

/** By `group/resource`, exactly: `batch.volcano.sh/jobs` is not ours (gate.md, "The webhook"). */
const GATED: ReadonlyMap<string, GatedResource> = new Map([
  ["/pods", { kind: "Pod", template: "", versions: ["v1"] }],
  ["/replicationcontrollers", { kind: "ReplicationController", template: TEMPLATE, versions: ["v1"] }],
  ["apps/deployments", { kind: "Deployment", template: TEMPLATE, versions: APPS }],
  ["apps/replicasets", { kind: "ReplicaSet", template: TEMPLATE, versions: APPS }],
  ["apps/daemonsets", { kind: "DaemonSet", template: TEMPLATE, versions: APPS }],
  ["apps/statefulsets", { kind: "StatefulSet", template: TEMPLATE, versions: APPS }],
  ["extensions/deployments", { kind: "Deployment", template: TEMPLATE, versions: ["v1beta1"] }],
  ["extensions/replicasets", { kind: "ReplicaSet", template: TEMPLATE, versions: ["v1beta1"] }],
  ["extensions/daemonsets", { kind: "DaemonSet", template: TEMPLATE, versions: ["v1beta1"] }],
  ["batch/jobs", { kind: "Job", template: TEMPLATE, versions: ["v1"] }],
  ["batch/cronjobs", { kind: "CronJob", template: "/spec/jobTemplate/spec/template", versions: ["v1", "v1beta1"] }],
]);

/** Whether a request is about a workload that we gate. */
export function recognizeWorkload(
  request: Pick<AdmissionRequest, "kind" | "resource" | "subResource">,
): WorkloadRecognition {
  const { kind, resource, subResource } = request;
  const gated = GATED.get(`${resource.group}/${resource.resource}`);
  if (gated === undefined) {
    return { state: "foreign" };
  }
  // A Binding, Scale or Eviction holds no images. What has the kind of the workload holds its images, whatever the
  // subresource is called; the old `EphemeralContainers` kind is one that we cannot read.
  const isWholeObject = kind.kind === gated.kind && kind.group === resource.group;
  if (!isWholeObject && subResource !== "" && subResource !== "ephemeralcontainers") {
    return { state: "foreign" };
  }
  return isWholeObject && gated.versions.includes(resource.version) && kind.version === resource.version
    ? { state: "workload", workload: { kind: gated.kind, template: gated.template } }
    : { state: "unsupported" };
}

// SPDX-License-Identifier: Apache-2.0
import type { WorkloadOwner } from "#database";
import type { KubeObject } from "#kube";
import { controllerOf, type RunningPod } from "./running-pod.ts";

/** What stands between a pod and what people made: a ReplicaSet or a Job. */
export interface MiddleOwner {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly controller?: WorkloadOwner;
}

/** Where middle owners are found by `namespace/name`. */
export interface MiddleOwners {
  readonly replicaSets: ReadonlyMap<string, MiddleOwner>;
  readonly jobs: ReadonlyMap<string, MiddleOwner>;
}

/** What is kept of a ReplicaSet or Job. */
export function selectMiddleOwner(object: KubeObject): MiddleOwner {
  const controller = controllerOf(object);
  return {
    uid: object.metadata.uid ?? "",
    namespace: object.metadata.namespace ?? "",
    name: object.metadata.name,
    ...(controller === undefined ? {} : { controller }),
  };
}

/**
 * What people would look for: the Deployment of a ReplicaSet, the CronJob of a Job, else the controller that the pod
 * names, else the pod. It says only where something is shown and told; whoever makes a pod may name any controller of its
 * namespace, so nothing is allowed by it.
 */
export function topOwnerOf(pod: RunningPod, middle: MiddleOwners): WorkloadOwner {
  const own: WorkloadOwner = { apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid };
  const { controller } = pod;
  // A Node is in no namespace: nothing could be reported on it beside the pod.
  if (controller === undefined || (controller.kind === "Node" && controller.apiVersion === "v1")) {
    return own;
  }
  const found = middleOwnersOf(controller, middle)?.get(`${pod.namespace}/${controller.name}`);
  // The same name with another uid is another object.
  return found?.uid === controller.uid && found.controller !== undefined ? found.controller : controller;
}

function middleOwnersOf(
  { apiVersion, kind }: WorkloadOwner,
  { replicaSets, jobs }: MiddleOwners,
): ReadonlyMap<string, MiddleOwner> | undefined {
  if (apiVersion === "apps/v1" && kind === "ReplicaSet") {
    return replicaSets;
  }
  return apiVersion === "batch/v1" && kind === "Job" ? jobs : undefined;
}

// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { AdmissionStanding, PodSummary, RunningImage, WorkloadOwner } from "#database";
import { worstStanding } from "./admission-standing.ts";
import type { PodImageUse, RunningPod } from "./running-pod.ts";

/** Pods that are named one by one; the count says how many there are. */
const MAX_PODS_NAMED = 20;
const MAX_CONTAINERS_NAMED = 50;

/** What tells one running image from another. */
export type RunningImageIdentity = Pick<RunningImage, "namespace" | "owner" | "reference" | "digest">;

/** One image of one workload, with its pods. */
export type RunningGroup = Pick<
  RunningImage,
  "namespace" | "owner" | "reference" | "digest" | "containers" | "podCount" | "pods" | "standing"
>;

interface Gathering {
  readonly identity: RunningImageIdentity;
  readonly containers: Set<string>;
  readonly pods: Map<string, RunningPod>;
}

/** A text for what tells one running image from another. */
export function runningImageKey({ namespace, owner, reference, digest }: RunningImageIdentity): string {
  return JSON.stringify([namespace, owner.apiVersion, owner.kind, owner.name, owner.uid, reference, digest ?? ""]);
}

/** Pods by what they run and whom they belong to. Pods that have ended run nothing. */
export function aggregatePods(
  pods: Iterable<RunningPod>,
  ask: {
    readonly ownerOf: (pod: RunningPod) => WorkloadOwner;
    readonly standing: (pod: RunningPod, image: Omit<PodImageUse, "container">) => AdmissionStanding;
  },
): ReadonlyMap<string, RunningGroup> {
  const gathered = new Map<string, Gathering>();
  for (const pod of pods) {
    const owner = ask.ownerOf(pod);
    for (const { container, ...image } of pod.images) {
      const identity = { namespace: pod.namespace, owner, ...image };
      const key = runningImageKey(identity);
      const gathering = gathered.get(key) ?? { identity, containers: new Set(), pods: new Map() };
      gathering.containers.add(container);
      gathering.pods.set(pod.uid, pod);
      gathered.set(key, gathering);
    }
  }
  return new Map(
    [...gathered].map(([key, { identity, containers, pods: members }]) => [
      key,
      {
        ...identity,
        containers: [...containers].toSorted().slice(0, MAX_CONTAINERS_NAMED),
        podCount: members.size,
        pods: namedPods(members.values()),
        standing: worstStanding([...members.values()].map((pod) => ask.standing(pod, identity))),
      },
    ]),
  );
}

function namedPods(pods: Iterable<RunningPod>): readonly PodSummary[] {
  return [...pods]
    .toSorted((left, right) => compareText(left.createdAt, right.createdAt) || compareText(left.name, right.name))
    .slice(0, MAX_PODS_NAMED)
    .map(({ name, uid, node, phase, createdAt }) => ({
      name,
      uid,
      ...(node === undefined ? {} : { node }),
      phase,
      createdAt,
    }));
}

// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Clock } from "#base";
import { type KubeClient, type KubeObject, type KubeResource, RESOURCES, superviseWatch } from "#kube";
import { type RunningPod, selectRunningPod } from "./running-pod.ts";
import { type MiddleOwner, type MiddleOwners, selectMiddleOwner } from "./top-owner.ts";

/** What runs in the cluster, as far as watches tell. */
export interface RunningCluster extends MiddleOwners {
  readonly pods: ReadonlyMap<string, RunningPod>;
  /** Whether all of it was read; before that, and while contact is lost, nothing that is missing is known to be gone. */
  readonly isCurrent: boolean;
}

export interface WatchOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Called after every change, and when contact is lost or found again. */
  readonly onChange: () => void;
}

/** Watches pods and what stands between them and their makers, until it is disposed of. */
export function watchRunningCluster(options: WatchOptions): RunningCluster & AsyncDisposable {
  function watch<T>(resource: KubeResource, select: (object: KubeObject) => T) {
    const { client, clock, log, onChange } = options;
    return superviseWatch<T>({
      client,
      resource,
      select,
      clock,
      log,
      random: Math.random,
      onChange,
      onState: onChange,
    });
  }
  const pods = watch<RunningPod>(RESOURCES.pods, selectRunningPod);
  const replicaSets = watch<MiddleOwner>(RESOURCES.replicaSets, selectMiddleOwner);
  const jobs = watch<MiddleOwner>(RESOURCES.jobs, selectMiddleOwner);
  const all = [pods, replicaSets, jobs];
  return {
    pods: pods.objects,
    replicaSets: replicaSets.objects,
    jobs: jobs.objects,
    get isCurrent() {
      return all.every(({ state }) => state === "synced");
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

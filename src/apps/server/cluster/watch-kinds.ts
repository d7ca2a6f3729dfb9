// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Clock } from "#base";
import {
  type KubeClient,
  type KubeObject,
  type KubeResource,
  type ObjectChange,
  type RestartReason,
  resourceName,
  type SupervisedWatch,
  superviseWatch,
  type WatchState,
  type WatchTiming,
} from "#kube";

/** What all watches of this process share. */
export interface WatchSurroundings {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly timing?: Partial<WatchTiming>;
  readonly onRestart: (resource: string, reason: RestartReason) => void;
}

/** What is watched, and what is kept of it. */
export interface WatchedKind<T> {
  readonly resource: KubeResource;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly select: (object: KubeObject) => T | undefined;
  readonly onChange?: (changes: readonly ObjectChange<T>[]) => void;
  readonly onState?: (state: WatchState) => void;
  /** Our identity may not watch this. */
  readonly onForbidden?: () => void;
}

/** A watch of one kind with what all of them share. */
export function watchKind<T>(surroundings: WatchSurroundings, kind: WatchedKind<T>): SupervisedWatch<T> {
  const { client, clock, log, timing, onRestart } = surroundings;
  const name = resourceName(kind.resource);
  return superviseWatch<T>({
    client,
    clock,
    log,
    random: Math.random,
    ...(timing === undefined ? {} : { timing }),
    ...kind,
    onRestart: (reason) => {
      onRestart(name, reason);
      if (reason === "forbidden") {
        kind.onForbidden?.();
      }
    },
  });
}

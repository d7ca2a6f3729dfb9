// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge } from "prom-client";
import type { Clock } from "#base";
import type { RestartReason, SupervisedWatch } from "#kube";
import type { Telemetry } from "#telemetry";

/** What is known of the contact to one watched or read thing. */
export type Followed = Pick<SupervisedWatch<unknown>, "state" | "lastContactAt">;

/** All that is followed now, by its kind. */
export type Watches = () => Iterable<readonly [resource: string, followed: Followed]>;

/** Registers the metrics of the watches. Says how restarts are counted. */
export function createClusterMetrics(
  { metrics }: Pick<Telemetry, "metrics">,
  clock: Clock,
  watches: Watches,
): { readonly countRestart: (resource: string, reason: RestartReason) => void } {
  const registers = [metrics];
  new Gauge({
    name: "haechi_cluster_watch_last_contact_seconds",
    help: "When the API server was last heard about the kind, as Unix time; of several watches of one kind the oldest",
    labelNames: ["resource"],
    registers,
    collect() {
      this.reset();
      for (const [resource, at] of oldestContacts(watches())) {
        this.set({ resource }, at / 1_000);
      }
    },
  });
  new Gauge({
    name: "haechi_cluster_watch_stale_seconds",
    help: "For how long what is known of the kind may be out of date: 0 while it is watched",
    labelNames: ["resource"],
    registers,
    collect() {
      this.reset();
      const now = clock.now().getTime();
      const all = [...watches()];
      const troubled = new Map(oldestContacts(all.filter(([, { state }]) => state === "stale")));
      for (const [resource] of all) {
        const at = troubled.get(resource);
        this.set({ resource }, at === undefined ? 0 : Math.max(0, now - at) / 1_000);
      }
    },
  });
  const restarts = new Counter({
    name: "haechi_cluster_watch_restarts_total",
    help: "Watches that began anew, by why: ended by the server's clock, or a failure",
    labelNames: ["resource", "reason"],
    registers,
  });
  return { countRestart: (resource, reason) => restarts.inc({ resource, reason }) };
}

function oldestContacts(watches: ReturnType<Watches>): ReadonlyMap<string, number> {
  const oldest = new Map<string, number>();
  for (const [resource, { lastContactAt }] of watches) {
    if (lastContactAt !== undefined) {
      oldest.set(resource, Math.min(oldest.get(resource) ?? Number.POSITIVE_INFINITY, lastContactAt.getTime()));
    }
  }
  return oldest;
}

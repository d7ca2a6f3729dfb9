// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "./context.ts";

/** Whether somebody who routes requests should send them here. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not; for developers, in English. */
  readonly reasons: readonly string[];
}

/**
 * The admission gate's: it knows its policies and is not about to stop. Nothing else counts, or an outage of the
 * database would take all replicas out at once, and the API server would refuse even what the gate lets pass without it.
 */
export function gateReadiness(context: Pick<ServerContext, "judge" | "leaving" | "stopping">): Readiness {
  const reasons = [
    ...(isLeaving(context) ? ["stopping"] : []),
    ...(context.judge.policies.isReady ? [] : ["policies: the cluster's were not read yet"]),
  ];
  return { ready: reasons.length === 0, reasons };
}

/** Whether the server was told to stop, even if it goes on serving for a while. */
export function isLeaving({ leaving, stopping }: Pick<ServerContext, "leaving" | "stopping">): boolean {
  return stopping.aborted || leaving?.aborted === true;
}

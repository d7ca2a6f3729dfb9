// SPDX-License-Identifier: Apache-2.0

import type { ServerContext } from "../../context.ts";
import type { PlannedJob } from "../../registry-jobs/planned-job.ts";

/** A collection every `registry.gcInterval`. */
export function collectionSchedule(context: Pick<ServerContext, "configuration">): Promise<readonly PlannedJob[]> {
  const job = { kind: "gc", target: "", parameters: {}, requestedBy: "haechi", isOnce: true } as const;
  return Promise.resolve([{ name: "gc", everyMs: context.configuration.registry.gcIntervalMs, job }]);
}

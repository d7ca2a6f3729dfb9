// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import type { PlannedJob } from "../../registry-jobs/planned-job.ts";
import { retentionJob } from "./retention-parameters.ts";

/** Each night, where rules are written and nobody says when. */
const NIGHTLY = { cron: "17 3 * * *" };

/** Retention under each prefix that says when, or that has rules and no shorter prefix says when. */
export function retentionSchedule({ settings }: ServerContext): Promise<readonly PlannedJob[]> {
  const planned = settings.tree.prefixes.flatMap(({ prefix, settings: { retention, retentionSchedule: own } }) => {
    const hasRules = retention !== undefined && retention.length > 0;
    const inherited = settings.tree.resolve(prefix).settings.retentionSchedule;
    const schedule = own ?? (hasRules && inherited === undefined ? NIGHTLY : undefined);
    return schedule === undefined
      ? []
      : [{ name: `retention/${prefix}`, ...schedule, job: retentionJob({ prefix, isDryRun: false }, "schedule") }];
  });
  return Promise.resolve(planned);
}

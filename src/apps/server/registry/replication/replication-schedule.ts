// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import type { PlannedJob } from "../../registry-jobs/planned-job.ts";
import { readableRules } from "./read-replication-rule.ts";
import { replicationJob } from "./replication-parameters.ts";

/** The rules that are carried out at certain times. */
export async function replicationSchedule({ database }: ServerContext): Promise<readonly PlannedJob[]> {
  const rules = readableRules(await database.registryObjects.list("replication"));
  return rules.flatMap(({ name, rule: { trigger } }) =>
    trigger.kind === "schedule"
      ? [
          {
            name: `replication/${name}`,
            cron: trigger.cron,
            ...(trigger.timeZone === undefined ? {} : { timeZone: trigger.timeZone }),
            job: replicationJob({ rule: name, scope: "all" }, "schedule"),
          },
        ]
      : [],
  );
}

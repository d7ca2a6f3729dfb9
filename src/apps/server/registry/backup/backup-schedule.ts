// SPDX-License-Identifier: Apache-2.0
import type { RegistryObject } from "#database";
import { type BackupRule, backupRuleSchema } from "#registry";
import type { ServerContext } from "../../context.ts";
import type { PlannedJob } from "../../registry-jobs/planned-job.ts";
import { backupJob } from "./backup-parameters.ts";

/** The backups that are made at certain times; none where there is no folder for them. */
export async function backupSchedule({ database, configuration }: ServerContext): Promise<readonly PlannedJob[]> {
  if (configuration.registry.backupDir === undefined) {
    return [];
  }
  return readableBackupRules(await database.registryObjects.list("backup")).flatMap(({ name, rule }) =>
    rule.schedule === undefined
      ? []
      : [{ name: `backup/${name}`, ...rule.schedule, job: backupJob({ name, rule }, "schedule") }],
  );
}

/** The rules that can be read; an earlier or later version may have written others. */
export function readableBackupRules(
  objects: readonly RegistryObject[],
): readonly { readonly name: string; readonly rule: BackupRule }[] {
  return objects.flatMap(({ name, document }) => {
    const parsed = backupRuleSchema.safeParse(document);
    return parsed.success ? [{ name, rule: parsed.data }] : [];
  });
}

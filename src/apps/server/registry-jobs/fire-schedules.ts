// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import { previousTime } from "#registry";
import type { ServerContext } from "../context.ts";
import type { JobSchedule, PlannedJob } from "./planned-job.ts";

/** Makes jobs of what is due, once for all processes that look at the same time. One rule that cannot be read keeps no other from its time. */
export async function fireSchedules(
  context: ServerContext,
  schedules: readonly JobSchedule[],
  log: Pick<Logger, "info" | "error">,
): Promise<void> {
  for (const schedule of schedules) {
    try {
      for (const planned of await schedule(context)) {
        const { name, job } = planned;
        const { dueAt, expression } = dueOf(planned, context.clock.now());
        const made =
          dueAt === undefined ? undefined : await context.database.registryJobs.fire({ name, expression, dueAt, job });
        if (made !== undefined) {
          log.info({ schedule: name, job: made.id }, "a job was made by its schedule");
        }
      }
    } catch (error) {
      log.error({ err: error }, "schedules were not looked at; tried again soon");
    }
  }
}

/** The last time at which it was due, and what it goes by. */
function dueOf(
  { cron = "", timeZone = "UTC", everyMs }: PlannedJob,
  now: Date,
): { readonly dueAt: Date | undefined; readonly expression: string } {
  return everyMs === undefined
    ? { dueAt: previousTime({ cron, timeZone }, now), expression: `${cron} ${timeZone}` }
    : { dueAt: new Date(now.getTime() - (now.getTime() % everyMs)), expression: `every ${everyMs} ms` };
}

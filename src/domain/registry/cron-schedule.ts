// SPDX-License-Identifier: Apache-2.0
import { CronExpressionParser } from "cron-parser";

/** When work is done by itself. */
export interface CronSchedule {
  /** Five fields of cron: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** e.g. `Asia/Seoul`; default UTC. */
  readonly timeZone?: string;
}

const MAX_CHARACTERS = 200;
const FIELDS = /^[0-9A-Za-z*,/?#-]+(?: [0-9A-Za-z*,/?#-]+){4}$/;
const ZONE = /^[A-Za-z0-9_+/-]{1,64}$/;

/** What is wrong with the schedule, or `undefined`. One that never comes is wrong, too. */
export function scheduleProblem(schedule: CronSchedule, now: Date): string | undefined {
  const { cron, timeZone = "UTC" } = schedule;
  if (cron.length > MAX_CHARACTERS || !FIELDS.test(normalized(cron))) {
    return "expected five fields of cron: minute, hour, day of the month, month, day of the week";
  }
  if (!ZONE.test(timeZone) || !isZone(timeZone, now)) {
    return "expected the name of a time zone, such as Asia/Seoul";
  }
  return nextTime(schedule, now) === undefined
    ? "the schedule has a field out of its range, or never comes"
    : undefined;
}

/** The last time at or before `now`; absent where the schedule cannot be read, or never comes. */
export function previousTime(schedule: CronSchedule, now: Date): Date | undefined {
  // the library looks strictly before
  return step(schedule, new Date(now.getTime() + 1), "prev");
}

/** The first time after `now`; absent as above. */
export function nextTime(schedule: CronSchedule, now: Date): Date | undefined {
  return step(schedule, now, "next");
}

function step({ cron, timeZone = "UTC" }: CronSchedule, from: Date, direction: "prev" | "next"): Date | undefined {
  if (cron.length > MAX_CHARACTERS || !FIELDS.test(normalized(cron))) {
    return undefined;
  }
  try {
    return CronExpressionParser.parse(normalized(cron), { currentDate: from, tz: timeZone })[direction]().toDate();
  } catch {
    // it reports by exception that a field is out of its range, or that no time is found within its bound of steps
    return undefined;
  }
}

function normalized(cron: string): string {
  return cron.trim().replaceAll(/\s+/g, " ");
}

function isZone(timeZone: string, now: Date): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).format(now) !== "";
  } catch {
    // unknown names are reported by exception
    return false;
  }
}

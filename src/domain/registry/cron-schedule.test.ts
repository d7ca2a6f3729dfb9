// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextTime, previousTime, scheduleProblem } from "./cron-schedule.ts";

const NOW = new Date("2026-11-22T16:00:00Z");

describe("a schedule that is wrong", () => {
  it.each([
    { name: "nothing", cron: "" },
    { name: "six fields", cron: "0 0 2 * * *" },
    { name: "a nickname", cron: "@daily" },
    { name: "a field out of its range", cron: "61 * * * *" },
    { name: "a day that never comes", cron: "0 0 30 2 *" },
    { name: "a very long list", cron: `${"1,".repeat(500)}1 * * * *` },
    { name: "a time zone that there is not", cron: "0 2 * * *", timeZone: "Asia/Nowhere" },
    { name: "a time zone with a path in it", cron: "0 2 * * *", timeZone: "../../etc" },
  ])("$name", ({ cron, timeZone }) => {
    const schedule = { cron, ...(timeZone === undefined ? {} : { timeZone }) };
    expect(scheduleProblem(schedule, NOW)).toBeTypeOf("string");
  });
});

describe("the times of a schedule", () => {
  it.each([
    { cron: "0 2 * * *", previous: "2026-11-22T02:00:00.000Z", next: "2026-11-23T02:00:00.000Z" },
    {
      cron: "0 2 * * *",
      timeZone: "Asia/Seoul",
      previous: "2026-11-21T17:00:00.000Z",
      next: "2026-11-22T17:00:00.000Z",
    },
    { cron: "*/15 * * * *", previous: "2026-11-22T16:00:00.000Z", next: "2026-11-22T16:15:00.000Z" },
    { cron: "  30  3 * * MON ", previous: "2026-11-16T03:30:00.000Z", next: "2026-11-23T03:30:00.000Z" },
  ])("$cron in $timeZone", ({ cron, timeZone, previous, next }) => {
    const schedule = { cron, ...(timeZone === undefined ? {} : { timeZone }) };
    expect(scheduleProblem(schedule, NOW)).toBeUndefined();
    expect(previousTime(schedule, NOW)?.toISOString()).toBe(previous);
    expect(nextTime(schedule, NOW)?.toISOString()).toBe(next);
  });

  it("an hour that is skipped in spring still gives one time a day", () => {
    const schedule = { cron: "30 2 * * *", timeZone: "Europe/Berlin" };
    const before = new Date("2026-03-28T12:00:00Z");
    const first = nextTime(schedule, before);
    const second = nextTime(schedule, first ?? before);
    expect([first, second].map((time) => time?.toISOString().slice(0, 10))).toEqual(["2026-03-29", "2026-03-30"]);
  });

  it("whatever text is given, it is a problem or has a time before and after", () => {
    const field = fc.stringMatching(/^[0-9*,/L#?A-Z-]{1,8}$/);
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(field, { minLength: 5, maxLength: 5 }).map((fields) => fields.join(" ")),
    );
    fc.assert(
      fc.property(
        text,
        fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
        (cron, now) => {
          const problem = scheduleProblem({ cron }, now);
          const next = nextTime({ cron }, now);
          expect(problem === undefined).toBe(next !== undefined);
          if (next !== undefined) {
            expect(next.getTime()).toBeGreaterThan(now.getTime());
            expect(previousTime({ cron }, next)?.getTime()).toBe(next.getTime());
          }
        },
      ),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { eventually } from "../../../../test/support/eventually.ts";
import { CoalescedTask } from "./coalesced-task.ts";

const LOG = pino({ enabled: false });

async function whenTrue(isTrue: () => boolean): Promise<void> {
  await eventually(() => Promise.resolve(isTrue() ? true : undefined), 2);
}

describe("a coalesced task", () => {
  it("is done once for many requests, and once more for those that come meanwhile", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let runs = 0;
    let atOnce = 0;
    await using task = new CoalescedTask({
      name: "test",
      gatherMs: 5,
      log: LOG,
      async work() {
        runs += 1;
        atOnce += 1;
        expect(atOnce).toBe(1);
        await gate;
        atOnce -= 1;
      },
    });
    task.request();
    task.request();
    await whenTrue(() => runs === 1);
    task.request();
    task.request(0);
    open();
    await whenTrue(() => runs === 2);
    task.request(1);
    await whenTrue(() => runs === 3);
  });

  it("the earliest request counts", async () => {
    let runs = 0;
    await using task = new CoalescedTask({
      name: "test",
      gatherMs: 3_600_000,
      log: LOG,
      work: () => Promise.resolve(void (runs += 1)),
    });
    task.request();
    task.request(1);
    task.request(Number.MAX_SAFE_INTEGER);
    await whenTrue(() => runs === 1);
  });

  it("is tried again after a failure, and done by itself every so often", async () => {
    let runs = 0;
    await using task = new CoalescedTask({
      name: "test",
      gatherMs: 1,
      everyMs: 5,
      maxRetryMs: 1,
      log: LOG,
      work: () => {
        runs += 1;
        return runs < 3 ? Promise.reject(new Error("not yet")) : Promise.resolve();
      },
    });
    task.request();
    await whenTrue(() => runs >= 5);
  });

  it("disposing ends the work in progress and does no more", async () => {
    let isStopped = false;
    let runs = 0;
    const task = new CoalescedTask({
      name: "test",
      gatherMs: 0,
      log: LOG,
      async work(signal) {
        runs += 1;
        await new Promise((resolve) => {
          signal.addEventListener("abort", resolve, { once: true });
        });
        isStopped = true;
      },
    });
    task.request();
    await whenTrue(() => runs === 1);
    task.request();
    await task[Symbol.asyncDispose]();
    expect(isStopped).toBe(true);
    task.request(0);
    expect(runs).toBe(1);
  });
});

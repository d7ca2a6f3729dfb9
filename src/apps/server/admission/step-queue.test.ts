// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Step, StepQueue } from "./step-queue.ts";

/** A work of two steps that writes down when they are taken. */
function work(name: number | string, log: string[]): Step {
  return () => {
    log.push(`${name} first`);
    return () => {
      log.push(`${name} second`);
      return undefined;
    };
  };
}

it("the same step of all works that came in one turn is taken before the next step of any", async () => {
  const log: string[] = [];
  const queue = new StepQueue();
  queue.add(work("a", log));
  queue.add(work("b", log));
  expect(log).toEqual([]);
  await nextTurn();
  expect(log).toEqual(["a first", "b first", "a second", "b second"]);
});

it("works that come while others are done are done in the next turn", async () => {
  const log: string[] = [];
  const queue = new StepQueue();
  queue.add(() => {
    queue.add(work("later", log));
    return undefined;
  });
  await nextTurn();
  expect(log).toEqual([]);
  await nextTurn();
  expect(log).toEqual(["later first", "later second"]);
});

it("a step that has to be waited for holds up nobody else, and its work goes on after it", async () => {
  const log: string[] = [];
  const queue = new StepQueue();
  const { promise, resolve } = Promise.withResolvers<Step>();
  queue.add(() => promise);
  queue.add(work("other", log));
  await nextTurn();
  expect(log).toEqual(["other first", "other second"]);
  resolve(work("waited", log));
  await promise;
  await nextTurn();
  await nextTurn();
  expect(log.slice(2)).toEqual(["waited first", "waited second"]);
});

it("no work waits for more than a bounded number of others before its last step", async () => {
  const log: string[] = [];
  const queue = new StepQueue();
  for (let index = 0; index < 1_000; index += 1) {
    queue.add(work(index, log));
  }
  await nextTurn();
  expect(log).toHaveLength(2_000);
  expect(log.indexOf("0 second")).toBeLessThan(100);
});

// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { Deadlines } from "./deadlines.ts";

const NEVER = new Promise<never>(() => undefined);

it("gives what the work gives, in time", async () => {
  const deadlines = new Deadlines();
  const soon = performance.now() + 60_000;
  await expect(deadlines.wait(Promise.resolve(1), soon, () => 2)).resolves.toBe(1);
  await expect(deadlines.wait(Promise.reject(new Error("broken")), soon, () => 2)).rejects.toThrow("broken");
});

it("gives up what is late, and nothing else", async () => {
  const deadlines = new Deadlines();
  const work = Promise.withResolvers<string>();
  const inTime = deadlines.wait(work.promise, performance.now() + 60_000, () => "late");
  await expect(deadlines.wait(NEVER, performance.now(), () => "late")).resolves.toBe("late");
  await expect(
    deadlines.wait(NEVER, performance.now(), () => {
      throw new Error("no answer in time");
    }),
  ).rejects.toThrow("no answer in time");
  work.resolve("done");
  await expect(inTime).resolves.toBe("done");
});

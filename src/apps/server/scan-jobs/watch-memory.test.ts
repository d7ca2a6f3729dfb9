// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { watchMemory } from "./watch-memory.ts";

it("a process that holds more than it may is reported, once", async () => {
  const told: number[] = [];
  await new Promise<void>((resolve) => {
    // this process holds more than the 2 MiB that are left beside such a heap
    watchMemory(process.pid, -510, () => {
      told.push(1);
      resolve();
    });
  });
  expect(told).toEqual([1]);
});

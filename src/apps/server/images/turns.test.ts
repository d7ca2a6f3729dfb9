// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

it("lets so many at once, and the others as one ends", async () => {
  const turns = new Turns(2);
  const ends = [await turns.take(), await turns.take()];
  let isThird = false;
  const third = turns.take().then((end) => {
    isThird = true;
    return end;
  });
  await new Promise(setImmediate);
  expect([isThird, turns.isIdle]).toEqual([false, false]);
  ends.forEach((end) => end());
  (await third)();
  expect(turns.isIdle).toBe(true);
});

it("takes turns among those who wait, however many one of them sends", async () => {
  const turns = new Turns(1);
  const order: string[] = [];
  const first = await turns.take("many");
  const all = ["many", "many", "many", "few", "many", "one"].map(async (party, at) => {
    const end = await turns.take(party);
    order.push(`${party} ${at}`);
    end();
  });
  first();
  await Promise.all(all);
  expect(order).toEqual(["many 0", "few 3", "one 5", "many 1", "many 2", "many 4"]);
  expect(turns.isIdle).toBe(true);
});

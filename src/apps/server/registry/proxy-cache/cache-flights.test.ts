// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { CacheFlights } from "./cache-flights.ts";

it("an upstream registry that never ends leaves room for the others", async () => {
  const flights = new CacheFlights();
  const ending = Promise.withResolvers<void>();
  const held = Array.from({ length: 100 }, (_, at) =>
    flights.share(`slow/${at}`, { prefix: "slow" }, () => ending.promise).catch((error: unknown) => error),
  );
  let isDone = false;
  await flights.share("quick/1", { prefix: "quick" }, async () => {
    isDone = true;
    await Promise.resolve();
  });
  expect(isDone).toBe(true);
  ending.resolve();
  const busy = (await Promise.all(held)).filter(
    (each) => (each as { code?: string } | undefined)?.code === "CACHE_BUSY",
  );
  expect(busy).toHaveLength(36);
});

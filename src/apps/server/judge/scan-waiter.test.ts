// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { digestOf } from "#base";
import { createScanWaiter } from "./scan-waiter.ts";

const DIGEST = digestOf("image");
const FOR_EVER = 3_600_000;

it("a wait ends with the reason of the signal, before or while it waits, and leaves nobody else", async () => {
  const waiter = createScanWaiter(() => Promise.resolve(true), FOR_EVER);
  const reason = new Error("cancelled");
  await expect(waiter.wait([DIGEST], FOR_EVER, AbortSignal.abort(reason))).rejects.toBe(reason);
  const cancelled = new AbortController();
  const waiting = waiter.wait([DIGEST], FOR_EVER, cancelled.signal);
  setImmediate(() => cancelled.abort(reason));
  await expect(waiting).rejects.toBe(reason);
});

it("a wait ends when the scan does", async () => {
  let isUnfinished = true;
  const waiter = createScanWaiter(() => Promise.resolve(isUnfinished), FOR_EVER);
  const waiting = waiter.wait([DIGEST], FOR_EVER, new AbortController().signal);
  setImmediate(() => {
    isUnfinished = false;
    waiter.changed(DIGEST);
  });
  await expect(waiting).resolves.toBeUndefined();
});

// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { digestOf } from "#base";
import type { NewWebhookDelivery, ServerEvent, WebhookDelivery } from "#database";
import type { TestDatabases } from "../postgres.ts";

function delivery(more: Partial<NewWebhookDelivery> = {}): NewWebhookDelivery {
  return { webhook: "chat", eventId: randomUUID(), eventType: "dev.haechi.image.pushed", payload: '{"a":1}', ...more };
}

/** What every implementation of `WebhookDeliveryStore`, `HappeningStore` and `ForeignReportStore` has to do. */
export function webhookDeliveryContract({ open }: TestDatabases): void {
  it("an event is delivered to a webhook once, however often it is made", async () => {
    const { webhookDeliveries } = await open();
    const made = delivery();
    expect(await webhookDeliveries.add([made, delivery()])).toHaveLength(2);
    expect(await webhookDeliveries.add([made])).toEqual([]);
    expect(await webhookDeliveries.add([{ ...made, webhook: "other" }])).toHaveLength(1);
    expect(await webhookDeliveries.list({ limit: 10, webhook: "chat" })).toHaveLength(2);
  });

  it("is claimed by one process, and by another one when its lease is over; the first one's outcome then counts no more", async () => {
    let nowMs = Date.parse("2026-11-22T12:00:00Z");
    function now(): Date {
      return new Date(nowMs);
    }
    const first = await open({ now });
    const second = await open({ url: first.connectionString, now });
    await first.webhookDeliveries.add([delivery()]);
    const asked = { limit: 10, leaseMs: 60_000, except: [] };
    const both = await Promise.all([first.webhookDeliveries.claim(asked), second.webhookDeliveries.claim(asked)]);
    const [claimed = expect.fail(), ...others] = both.flat();
    expect(others).toEqual([]);
    expect(claimed).toMatchObject({ attempts: 1, state: "pending", payload: '{"a":1}' });
    nowMs += 60_001;
    const [again = expect.fail()] = await second.webhookDeliveries.claim(asked);
    expect(again).toMatchObject({ id: claimed.id, attempts: 2 });
    await first.webhookDeliveries.finish(claimed, { state: "failed", message: "too late" });
    expect(await first.webhookDeliveries.find(claimed.id)).toMatchObject({ state: "pending" });
    await second.webhookDeliveries.finish(again, { state: "delivered", status: 204 });
    const done = await first.webhookDeliveries.find(claimed.id);
    expect(done).toMatchObject({ state: "delivered", status: 204, finishedAt: now().toISOString() });
    expect(done).not.toHaveProperty("message");
  });

  it("waits for its time, spares webhooks that are busy, is sent again when asked, and is forgotten in the end", async () => {
    let nowMs = Date.parse("2026-11-22T12:00:00Z");
    const { webhookDeliveries } = await open({ now: () => new Date(nowMs) });
    const [id = expect.fail()] = await webhookDeliveries.add([delivery()]);
    async function claim(...except: string[]): Promise<readonly WebhookDelivery[]> {
      return await webhookDeliveries.claim({ limit: 1, leaseMs: 60_000, except });
    }
    expect(await claim("chat")).toEqual([]);
    const [claimed = expect.fail()] = await claim();
    const message = "answered 500 \0";
    await webhookDeliveries.finish(claimed, {
      state: "pending",
      status: 500,
      message,
      nextAttemptAt: new Date(nowMs + 5_000),
    });
    expect(await claim()).toEqual([]);
    expect(await webhookDeliveries.redeliver(id)).toBe(false);
    nowMs += 5_000;
    const [last = expect.fail()] = await claim();
    expect(last).toMatchObject({ attempts: 2, message: "answered 500 \uFFFD" });
    await webhookDeliveries.finish(last, { state: "failed" });
    expect(await webhookDeliveries.list({ limit: 10, state: "failed" })).toHaveLength(1);
    expect(await webhookDeliveries.redeliver(id)).toBe(true);
    const [anew = expect.fail()] = await claim();
    expect(anew).toMatchObject({ id, attempts: 1 });
    await webhookDeliveries.finish(anew, { state: "delivered" });
    expect(await webhookDeliveries.prune(new Date(nowMs), 10)).toBe(0);
    expect(await webhookDeliveries.prune(new Date(nowMs + 1), 10)).toBe(1);
    expect(await webhookDeliveries.find(id)).toBeUndefined();
  });

  it("what happened is read from where somebody left off, again for a while, and under the same names", async () => {
    const { happenings, audit, registryJobs } = await open();
    const at = new Date().toISOString();
    const entry = { actor: "kim", target: "team/app:1@x", requestId: "", at };
    await audit.append({ ...entry, action: "manifest-pushed" });
    const start = await happenings.present();
    await audit.append({ ...entry, action: "tag-deleted" });
    await audit.append({ ...entry, action: "login" });
    await registryJobs.create({
      kind: "promote",
      target: "t",
      parameters: {},
      requestedBy: "kim",
      needsApproval: true,
    });
    const page = await happenings.read(start, { withPulls: true, limit: 100 });
    expect(page.hasMore).toBe(false);
    expect(page.happenings.map(({ kind, key }) => [kind, key])).toEqual([
      ["audit", "audit/1"],
      ["audit", "audit/2"],
      ["approval", "approval/1"],
    ]);
    await happenings.saveCursor(page.cursor);
    await happenings.saveCursor(start);
    expect(await happenings.cursor()).toEqual(page.cursor);
    const again = await happenings.read(page.cursor, { withPulls: false, limit: 100 });
    expect(again.happenings).toEqual(page.happenings);
  });

  it("a report of somebody else is kept by image and scanner, told of, and forgotten with its image", async () => {
    const { foreignReports, events } = await open();
    const heard: ServerEvent[] = [];
    events.subscribe((event) => heard.push(event));
    const digest = digestOf("image");
    expect((await foreignReports.findMany([digest])).size).toBe(0);
    await foreignReports.put({ digest, scanner: "b", report: { a: "\0가" } });
    await foreignReports.put({ digest, scanner: "a", report: 1 });
    await foreignReports.put({ digest, scanner: "a", report: 2 });
    const found = (await foreignReports.findMany([digest, digestOf("other")])).get(digest);
    expect(found?.map(({ scanner, report }) => [scanner, report])).toEqual([
      ["a", 2],
      ["b", { a: "\0가" }],
    ]);
    await expect.poll(() => heard.length).toBe(3);
    expect(heard[0]).toEqual({ type: "scan-changed", digest, state: "done" });
    await foreignReports.removeOf("a");
    expect([await foreignReports.has(digest, "a"), await foreignReports.has(digest, "b")]).toEqual([false, true]);
    expect(await foreignReports.prune(10)).toBe(1);
    expect(await foreignReports.has(digest, "b")).toBe(false);
  });
}

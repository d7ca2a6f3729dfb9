// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testDigest } from "../../../test/support/contracts/database.ts";
import { describeWithDatabases, query } from "../../../test/support/postgres.ts";
import { parseServerEvent } from "./parse-server-event.ts";

describeWithDatabases("the connection that listens", ({ open }) => {
  it("is made again when the server ends it; subscribers hear of the gap, and of later events", async () => {
    const database = await open();
    await database.scans.markRunning(testDigest("running"));
    const isBack = new Promise<void>((resolve) => {
      database.events.subscribe(() => undefined, resolve);
    });
    const { rowCount } = await query(
      database.connectionString,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    expect(rowCount).toBeGreaterThan(0);
    await isBack;
    expect(await database.scans.listUnfinished()).toEqual([]);
    const event = new Promise((resolve) => database.events.subscribe(resolve));
    await database.events.publish({ type: "scan-changed", digest: testDigest("x"), state: "done" });
    expect(await event).toEqual({ type: "scan-changed", digest: testDigest("x"), state: "done" });
  });

  it("ignores what other programs say on the channel", async () => {
    const database = await open();
    const event = new Promise((resolve) => database.events.subscribe(resolve));
    for (const payload of ["", "{", "null", "[]", '{"type":"scan-changed"}', '{"type":"future","digest":"x"}']) {
      await query(database.connectionString, "select pg_notify('haechi_events', $1)", [payload]);
    }
    await database.events.publish({ type: "scan-changed", digest: testDigest("x"), state: "done" });
    expect(await event).toEqual({ type: "scan-changed", digest: testDigest("x"), state: "done" });
  });
});

describe("the payload of a notification", () => {
  it("of any kind gives an event or nothing, never an error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (payload) => {
        expect(parseServerEvent(payload)).toBeUndefined();
      }),
    );
  });

  it("of an event that we know gives that event, without anything else in it", () => {
    const event = { type: "image-pushed", repository: "a", tag: "b", digest: testDigest("x") };
    expect(parseServerEvent(JSON.stringify({ ...event, extra: 1 }))).toEqual(event);
    expect(parseServerEvent(JSON.stringify({ ...event, digest: "sha256:XYZ" }))).toBeUndefined();
  });
});

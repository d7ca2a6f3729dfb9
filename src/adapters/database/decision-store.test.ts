// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createEmptyDatabase, openTestDatabase, query, SILENT_LOG } from "../../../test/support/postgres.ts";
import { BatchingDecisionStore } from "./decision-store.ts";
import { createPool } from "./pool.ts";
import type { DecisionRecord } from "./stores.ts";

const DECISION: DecisionRecord = {
  gate: "registry",
  actor: "a",
  reference: "r",
  outcome: "allow",
  reasons: [],
  requestId: "1",
  durationMs: 1,
  decidedAt: "2026-11-22T00:00:00.000Z",
};
const CLUSTER = "6062bd36-fbc9-4103-b34c-349c9a11f754";

/** A store with a queue of its own on a database. */
function createStore(url: string) {
  const db = createPool(url, { log: SILENT_LOG });
  const lost = { count: 0 };
  const store = new BatchingDecisionStore(
    { db, clusterId: CLUSTER, clock: { now: () => new Date(0) } },
    {
      log: SILENT_LOG,
      onLost: (count) => {
        lost.count += count;
      },
    },
  );
  return { store, lost, end: async () => db.destroy() };
}

describe("decisions on their way", () => {
  it("are written by themselves, and the newest is not older than the queue", async () => {
    await using database = await openTestDatabase();
    const written = new Promise<void>((resolve) => {
      database.events.subscribe(() => resolve());
    });
    await query(
      database.connectionString,
      `create function tell() returns trigger language plpgsql as
       $$ begin perform pg_notify('haechi_events', '{"type":"scan-changed","state":"done","digest":"sha256:${"0".repeat(64)}"}'); return null; end $$;
       create trigger tell after insert on decision for each statement execute function tell()`,
    );
    database.decisions.record(DECISION);
    await written;
    expect(await database.decisions.list({ limit: 10 })).toEqual([{ ...DECISION, id: 1 }]);
  });

  it("are dropped, and counted, when the queue is full: a gate never waits for them", async () => {
    await using database = await openTestDatabase();
    const { store, lost, end } = createStore(database.connectionString);
    for (let index = 0; index < 10_050; index++) {
      store.record(DECISION);
    }
    expect(lost.count).toBe(50);
    await store.close();
    store.record(DECISION);
    expect(lost.count).toBe(51);
    expect(await store.list({ limit: 20_000 })).toHaveLength(10_000);
    await end();
  });

  it("stay queued while the database does not answer, and are given up on closing", async () => {
    const url = new URL(await createEmptyDatabase());
    url.searchParams.set("host", "/nonexistent");
    const { store, lost, end } = createStore(url.toString());
    store.record(DECISION);
    store.record(DECISION);
    await expect(store.flush()).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    expect(lost.count).toBe(0);
    await store.close();
    expect(lost.count).toBe(2);
    await end();
  });
});

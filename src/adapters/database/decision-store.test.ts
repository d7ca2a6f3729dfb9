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
    expect(await database.decisions.list({ limit: 10 })).toEqual([{ ...DECISION, id: expect.any(Number) }]);
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

  it("on the images of one review are listed image by image, page by page", async () => {
    await using database = await openTestDatabase();
    const { decisions } = database;
    const references = Array.from({ length: 130 }, (_, index) => `app:${index}`);
    for (const requestId of ["1", "2"]) {
      for (const reference of references) {
        decisions.record({ ...DECISION, requestId, reference });
      }
    }
    await decisions.flush();
    const listed: string[] = [];
    for (let before: number | undefined; ; ) {
      const page = await decisions.list({ limit: 50, ...(before === undefined ? {} : { before }) });
      listed.push(...page.map(({ requestId, reference }) => `${requestId} ${reference}`));
      before = page.at(-1)?.id;
      if (before === undefined) {
        break;
      }
    }
    expect(listed).toEqual(
      ["1", "2"].flatMap((requestId) => references.map((each) => `${requestId} ${each}`)).toReversed(),
    );
    const [second, first] = await decisions.list({ limit: 3, reference: "app:64" });
    expect([second?.requestId, first?.requestId]).toEqual(["2", "1"]);
    expect(await decisions.list({ limit: 1, reference: "app:64", before: second?.id ?? 0 })).toEqual([first]);
    expect(await decisions.list({ limit: 1, reference: "app:64", before: first?.id ?? 0 })).toEqual([]);
  });

  it("that say the same share what they say, whichever replica wrote it, and others do not", async () => {
    await using one = await openTestDatabase();
    await using two = await openTestDatabase({ url: one.connectionString });
    const reason = { code: "NO_POLICY", effect: "deny", params: {} } as const;
    const said: readonly DecisionRecord[] = [
      DECISION,
      { ...DECISION, actor: "ar", reference: "" },
      { ...DECISION, actor: "a1 r", reference: "" },
      { ...DECISION, outcome: "deny", reasons: [reason] },
      { ...DECISION, outcome: "deny", reasons: [reason, reason] },
    ];
    for (const { decisions } of [one, two]) {
      for (const [index, each] of said.entries()) {
        decisions.record({ ...each, requestId: `${index}` });
        // the same reasons in another array
        decisions.record({ ...each, requestId: `again ${index}`, reasons: [...each.reasons] });
      }
    }
    await Promise.all([one.decisions.flush(), two.decisions.flush()]);
    const listed = await one.decisions.list({ limit: 100 });
    expect(listed).toHaveLength(4 * said.length);
    for (const { id: _id, ...each } of listed) {
      expect(each).toEqual({ ...said[Number(each.requestId.replace("again ", ""))], requestId: each.requestId });
    }
    const { rows } = await query(one.connectionString, "select count(*)::int as count from decided_image");
    expect(rows).toEqual([{ count: said.length }]);
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

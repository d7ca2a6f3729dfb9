// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { MemoryAdmissionRecords } from "../../../test/support/admission-records.ts";
import { admissionRecordContract } from "../../../test/support/contracts/admission-records.ts";
import {
  createEmptyDatabase,
  describeWithDatabases,
  openTestDatabase,
  query,
  SILENT_LOG,
} from "../../../test/support/postgres.ts";
import { BatchingAdmissionRecordStore } from "./admission-record-store.ts";
import { createPool } from "./pool.ts";
import type { KnownImage } from "./stores.ts";

const CLUSTER = "6062bd36-fbc9-4103-b34c-349c9a11f754";

describeWithDatabases("what admission remembers", ({ open }) => {
  admissionRecordContract(async (now) => (await open({ now })).admissions);
});

describe("what admission remembers in memory, for tests", () => {
  admissionRecordContract((now) => Promise.resolve(new MemoryAdmissionRecords(now)));
});

const KNOWN: KnownImage = {
  namespace: "team",
  reference: "app:1",
  digest: digestOf("app"),
  policyGeneration: "g",
  admittedAt: new Date().toISOString(),
};
const ASKED = { namespace: "team", reference: "app:1", policyGeneration: "g" };

describe("records on their way", () => {
  it("of one image are written once, and again after a denial", async () => {
    await using database = await openTestDatabase();
    const { admissions } = database;
    async function count(): Promise<unknown> {
      const { rows } = await query(
        database.connectionString,
        "select count(*)::int as count, xmin from known_image group by xmin",
      );
      return rows;
    }
    for (let index = 0; index < 20_000; index += 1) {
      admissions.recordKnown(KNOWN);
    }
    await admissions.flush();
    const first = await count();
    admissions.recordKnown(KNOWN);
    await admissions.flush();
    expect(await count()).toEqual(first);
    admissions.recordDenied({ namespace: "team", reference: "app:1", deniedAt: new Date().toISOString() });
    admissions.recordKnown({ ...KNOWN, admittedAt: new Date(Date.now() + 1_000).toISOString() });
    await admissions.flush();
    expect(await count()).not.toEqual(first);
  });

  it("of one replica count for another, and a late allow does not bring back what the other denied", async () => {
    await using one = await openTestDatabase();
    await using two = await openTestDatabase({ url: one.connectionString });
    one.admissions.recordKnown(KNOWN);
    await one.admissions.flush();
    expect(await two.admissions.findKnown(ASKED)).toBe(KNOWN.digest);
    two.admissions.recordDenied({ ...ASKED, deniedAt: new Date(Date.now() + 1).toISOString() });
    await two.admissions.flush();
    expect(await one.admissions.findKnown(ASKED)).toBeUndefined();
  });

  it("of more denials than can wait make nothing known any more", async () => {
    await using database = await openTestDatabase();
    const { admissions } = database;
    admissions.recordKnown(KNOWN);
    await admissions.flush();
    for (let index = 0; index <= 20_000; index += 1) {
      admissions.recordDenied({ namespace: "team", reference: `other:${index}`, deniedAt: KNOWN.admittedAt });
    }
    expect(await admissions.findKnown(ASKED)).toBeUndefined();
    admissions.recordKnown(KNOWN);
    expect(await admissions.findKnown(ASKED)).toBe(KNOWN.digest);
  });

  it("that are old are removed when others are written", async () => {
    await using database = await openTestDatabase();
    const { admissions, connectionString } = database;
    admissions.recordKnown(KNOWN);
    admissions.recordDenied({ namespace: "team", reference: "x", deniedAt: KNOWN.admittedAt });
    admissions.recordOwner({ uid: "u", namespace: "team", images: [], usedAt: KNOWN.admittedAt });
    await admissions.flush();
    await query(
      connectionString,
      `update known_image set admitted_at = now() - interval '25 hours';
       update denied_image set denied_at = now() - interval '25 hours';
       update admitted_owner set used_at = now() - interval '31 days'`,
    );
    await using later = await openTestDatabase({ url: connectionString });
    later.admissions.recordKnown({ ...KNOWN, reference: "app:2" });
    await later.admissions.flush();
    const { rows } = await query(
      connectionString,
      "select (select count(*)::int from known_image) as known, (select count(*)::int from denied_image) as denied, (select count(*)::int from admitted_owner) as owners",
    );
    expect(rows).toEqual([{ known: 1, denied: 0, owners: 0 }]);
  });

  it("hold what anybody may write, and a reference without end is not remembered rather than cut", async () => {
    await using database = await openTestDatabase();
    const { admissions } = database;
    const nasty = "\0'\"\\ \uD800 한글";
    admissions.recordKnown({ ...KNOWN, namespace: nasty, reference: nasty });
    admissions.recordKnown({ ...KNOWN, reference: "r".repeat(2_001) });
    admissions.recordOwner({
      uid: nasty,
      namespace: nasty,
      images: [{ place: nasty, reference: nasty }],
      usedAt: KNOWN.admittedAt,
    });
    admissions.recordDenied({ namespace: nasty, reference: "r".repeat(100_000), deniedAt: KNOWN.admittedAt });
    await admissions.flush();
    expect(await admissions.findKnown({ ...ASKED, namespace: nasty, reference: nasty })).toBe(KNOWN.digest);
    expect(await admissions.findKnown({ ...ASKED, reference: "r".repeat(2_001) })).toBeUndefined();
  });

  it("stay queued while the database does not answer, a look-up says so, and closing gives them up", async () => {
    const url = new URL(await createEmptyDatabase());
    url.searchParams.set("host", "/nonexistent");
    const db = createPool(url.toString(), { log: SILENT_LOG });
    const store = new BatchingAdmissionRecordStore(
      { db, clusterId: CLUSTER, clock: { now: () => new Date() } },
      SILENT_LOG,
    );
    store.recordKnown(KNOWN);
    store.recordDenied({ ...ASKED, deniedAt: KNOWN.admittedAt });
    await expect(store.flush()).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    await expect(store.findKnown(ASKED)).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    await store.close();
    await db.destroy();
  });
});

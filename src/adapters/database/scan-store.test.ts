// SPDX-License-Identifier: Apache-2.0
import pg from "pg";
import { expect, it } from "vitest";
import type { Database } from "#database";
import { testDigest, testReport } from "../../../test/support/contracts/database.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { packageIn } from "../../../test/support/matching.ts";
import { describeWithDatabases, query } from "../../../test/support/postgres.ts";

describeWithDatabases("reports, when another advisory database is in use", ({ open }) => {
  const digest = testDigest("image");
  const change = {
    from: "database-1",
    to: "database-2",
    subjects: [{ ecosystem: "npm", packageName: "concerned" }],
    cves: [],
  };

  async function finish(database: Database, ...names: readonly string[]): Promise<void> {
    const report = testReport(digest);
    const packages = names.map((name) => packageIn("app", "npm", [name, "1.0.0"]));
    await database.scans.finish(digest, {
      state: "done",
      report: { ...report, inventory: { ...report.inventory, packages } },
    });
  }

  it.each([
    { name: "an older one", matchingVersion: "matching_version - 1" },
    { name: "a newer one", matchingVersion: "matching_version + 1" },
    { name: "one that nobody noted", matchingVersion: "null" },
  ])("those that another version of the matching made, $name, are made again and not confirmed", async (other) => {
    const database = await open();
    await finish(database, "p");
    expect(await database.scans.listMadeWithOtherDatabase("database-1", 10)).toEqual([]);
    await query(database.connectionString, `update scan set matching_version = ${other.matchingVersion}`);
    expect(await database.scans.listMadeWithOtherDatabase("database-1", 10)).toEqual([digest]);
    expect(await database.scans.confirmReports(change)).toBe(0);
    expect(await database.scans.find(digest)).toMatchObject({ databaseDigest: "database-1" });
    const record = await database.scans.find(digest);
    expect(record?.report).toBeDefined();
    if (record?.report !== undefined) {
      await database.scans.replaceReport(record, record.report);
    }
    expect(await database.scans.listMadeWithOtherDatabase("database-1", 10)).toEqual([]);
  });

  it("one of a scan that finds another package at the same moment is not confirmed", async () => {
    const database = await open();
    await finish(database, "p");
    const scan = new pg.Client({ connectionString: database.connectionString });
    await scan.connect();
    try {
      // the two statements of a scan that ends
      await scan.query("begin");
      await scan.query("update scan set attempts = attempts + 1");
      let isOver = false;
      const confirming = database.scans.confirmReports(change).finally(() => {
        isOver = true;
      });
      await eventually(async () => {
        const { rows } = await query(
          database.connectionString,
          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        );
        return isOver || rows.length > 0 ? true : undefined;
      }, 10);
      await scan.query("update scanned_subject set name = 'concerned'");
      await scan.query("commit");
      expect(await confirming).toBe(0);
    } finally {
      await scan.end();
    }
  });

  it("however many there are, all that it does not concern are confirmed", async () => {
    const database = await open();
    await finish(database, "p");
    await query(
      database.connectionString,
      `with copies as (
         insert into scan (cluster_id, digest, state, attempts, requested_at, report, database_digest, analyzers, matching_version)
         select cluster_id, 'copy-' || n, state, attempts, requested_at, report, database_digest, analyzers, matching_version
         from scan, generate_series(1, 2500) as n returning cluster_id, digest
       )
       insert into scanned_subject (cluster_id, digest, ecosystem, name)
       select cluster_id, digest, 'npm', case when digest like '%7' then 'concerned' else 'p' end from copies`,
    );
    expect(await database.scans.confirmReports(change)).toBe(2251);
    expect(await database.scans.listMadeWithOtherDatabase("database-2", 3000)).toHaveLength(250);
  });
});

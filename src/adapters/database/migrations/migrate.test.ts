// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { describe, expect, it } from "vitest";
import { testDigest, testManifest, testReport } from "../../../../test/support/contracts/database.ts";
import {
  createTestFolder,
  describeWithDatabases,
  query,
  SILENT_LOG,
  TEST_SECRET_KEY,
  type TestDatabases,
} from "../../../../test/support/postgres.ts";
import { createMaintenancePool } from "../pool.ts";
import { prepareDatabase } from "../prepare-database.ts";
import type { Schema } from "../schema.ts";
import type { Database } from "../stores.ts";
import { writeBackup } from "./backup.ts";
import { appliedMigrations, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { restoreBackup } from "./restore-backup.ts";

const NOW = new Date("2026-11-22T01:02:03Z");
const NEWEST = Object.keys(MIGRATIONS).at(-1) ?? "";

/** Rows of each table as a released version wrote them: table → rows. */
type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** A migration after all that are released, to try the mechanism itself. */
const NEXT = "9999-for-this-test";
const WITH_NEXT: Readonly<Record<string, Migration>> = {
  ...MIGRATIONS,
  [NEXT]: {
    async up(db: Kysely<unknown>) {
      await sql.raw("alter table account add column nickname text not null default 'none'").execute(db);
    },
  },
};
const WITH_BROKEN_NEXT: Readonly<Record<string, Migration>> = {
  ...MIGRATIONS,
  [NEXT]: {
    async up(db: Kysely<unknown>) {
      await sql.raw("alter table account add column nickname text").execute(db);
      await sql.raw("alter table no_such_table add column x text").execute(db);
    },
  },
};

async function prepare(url: string, backupDir: string, migrations = MIGRATIONS): Promise<string> {
  return prepareDatabase(url, { secretKey: TEST_SECRET_KEY, now: NOW, log: SILENT_LOG, backupDir, migrations });
}

async function withPool<T>(url: string, body: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  const db = createMaintenancePool(url, SILENT_LOG);
  try {
    return await body(db);
  } finally {
    await db.destroy();
  }
}

const TRUST_KEY = "notary https://notary.example registry.example/team/app";

/** Something of everything. */
async function fillDatabase(database: Database): Promise<void> {
  const { id } = await database.accounts.create({ name: "관리자", passwordHash: "hash", role: "ADMIN" });
  await database.accounts.createSession(id, "token", new Date("2100-01-01T00:00:00Z"));
  await database.registry.putManifest(testManifest(), "1.0");
  await database.registry.linkBlob("team/app", { digest: testDigest("layer"), sizeBytes: 10_000 });
  await database.scans.markRunning(testDigest("manifest"));
  await database.scans.finish(testDigest("manifest"), { state: "done", report: testReport(testDigest("manifest")) });
  await database.secrets.set("signing-key", Uint8Array.of(1, 2, 3));
  await database.trustStates.replace(TRUST_KEY, undefined, Buffer.from("{}"));
  await database.audit.append({ actor: "a", action: "b\n\\c", target: "\t\"'", requestId: "r", at: NOW.toISOString() });
  database.decisions.record({
    gate: "registry",
    actor: "a",
    reference: "team/app:1.0",
    outcome: "deny",
    reasons: [{ code: "NO_POLICY", effect: "deny", params: { x: "\0" } }],
    requestId: "r",
    durationMs: 0.25,
    decidedAt: NOW.toISOString(),
  });
  await database.decisions.flush();
}

async function checkContents(database: Database): Promise<void> {
  expect(await database.accounts.findSession("token", NOW)).toMatchObject({ name: "관리자", role: "ADMIN" });
  expect(await database.registry.findManifest("team/app", { tag: "1.0" })).toEqual(testManifest());
  expect(await database.registry.findBlobLink("team/app", testDigest("layer"))).toEqual({ sizeBytes: 10_000 });
  expect(await database.scans.findInventory(testDigest("manifest"))).toEqual(
    testReport(testDigest("manifest")).inventory,
  );
  expect(await database.secrets.get("signing-key")).toEqual(Uint8Array.of(1, 2, 3));
  expect(await database.audit.list({ limit: 10 })).toMatchObject([{ action: "b\n\\c", target: "\t\"'" }]);
  expect(await database.decisions.list({ limit: 10 })).toMatchObject([
    { durationMs: 0.25, reasons: [{ params: { x: "\0" } }] },
  ]);
}

describeWithDatabases("the schema", (databases) => {
  describe("from nothing", () => fromNothing(databases));
  describe("from earlier versions", () => fromEarlierVersions(databases));
  describe("a step ahead", () => aStepAhead(databases));
  describe("a backup", () => backups(databases));
});

function fromNothing({ open, createEmpty }: TestDatabases): void {
  it("is made without a backup, once, whoever starts at the same time", async () => {
    const url = await createEmpty();
    const backupDir = join(await createTestFolder(), "backups");
    const ids = await Promise.all([prepare(url, backupDir), prepare(url, backupDir), prepare(url, backupDir)]);
    expect(new Set(ids).size).toBe(1);
    await expect(stat(backupDir)).rejects.toThrow("ENOENT");
  });

  it("each table has a cluster id that every row must have", async () => {
    const database = await open();
    const { rows } = await query(
      database.connectionString,
      `select t.table_name from information_schema.tables t
       where t.table_schema = 'public' and t.table_name not like 'kysely_%' and not exists (
         select 1 from information_schema.columns c
         where c.table_name = t.table_name and c.column_name = 'cluster_id' and c.is_nullable = 'NO')`,
    );
    expect(rows).toEqual([]);
  });
}

function fromEarlierVersions({ open, createEmpty }: TestDatabases): void {
  it.each(Object.keys(MIGRATIONS))("%s: its rows are all there in the newest", async (version) => {
    const url = await createEmpty();
    const folder = await createTestFolder();
    await withPool(url, async (db) => {
      await migrate(db, { backupDir: folder, now: NOW, log: SILENT_LOG, upTo: version });
      expect(await appliedMigrations(db)).toEqual(
        Object.keys(MIGRATIONS).slice(0, Object.keys(MIGRATIONS).indexOf(version) + 1),
      );
    });
    const rows = await readRows(version);
    for (const [table, values] of Object.entries(rows)) {
      await query(url, `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [
        JSON.stringify(values),
      ]);
    }
    const tables = await query(
      url,
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'kysely_%' order by 1",
    );
    expect(Object.keys(rows).toSorted(), "the fixture has rows for each table").toEqual(
      tables.rows.map((row) => row.name),
    );
    const database = await open({ url });
    await checkContents(database);
  });
}

/** See testdata/README.md for how they are made. */
async function readRows(version: string): Promise<Rows> {
  const file = new URL(`testdata/rows-of-${version}.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")) as Rows;
}

function aStepAhead({ open }: TestDatabases): void {
  it("a schema that a newer version made is refused, and left alone", async () => {
    const database = await open();
    const folder = await createTestFolder();
    await prepare(database.connectionString, folder, WITH_NEXT);
    await expect(open({ url: database.connectionString })).rejects.toMatchObject({
      code: "DATABASE_NEWER",
      details: { migration: NEXT, known: NEWEST },
    });
  });

  it("rows are backed up, and are all there afterwards", async () => {
    const database = await open();
    await fillDatabase(database);
    const folder = await createTestFolder();
    const backupDir = join(folder, "backups");
    await Promise.all([
      prepare(database.connectionString, backupDir, WITH_NEXT),
      prepare(database.connectionString, backupDir, WITH_NEXT),
    ]);
    expect(await readdir(backupDir)).toEqual([`2026-11-22T01-02-03-000Z-before-${NEXT}`]);
    expect((await stat(backupDir)).mode & 0o077).toBe(0);
    const { rows } = await query(database.connectionString, "select name, nickname from account");
    expect(rows).toEqual([{ name: "관리자", nickname: "none" }]);
    await checkContents(database);
  });

  it("a change that fails is undone, and said", async () => {
    const database = await open();
    await fillDatabase(database);
    await expect(prepare(database.connectionString, await createTestFolder(), WITH_BROKEN_NEXT)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      details: { migration: NEXT },
    });
    const { rows } = await query(
      database.connectionString,
      "select 1 from information_schema.columns where column_name = 'nickname'",
    );
    expect(rows).toEqual([]);
    const again = await open({ url: database.connectionString });
    await checkContents(again);
  });

  it("without a backup nothing is changed", async () => {
    const database = await open();
    const file = join(await createTestFolder(), "file");
    await writeFile(file, "");
    await expect(prepare(database.connectionString, join(file, "backups"), WITH_NEXT)).rejects.toMatchObject({
      code: "BACKUP_FAILED",
    });
    expect(await withPool(database.connectionString, appliedMigrations)).toEqual(Object.keys(MIGRATIONS));
  });
}

function backups({ open, createEmpty }: TestDatabases): void {
  async function backUp(database: Database): Promise<string> {
    return withPool(database.connectionString, async (db) =>
      writeBackup(db, {
        backupDir: await createTestFolder(),
        now: NOW,
        nextMigration: NEXT,
        schemaVersion: NEWEST,
      }),
    );
  }

  it("restored into a new database has every row, and new rows find their ids", async () => {
    const database = await open();
    await fillDatabase(database);
    const folder = await backUp(database);
    const url = await createEmpty();
    await withPool(url, async (db) => restoreBackup(db, folder, { now: NOW, log: SILENT_LOG }));
    const restored = await open({ url });
    expect(restored.clusterId).toBe(database.clusterId);
    await checkContents(restored);
    await restored.registry.putManifest(testManifest({ repository: "new" }), "1");
    expect(await restored.registry.listRepositories({ limit: 10 })).toEqual(["new", "team/app"]);
    expect(await readFile(join(folder, "backup.json"), "utf8")).toContain("keep the secret key file");
  });

  it.each<{ readonly name: string; readonly damage: (folder: string) => Promise<void> }>([
    { name: "without its description", damage: (folder) => rm(join(folder, "backup.json")) },
    { name: "with a description that is no JSON", damage: (folder) => writeFile(join(folder, "backup.json"), "{") },
    { name: "of another format", damage: (folder) => edit(folder, (text) => text.replace("haechi-backup/1", "x")) },
    { name: "of a newer version", damage: (folder) => edit(folder, (text) => text.replace(NEWEST, NEXT)) },
    { name: "without a file", damage: (folder) => rm(join(folder, "manifest.jsonl.zst")) },
    { name: "with a truncated file", damage: (folder) => truncate(join(folder, "manifest.jsonl.zst")) },
    { name: "with an empty file", damage: (folder) => writeFile(join(folder, "secret.jsonl.zst"), "") },
    {
      name: "with a table that is a path",
      damage: (folder) => edit(folder, (text) => text.replaceAll('"name": "tag"', '"name": "../tag"')),
    },
  ])("$name is refused whole", async ({ damage }) => {
    const database = await open();
    await fillDatabase(database);
    const folder = await backUp(database);
    await damage(folder);
    const url = await createEmpty();
    await expect(
      withPool(url, async (db) => restoreBackup(db, folder, { now: NOW, log: SILENT_LOG })),
    ).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    const { rows } = await query(url, "select to_regclass('manifest') is null as is_absent");
    if (rows[0].is_absent === false) {
      expect((await query(url, "select 1 from manifest union all select 1 from account")).rows).toEqual([]);
    }
  });

  it("is not restored into a database that is in use", async () => {
    const database = await open();
    const folder = await backUp(database);
    await expect(
      withPool(database.connectionString, async (db) => restoreBackup(db, folder, { now: NOW, log: SILENT_LOG })),
    ).rejects.toMatchObject({ code: "DATABASE_NOT_EMPTY" });
  });

  it("is restored after an attempt with a damaged one", async () => {
    const database = await open();
    await fillDatabase(database);
    const folder = await backUp(database);
    const file = join(folder, "manifest.jsonl.zst");
    const bytes = await readFile(file);
    await truncate(file);
    const url = await createEmpty();
    const restore = () => withPool(url, async (db) => restoreBackup(db, folder, { now: NOW, log: SILENT_LOG }));
    await expect(restore()).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    await writeFile(file, bytes);
    await restore();
    await checkContents(await open({ url }));
  });
}

async function edit(folder: string, change: (text: string) => string): Promise<void> {
  const file = join(folder, "backup.json");
  await writeFile(file, change(await readFile(file, "utf8")));
}

async function truncate(file: string): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, bytes.length - 8));
}

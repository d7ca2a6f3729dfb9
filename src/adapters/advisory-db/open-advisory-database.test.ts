// SPDX-License-Identifier: Apache-2.0
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseOsvRecord } from "#advisories";
import { buildAdvisoryDatabase } from "./build-advisory-database.ts";
import { describeAdvisoryDatabase } from "./describe-advisory-database.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

const RECORDS = ["B-1", "A-1"].map((id) => ({
  id,
  modified: "2024-05-01T00:00:00Z",
  aliases: ["CVE-2024-1000"],
  upstream: ["CVE-2024-1001"],
  summary: "Überlauf in p",
  severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
  references: [{ type: "WEB", url: "https://example.org/" }],
  affected: [
    {
      package: { ecosystem: "npm", name: "p" },
      ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }],
      versions: ["3.0.0"],
    },
    { package: { ecosystem: "Go", name: "example.org/p" }, versions: ["1.0.0"] },
  ],
}));

let folder: string;
let file: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "haechi-advisories-"));
  file = join(folder, "advisories");
  await buildAdvisoryDatabase({ records: RECORDS, output: file });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function shard(family: string): string {
  const name = readdirSync(join(file, "shards")).find((each) => each.startsWith(`${family}-`));
  return join(file, "shards", name ?? "none");
}

function change(sql: string, path: string = shard("npm")): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

function changeIndex(change: (index: Record<string, unknown>) => void): void {
  const path = join(file, "index.json");
  const index = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  change(index);
  writeFileSync(path, JSON.stringify(index));
}

describe("openAdvisoryDatabase", () => {
  it("gives back the advisories of a package as they were parsed, sorted by id", () => {
    using database = openAdvisoryDatabase(file);
    const parsed = RECORDS.flatMap((record) => parseOsvRecord(record).advisories);
    expect(database.advisoriesFor("npm", "p")).toEqual(
      parsed.filter((each) => each.ecosystem === "npm").sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    expect(database.advisoriesFor("Go", "example.org/p")).toHaveLength(2);
    expect(database.advisoriesFor("../../etc", "p")).toEqual([]);
    expect(database.advisoriesFor("npm", "P")).toEqual([]);
    expect(database.advisoriesFor("npm", "p' OR 1=1 --")).toEqual([]);
  });

  it("keeps reading the old content of every shard while another version is put in place", async () => {
    using database = openAdvisoryDatabase(file);
    await buildAdvisoryDatabase({ records: RECORDS.slice(0, 1), output: file });
    // neither shard was looked into before, and their names are gone
    expect(database.advisoriesFor("npm", "p")).toHaveLength(2);
    expect(database.advisoriesFor("Go", "example.org/p")).toHaveLength(2);
    using fresh = openAdvisoryDatabase(file);
    expect(fresh.advisoriesFor("npm", "p")).toHaveLength(1);
    expect(readdirSync(join(file, "shards"))).toHaveLength(3);
  });

  it("takes no notice of a journal laid beside a shard", () => {
    writeFileSync(`${shard("npm")}-journal`, Buffer.alloc(4_096, 1));
    writeFileSync(`${shard("npm")}-wal`, Buffer.alloc(4_096, 1));
    using database = openAdvisoryDatabase(file);
    database.verify();
  });

  it.each([
    { name: "no folder", code: "ADVISORY_DATABASE_MISSING", damage: () => rmSync(file, { recursive: true }) },
    {
      name: "a folder without an index",
      code: "ADVISORY_DATABASE_FOREIGN",
      damage: () => rmSync(join(file, "index.json")),
    },
    {
      name: "an index that is no JSON",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => writeFileSync(join(file, "index.json"), "{"),
    },
    {
      name: "an index of a newer format",
      code: "ADVISORY_DATABASE_NEWER",
      damage: () => changeIndex((index) => (index["format"] = 3)),
    },
    {
      name: "an index of another kind",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => changeIndex((index) => (index["shards"] = {})),
    },
    { name: "a missing shard", code: "ADVISORY_DATABASE_CORRUPT", damage: () => rmSync(shard("npm")) },
    {
      name: "an empty shard",
      code: "ADVISORY_DATABASE_FOREIGN",
      damage: () => truncateSync(shard("npm"), 0),
    },
    {
      name: "somebody else's SQLite file",
      code: "ADVISORY_DATABASE_FOREIGN",
      damage: () => change("PRAGMA application_id=1"),
    },
    {
      name: "a shard of a newer format",
      code: "ADVISORY_DATABASE_NEWER",
      damage: () => change("PRAGMA user_version=3"),
    },
    {
      name: "a shard that is cut off",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => truncateSync(shard("npm"), readFileSync(shard("npm")).length - 4_096),
    },
    {
      name: "bytes behind the end of a shard",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => writeFileSync(shard("npm"), "x", { flag: "a" }),
    },
  ])("refuses $name", ({ code, damage }) => {
    damage();
    expect(() => openAdvisoryDatabase(file)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    { name: "pages overwritten", damage: () => overwrite(100, 4_000) },
    { name: "a view added", damage: () => change("CREATE VIEW v AS SELECT 1") },
    {
      name: "a view in place of the table",
      damage: () => change("DROP TABLE records; CREATE VIEW records AS SELECT 1 AS scope"),
    },
    { name: "no description", damage: () => change("DELETE FROM meta") },
    { name: "another shard under its name", damage: () => copyFileSync(shard("go"), shard("npm")) },
  ])("refuses to look anything up in a shard with $name", ({ damage }) => {
    damage();
    expect(() => {
      using database = openAdvisoryDatabase(file);
      database.advisoriesFor("npm", "p");
    }).toThrow(expect.objectContaining({ code: "ADVISORY_DATABASE_CORRUPT" }));
  });

  it("says what to do about a single file of format version 1", () => {
    const old = join(folder, "advisories.sqlite");
    using made = new DatabaseSync(old);
    made.exec(`CREATE TABLE a (b); PRAGMA application_id=${0x48414543}; PRAGMA user_version=1`);
    made.close();
    expect(() => openAdvisoryDatabase(old)).toThrow(
      expect.objectContaining({
        code: "ADVISORY_DATABASE_OLDER",
        message: expect.stringMatching(
          /a database is a folder now. Run the same “haechi db import” .* again/,
        ) as unknown,
      }),
    );
    writeFileSync(old, "hello");
    expect(() => openAdvisoryDatabase(old)).toThrow(expect.objectContaining({ code: "ADVISORY_DATABASE_FOREIGN" }));
    expect(() => openAdvisoryDatabase(shard("npm"))).toThrow(/name the folder/);
  });

  it("never makes a path out of what an index says", () => {
    changeIndex((index) => {
      const [first] = index["shards"] as { name: string }[];
      if (first !== undefined) {
        first.name = "../../../etc/passwd";
      }
    });
    expect(() => openAdvisoryDatabase(file)).toThrow(/shards\/-etc-passwd-[0-9a-f]{40}\.sqlite/);
  });

  it.each([
    { name: "another body", sql: `UPDATE records SET body = '{"severity":"low"}'` },
    { name: "a row less", sql: "DELETE FROM records WHERE id = 'A-1'" },
    { name: "other sources", sql: "UPDATE sources SET licence = 'none'" },
  ])("verify finds $name", ({ sql }) => {
    change(sql);
    using database = openAdvisoryDatabase(file);
    expect(() => {
      database.verify();
    }).toThrow(expect.objectContaining({ code: "ADVISORY_DATABASE_CORRUPT" }));
  });

  it.each([
    "{",
    "null",
    "[]",
    '{"severity":"huge"}',
    '{"severity":"low","ranges":"all"}',
    '{"severity":"low","status":"fine"}',
  ])("a row that cannot be read is an error, never a package without advisories: %s", (body) => {
    using writer = new DatabaseSync(shard("npm"));
    writer.prepare("UPDATE records SET body = ?").run(body);
    using database = openAdvisoryDatabase(file);
    expect(() => database.advisoriesFor("npm", "p")).toThrow(
      expect.objectContaining({ code: "ADVISORY_DATABASE_CORRUPT" }),
    );
  });
});

describe("describeAdvisoryDatabase", () => {
  it("tells what status shows, with sources and licences", () => {
    expect(describeAdvisoryDatabase(file, { verify: true })).toMatchObject({
      file,
      formatVersion: 2,
      advisories: 4,
      isBundled: false,
      isVerified: true,
      date: "2024-05-01T00:00:00Z",
      ecosystems: { Go: 2, npm: 2 },
      shards: [
        { name: "Go", records: 2, sources: [{ source: "osv", scope: "Go", licence: "CC-BY-4.0" }] },
        { name: "npm", records: 2, sources: [{ source: "osv", scope: "npm", licence: "CC-BY-4.0" }] },
        { name: "severity", sources: [{ source: "osv/Go", licence: "CC-BY-4.0" }, { source: "osv/npm" }] },
      ],
    });
    expect(describeAdvisoryDatabase(file).isVerified).toBe(false);
  });

  it("reads a copy alike", () => {
    const copy = join(folder, "copy");
    cpSync(file, copy, { recursive: true });
    expect(describeAdvisoryDatabase(copy).digest).toBe(describeAdvisoryDatabase(file).digest);
  });
});

function overwrite(offset: number, length: number): void {
  const bytes = readFileSync(shard("npm"));
  bytes.fill(0xa5, offset, offset + length);
  writeFileSync(shard("npm"), bytes);
}

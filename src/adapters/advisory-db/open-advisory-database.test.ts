// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
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
  file = join(folder, "advisories.sqlite");
  await buildAdvisoryDatabase({ records: RECORDS, output: file });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function change(sql: string): void {
  using database = new DatabaseSync(file);
  database.exec(sql);
}

describe("openAdvisoryDatabase", () => {
  it("gives back the advisories of a package as they were parsed, sorted by id", () => {
    using database = openAdvisoryDatabase(file);
    const parsed = RECORDS.flatMap((record) => parseOsvRecord(record).advisories);
    expect(database.advisoriesFor("npm", "p")).toEqual(
      parsed.filter((each) => each.ecosystem === "npm").sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    expect(database.advisoriesFor("Go", "example.org/p")[0]).not.toHaveProperty("scheme");
    expect(database.advisoriesFor("npm", "P")).toEqual([]);
    expect(database.advisoriesFor("npm", "p' OR 1=1 --")).toEqual([]);
  });

  it("keeps reading the old content while the file is replaced", async () => {
    using database = openAdvisoryDatabase(file);
    await buildAdvisoryDatabase({ records: RECORDS.slice(0, 1), output: file });
    expect(database.advisoriesFor("npm", "p")).toHaveLength(2);
    using fresh = openAdvisoryDatabase(file);
    expect(fresh.advisoriesFor("npm", "p")).toHaveLength(1);
  });

  it("takes no notice of a journal laid beside the file", () => {
    writeFileSync(`${file}-journal`, Buffer.alloc(4_096, 1));
    writeFileSync(`${file}-wal`, Buffer.alloc(4_096, 1));
    using database = openAdvisoryDatabase(file);
    database.verify();
  });

  it.each([
    { name: "no file", code: "ADVISORY_DATABASE_MISSING", damage: () => rmSync(file) },
    { name: "an empty file", code: "ADVISORY_DATABASE_FOREIGN", damage: () => truncateSync(file, 0) },
    { name: "a folder", code: "ADVISORY_DATABASE_FOREIGN", damage: () => [rmSync(file), symlinkSync(folder, file)] },
    { name: "text", code: "ADVISORY_DATABASE_FOREIGN", damage: () => writeFileSync(file, "hello") },
    {
      name: "somebody else's SQLite file",
      code: "ADVISORY_DATABASE_FOREIGN",
      damage: () => change("PRAGMA application_id=1"),
    },
    { name: "a newer format", code: "ADVISORY_DATABASE_NEWER", damage: () => change("PRAGMA user_version=2") },
    { name: "an older format", code: "ADVISORY_DATABASE_OLDER", damage: () => change("PRAGMA user_version=0") },
    {
      name: "cut off",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => truncateSync(file, readFileSync(file).length - 4_096),
    },
    {
      name: "bytes behind the end",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => writeFileSync(file, "x", { flag: "a" }),
    },
    { name: "pages overwritten", code: "ADVISORY_DATABASE_CORRUPT", damage: () => overwrite(100, 4_000) },
    { name: "a view added", code: "ADVISORY_DATABASE_CORRUPT", damage: () => change("CREATE VIEW v AS SELECT 1") },
    {
      name: "a view in place of the table",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => change("DROP TABLE advisories; CREATE VIEW advisories AS SELECT 1 AS ecosystem"),
    },
    { name: "no description", code: "ADVISORY_DATABASE_CORRUPT", damage: () => change("DELETE FROM meta") },
    {
      name: "a malformed description",
      code: "ADVISORY_DATABASE_CORRUPT",
      damage: () => change("UPDATE meta SET value = 'null'"),
    },
  ])("refuses $name", ({ code, damage }) => {
    damage();
    expect(() => openAdvisoryDatabase(file)).toThrow(expect.objectContaining({ code }));
  });

  it("says why it refuses a newer format", () => {
    change("PRAGMA user_version=7");
    expect(() => openAdvisoryDatabase(file)).toThrow(/format version 7, made by a newer Haechi.*reads version 1/);
  });

  it.each([
    { name: "another body", sql: `UPDATE advisories SET body = '{"severity":"low"}'` },
    { name: "a row less", sql: "DELETE FROM advisories WHERE id = 'A-1' AND ecosystem = 'npm'" },
  ])("verify finds $name", ({ sql }) => {
    change(sql);
    using database = openAdvisoryDatabase(file);
    expect(() => {
      database.verify();
    }).toThrow(expect.objectContaining({ code: "ADVISORY_DATABASE_CORRUPT" }));
  });

  it.each(["{", "null", "[]", '{"severity":"huge"}', '{"severity":"low","ranges":"all"}'])(
    "a row that cannot be read is an error, never a package without advisories: %s",
    (body) => {
      using writer = new DatabaseSync(file);
      writer.prepare("UPDATE advisories SET body = ?").run(body);
      using database = openAdvisoryDatabase(file);
      expect(() => database.advisoriesFor("npm", "p")).toThrow(
        expect.objectContaining({ code: "ADVISORY_DATABASE_CORRUPT" }),
      );
    },
  );
});

describe("describeAdvisoryDatabase", () => {
  it("tells what status shows", () => {
    expect(describeAdvisoryDatabase(file, { verify: true })).toMatchObject({
      file,
      sizeBytes: readFileSync(file).length,
      formatVersion: 1,
      advisories: 4,
      isBundled: false,
      isVerified: true,
      date: "2024-05-01T00:00:00Z",
      ecosystems: { Go: 2, npm: 2 },
      imports: [
        { ecosystem: "Go", source: "records" },
        { ecosystem: "npm", source: "records" },
      ],
    });
    expect(describeAdvisoryDatabase(file).isVerified).toBe(false);
  });

  it("reads a copy on a read-only medium alike", () => {
    const copy = join(folder, "copy.sqlite");
    copyFileSync(file, copy);
    expect(describeAdvisoryDatabase(copy).digest).toBe(describeAdvisoryDatabase(file).digest);
  });
});

function overwrite(offset: number, length: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, offset, offset + length);
  writeFileSync(file, bytes);
}

// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rounds } from "../../../../test/support/rounds.ts";
import { sqliteOf } from "../../../../test/support/rpm-databases.ts";
import { type HeaderValue, rpmHeader } from "../../../../test/support/rpm-header.ts";
import type { AnalyzerResult } from "../analyzer.ts";
import { readNdb } from "./read-ndb.ts";
import { rpmAnalyzer } from "./rpm-analyzer.ts";
import { RPM_TAGS } from "./rpm-header.ts";

const NDB = readFileSync(new URL("../testdata/rpm/Packages.db", import.meta.url));
const BERKELEY = readFileSync(new URL("../testdata/rpm/Packages", import.meta.url));
const BIG_ENDIAN = readFileSync(new URL("../testdata/rpm/Packages-big-endian", import.meta.url));
const HEADERS = [...readNdb(NDB)].flatMap((record) => ("header" in record ? [record.header] : []));

function analyze(bytes: Uint8Array, path = "var/lib/rpm/rpmdb.sqlite"): AnalyzerResult {
  return rpmAnalyzer.analyze({ path, bytes });
}

/** `name version` of each package, sorted. */
function listed({ packages }: AnalyzerResult): readonly string[] {
  return packages.map(({ name, version }) => `${name} ${version}`).toSorted();
}

function header(tags: Partial<Record<keyof typeof RPM_TAGS, HeaderValue>> = {}): Buffer {
  const all = { name: "foo", version: "1.0", release: "1", ...tags };
  return rpmHeader(Object.fromEntries(Object.entries(all).map(([tag, value]) => [RPM_TAGS[tag as "name"], value])));
}

/** What `rpm -qa` said of the fixture when it was made. */
const FIXTURE = [
  "fixture-libs 1:3.0.7-24.fx9",
  "fixture-node 1:18.20.4-1.module_el8+1",
  "fixture-old 1.1-1",
  "fixture-tilde 2.0~rc1-0.1^git3",
];

describe("rpmAnalyzer", () => {
  it.each([
    { path: "var/lib/rpm/Packages", want: true },
    { path: "var/lib/rpm/Packages.db", want: true },
    { path: "var/lib/rpm/rpmdb.sqlite", want: true },
    { path: "usr/lib/sysimage/rpm/rpmdb.sqlite", want: true },
    { path: "usr/share/rpm/rpmdb.sqlite", want: true },
    { path: "var/lib/rpm/Name", want: false },
    { path: "var/lib/rpm/rpmdb.sqlite-shm", want: false },
    { path: "srv/var/lib/rpm/Packages", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(rpmAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    { name: "an empty write-ahead log is not read", size: 0, want: false },
    { name: "one that holds something is", size: 4_152, want: true },
  ])("$name", ({ size, want }) => {
    expect(rpmAnalyzer.wants("var/lib/rpm/rpmdb.sqlite-wal", { size, mode: 0o644, uid: 0 })).toBe(want);
  });

  it.each([
    { name: "ndb", bytes: NDB },
    { name: "Berkeley DB of a little-endian machine", bytes: BERKELEY },
    { name: "Berkeley DB of a big-endian machine", bytes: BIG_ENDIAN },
    { name: "SQLite", bytes: sqliteOf(HEADERS) },
    { name: "SQLite with the smallest pages", bytes: sqliteOf(HEADERS, ["page_size = 512"]) },
    { name: "SQLite with the largest pages", bytes: sqliteOf(HEADERS, ["page_size = 65536"]) },
    { name: "SQLite with room for vacuuming", bytes: sqliteOf(HEADERS, ["auto_vacuum = 1", "page_size = 1024"]) },
  ])("reads $name", ({ bytes }) => {
    const result = analyze(bytes);
    expect(result.problems).toEqual([]);
    expect(listed(result)).toEqual(FIXTURE);
  });

  it("tells source, licence, module and vendor of a package", () => {
    const { packages, owned } = analyze(NDB);
    expect(packages.find(({ name }) => name === "fixture-node")).toEqual({
      type: "rpm",
      name: "fixture-node",
      version: "1:18.20.4-1.module_el8+1",
      architecture: "noarch",
      licenses: ["MIT and ASL 2.0"],
      module: "nodejs:18",
      vendor: "Fixture, Inc.",
      source: { name: "fixture", version: "1.0-1" },
    });
    expect(owned?.find(({ name }) => name === "fixture-node")).toEqual({
      type: "rpm",
      name: "fixture-node",
      version: "1:18.20.4-1.module_el8+1",
      architecture: "noarch",
      paths: ["usr/lib/node_modules/npm/file-0", "usr/lib/node_modules/npm/file-1", "usr/lib/node_modules/npm/file-2"],
    });
  });

  it("reads thousands of rows, of which some are longer than many pages", () => {
    const headers = Array.from({ length: 5_000 }, (_, index) =>
      header({ name: `p${index}`, vendor: "v".repeat(index % 500 === 0 ? 100_000 : 10) }),
    );
    const result = analyze(sqliteOf(headers, ["page_size = 512"]));
    expect(result.problems).toEqual([]);
    expect(result.packages.map(({ name }) => name)).toEqual(headers.map((_, index) => `p${index}`));
  });

  it("keeps only the files of interest", () => {
    const { owned } = rpmAnalyzer.analyze(
      { path: "var/lib/rpm/Packages.db", bytes: NDB },
      { isOfInterest: (path) => path.endsWith("file-2") },
    );
    expect(owned?.map(({ name, paths }) => [name, paths])).toEqual([
      ["fixture-node", ["usr/lib/node_modules/npm/file-2"]],
      ["fixture-libs", ["usr/lib64/file-2"]],
    ]);
  });

  it("a file that another package replaced, or that was left out, is not owned", () => {
    const files = header({
      baseNames: ["a", "b", "c", "d", "e"],
      folderNames: ["/usr/", "/etc/"],
      folderIndexes: [0, 1, 0, 1, 7],
      fileStates: Uint8Array.of(0, 1, 2, 0, 0),
    });
    expect(analyze(sqliteOf([files])).owned?.[0]?.paths).toEqual(["usr/a", "etc/d"]);
  });

  it("knows the files of very old packages", () => {
    expect(analyze(sqliteOf([header({ oldFileNames: ["/bin/sh"] })])).owned?.[0]?.paths).toEqual(["bin/sh"]);
  });

  it.each([
    {
      name: "a source of its own version gives its epoch",
      tags: { epoch: [2], sourceRpm: "foo-1.0-1.src.rpm" },
      want: "foo 2:1.0-1",
    },
    {
      name: "a source of another version has none",
      tags: { epoch: [2], sourceRpm: "bar-7-1.src.rpm" },
      want: "bar 7-1",
    },
    { name: "a source that may not be given away", tags: { sourceRpm: "bar-7-1.nosrc.rpm" }, want: "bar 7-1" },
    { name: "hyphens in the name", tags: { sourceRpm: "a-b-c-7-1.src.rpm" }, want: "a-b-c 7-1" },
    { name: "no source", tags: {}, want: "foo 1.0-1" },
    { name: "(none), as some tools write", tags: { sourceRpm: "(none)" }, want: "foo 1.0-1" },
    { name: "too few parts", tags: { sourceRpm: "7-1.src.rpm" }, want: "foo 1.0-1" },
    { name: "an escape sequence", tags: { sourceRpm: "\u001b[2J-7-1.src.rpm" }, want: "foo 1.0-1" },
  ])("source: $name", ({ tags, want }) => {
    const [found] = analyze(sqliteOf([header(tags)])).packages;
    expect(`${found?.source?.name} ${found?.source?.version}`).toBe(want);
  });

  it("a sibling tells the epoch of the source", () => {
    const sourceRpm = "perl-5.36.0-1.src.rpm";
    const { packages } = analyze(
      sqliteOf([
        header({ name: "perl-Errno", version: "1.37", sourceRpm }),
        header({ name: "perl-libs", version: "5.36.0", epoch: [4], sourceRpm }),
      ]),
    );
    expect(packages.map(({ source }) => source?.version)).toEqual(["4:5.36.0-1", "4:5.36.0-1"]);
  });

  it("keys that rpm trusts are no packages", () => {
    expect(analyze(sqliteOf([header({ name: "gpg-pubkey" })]))).toEqual({ packages: [], problems: [] });
  });

  it.each([
    { name: "nothing", bytes: Buffer.alloc(0) },
    { name: "text", bytes: Buffer.from("hello".repeat(200)) },
    { name: "zeros", bytes: Buffer.alloc(10_000) },
    { name: "an SQLite database without the table", bytes: sqliteWithout() },
    { name: "half an ndb slot page", bytes: NDB.subarray(0, 2_000) },
    { name: "half a Berkeley DB", bytes: BERKELEY.subarray(0, 20_000) },
    { name: "half an SQLite database", bytes: sqliteOf(HEADERS).subarray(0, 9_000) },
    { name: "an encrypted Berkeley DB", bytes: changed(BERKELEY, 24, 1) },
    { name: "Berkeley DB of a version to come", bytes: changed(BERKELEY, 16, 77) },
    { name: "ndb of a version to come", bytes: changed(NDB, 4, 1) },
  ])("$name is malformed", ({ bytes }) => {
    const result = analyze(bytes);
    expect(result.packages).toEqual([]);
    expect(result.problems.map(({ code }) => code)).toEqual(["FILE_MALFORMED"]);
  });

  it("a write-ahead log that was not written back is said", () => {
    const { problems } = analyze(Buffer.alloc(4_152), "var/lib/rpm/rpmdb.sqlite-wal");
    expect(problems).toMatchObject([{ code: "FILE_MALFORMED", message: expect.stringContaining("not closed") }]);
  });

  it.each([
    { name: "no name", bytes: rpmHeader({ 1001: "1", 1002: "1" }) },
    { name: "no version", bytes: rpmHeader({ 1000: "foo", 1002: "1" }) },
    { name: "no release", bytes: rpmHeader({ 1000: "foo", 1001: "1" }) },
    { name: "an escape sequence in the name", bytes: header({ name: "foo\u001b[2J" }) },
    { name: "shell characters in the name", bytes: header({ name: "foo;$(reboot)" }) },
    {
      name: "a version that is not UTF-8",
      bytes: changed(header({ version: "1x" }), header({ version: "1x" }).indexOf("1x") + 1, 0xff),
    },
    { name: "a name that is too long", bytes: header({ name: "f".repeat(2_000) }) },
    { name: "a name that is a number", bytes: header({ name: [1] }) },
    { name: "nothing", bytes: Buffer.of(0) },
    { name: "counts without content", bytes: Buffer.from("0000ffff0fffffff", "hex") },
    { name: "a header that is cut off", bytes: header().subarray(0, -1) },
    { name: "a header with something behind it", bytes: Buffer.concat([header(), Buffer.of(0)]) },
  ])("a header with $name is a problem, and the next is read", ({ bytes }) => {
    const result = analyze(sqliteOf([bytes, header({ name: "next" })]));
    expect(result.packages.map(({ name }) => name)).toEqual(["next"]);
    expect(result.problems.map(({ code }) => code)).toEqual(["ENTRY_MALFORMED"]);
  });

  it("a small header that stands for gigabytes of paths makes a problem, and no paths", () => {
    const files = header({
      baseNames: Array.from({ length: 100_000 }, () => "a"),
      folderNames: [`/${"b".repeat(1_000_000)}`],
      folderIndexes: Array.from({ length: 100_000 }, () => 0),
    });
    const result = analyze(sqliteOf([files]));
    expect(result.owned).toBeUndefined();
    expect(result.packages).toHaveLength(1);
    expect(result.problems).toMatchObject([{ code: "ENTRY_MALFORMED" }]);
  });

  it("a header of 100 million empty file names fits into memory", () => {
    const bytes = rpmHeader({ 1000: "foo", 1001: "1", 1002: "1", 1117: Buffer.alloc(100_000_000) });
    // the type of the last entry becomes "list of texts"
    bytes.writeUInt32BE(8, 8 + 16 * 3 + 4);
    const result = analyze(sqliteOf([bytes]));
    expect(result.packages).toHaveLength(1);
    expect(result.owned).toBeUndefined();
  });

  it("a ring of overflow pages ends", () => {
    const bytes = sqliteOf([header({ vendor: "v".repeat(60_000) })], ["page_size = 512"]);
    const pages = bytes.length / 512;
    let rings = 0;
    for (let page = 3; page < pages; page += 1) {
      const ring = Buffer.from(bytes);
      ring.writeUInt32BE(page + 1, page * 512);
      rings += analyze(ring).problems.length > 0 ? 1 : 0;
    }
    expect(rings).toBeGreaterThan(pages - 10);
  });

  it("values of Berkeley DB that share a chain of pages are read once", () => {
    const bytes = Buffer.from(BERKELEY);
    let first: Buffer | undefined;
    for (let page = 4_096; page < bytes.length; page += 4_096) {
      const items = [2, 13].includes(bytes.readUInt8(page + 25)) ? bytes.readUInt16LE(page + 20) : 0;
      for (let index = 1; index < items; index += 2) {
        const item = page + bytes.readUInt16LE(page + 26 + 2 * index);
        if (bytes[item] === 3) {
          first ??= bytes.subarray(item, item + 12);
          bytes.set(first, item);
        }
      }
    }
    const result = analyze(bytes);
    expect(result.packages).toHaveLength(1);
    expect(result.problems.map(({ code }) => code)).toEqual(FIXTURE.slice(1).map(() => "ENTRY_MALFORMED"));
  });

  it.each([
    { name: "ndb", bytes: NDB },
    { name: "Berkeley DB", bytes: BIG_ENDIAN },
    { name: "SQLite", bytes: sqliteOf(HEADERS, ["page_size = 512"]) },
  ])("changed bytes of $name never throw, and never bring more than there was", ({ bytes }) => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(bytes.length), (changes, length) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of changes) {
          copy[at] = value;
        }
        expect(analyze(copy).packages.length).toBeLessThan(20);
        expect(analyze(copy.subarray(0, length)).packages.length).toBeLessThan(20);
      }),
      { numRuns: rounds({ short: 500, long: 50_000 }) },
    );
  });

  it("never throws on any header", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(12), (tail, entries) => {
        const bytes = Buffer.concat([Buffer.from([0, 0, 0, entries, 0, 0, 0, 0]), tail]);
        bytes.writeUInt32BE(Math.max(0, bytes.length - 8 - 16 * entries), 4);
        expect(analyze(sqliteOf([bytes])).packages.length).toBeLessThan(2);
      }),
      { numRuns: rounds({ short: 50, long: 2_000 }) },
    );
  });
});

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

function sqliteWithout(): Buffer {
  const bytes = sqliteOf(HEADERS);
  const at = bytes.indexOf("tablePackagesPackages");
  bytes.write("tableQackagesPackages", at);
  return bytes;
}

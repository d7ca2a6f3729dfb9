// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { debianRecords } from "./debian-records.ts";
import { chooseBinaries, parseAvailable } from "./debian-sources.ts";
import { fixedCves } from "./fixed-cves.ts";
import { parseChangelog } from "./parse-changelog.ts";

type Entry = readonly [version: string, distribution: string, date: string, ...items: string[]];

/** A changelog, newest entry first: version, distribution, day of August 2024 (or a whole date), items. */
function changelog(...entries: readonly Entry[]): string {
  return entries
    .map(
      ([version, distribution, date, ...items]) =>
        `pkg (${version}) ${distribution}; urgency=medium\n\n${items.map((item) => `  * ${item}\n`).join("")}\n -- A B <a@b>  ${date}\n`,
    )
    .join("\n");
}

const AUGUST = "Thu, 01 Aug 2024 12:00:00 +0200";
const SEPTEMBER = "Sun, 01 Sep 2024 12:00:00 +0200";
const BEFORE = "Mon, 01 May 2023 12:00:00 +0200";

function fixes(...entries: readonly Entry[]): readonly string[] {
  return fixedCves(parseChangelog(changelog(...entries))).map(({ cve, fixed }) => `${cve} ${fixed}`);
}

describe("parseChangelog", () => {
  it("reads headings, nested items and trailers", () => {
    const text = `pkg (1:2.0-1~deb12u1) bookworm-security bookworm; urgency=high

  [ Somebody ]
  * Fix things:
    - CVE-2024-0001: first,
      continued
    - second
  * Other.

  [ Else ]
  * Last.

 -- A B <a@b>  ${AUGUST}

broken heading
`;
    expect(parseChangelog(text)).toEqual([
      {
        source: "pkg",
        version: "1:2.0-1~deb12u1",
        distributions: ["bookworm-security", "bookworm"],
        date: "2024-08-01T10:00:00Z",
        items: [
          "[ Somebody ]",
          "Fix things:",
          "Fix things: » CVE-2024-0001: first, continued",
          "Fix things: » second",
          "Other.",
          "[ Else ]",
          "Last.",
        ],
      },
    ]);
  });

  it("reads nothing from something else", () => {
    expect(parseChangelog("")).toEqual([]);
    expect(parseChangelog("\0\u0001 -- <>  \n pkg (1) x;")).toEqual([]);
  });
});

describe("fixedCves", () => {
  it.each([
    {
      name: "a plain fix",
      entries: [["1-1+deb12u1", "bookworm", AUGUST, "Fix CVE-2024-0001 and cve-2024-0002."]],
      expected: ["CVE-2024-0001 1-1+deb12u1", "CVE-2024-0002 1-1+deb12u1"],
    },
    {
      name: "the oldest entry that lists it",
      entries: [
        ["1-1+deb12u2", "bookworm", SEPTEMBER, "More for CVE-2024-0001"],
        ["1-1+deb12u1", "bookworm", AUGUST, "Fix CVE-2024-0001"],
      ],
      expected: ["CVE-2024-0001 1-1+deb12u1"],
    },
    {
      name: "a later one that really fixes it",
      entries: [
        ["1-1+deb12u2", "bookworm", SEPTEMBER, "This really fixes CVE-2024-0001"],
        ["1-1+deb12u1", "bookworm", AUGUST, "Fix CVE-2024-0001"],
      ],
      expected: ["CVE-2024-0001 1-1+deb12u2"],
    },
    {
      name: "fixed before the release",
      entries: [
        ["1-1+deb12u1", "bookworm", AUGUST, "CVE-2023-0001 again"],
        ["1-1", "unstable", BEFORE, "Fix CVE-2023-0001"],
      ],
      expected: [],
    },
    {
      name: "taken over from unstable: the version that Debian 12 got, which is older by comparison",
      entries: [
        ["1-2~deb12u1", "bookworm", SEPTEMBER, "Rebuild for bookworm"],
        ["1-2", "unstable", AUGUST, "Fix CVE-2024-0001"],
      ],
      expected: ["CVE-2024-0001 1-2~deb12u1"],
    },
    { name: "only in unstable", entries: [["1-2", "unstable", AUGUST, "Fix CVE-2024-0001"]], expected: [] },
    {
      name: "another release",
      entries: [["1-1+deb11u1", "bullseye-security", AUGUST, "Fix CVE-2024-0001"]],
      expected: [],
    },
    {
      name: "not affected",
      entries: [["1-1+deb12u1", "bookworm", AUGUST, "Not affected by CVE-2024-0001"]],
      expected: [],
    },
    {
      name: "does not apply",
      entries: [["1-1+deb12u1", "bookworm", AUGUST, "CVE-2024-0001 does not apply here"]],
      expected: [],
    },
    {
      name: "not affected by its parent item",
      entries: [["1-1+deb12u1", "bookworm", AUGUST, "Bookworm is not affected by:\n    - CVE-2024-0001"]],
      expected: [],
    },
    {
      name: "a regression without an older entry",
      entries: [["1-1+deb12u2", "bookworm", AUGUST, "Fix regression of CVE-2024-0001"]],
      expected: [],
    },
    {
      name: "a regression after the fix",
      entries: [
        ["1-1+deb12u2", "bookworm", SEPTEMBER, "Fix regression of CVE-2024-0001"],
        ["1-1+deb12u1", "bookworm", AUGUST, "Fix CVE-2024-0001"],
      ],
      expected: ["CVE-2024-0001 1-1+deb12u1"],
    },
    {
      name: "mentioned without a fix first: nobody knows",
      entries: [
        ["1-1+deb12u2", "bookworm", SEPTEMBER, "Fix CVE-2024-0001"],
        ["1-1+deb12u1", "bookworm", AUGUST, "Prepare for CVE-2024-0001"],
      ],
      expected: [],
    },
    {
      name: "reverted later",
      entries: [
        ["1-1+deb12u2", "bookworm", SEPTEMBER, "Revert the fix for CVE-2024-0001"],
        ["1-1+deb12u1", "bookworm", AUGUST, "Fix CVE-2024-0001"],
      ],
      expected: [],
    },
    {
      name: "an entry without a date",
      entries: [["1-1+deb12u1", "bookworm", "some day", "Fix CVE-2024-0001"]],
      expected: [],
    },
    {
      name: "no id at all",
      entries: [["1-1+deb12u1", "bookworm", AUGUST, "Fix CVE-20240001, CVE-2024-1 and TEMP-0000000"]],
      expected: [],
    },
  ] satisfies { name: string; entries: Entry[]; expected: string[] }[])("$name", ({ entries, expected }) => {
    expect(fixes(...entries)).toEqual(expected);
  });

  it("makes one record of a CVE in several packages", () => {
    const fix = { cve: "CVE-2024-0001", fixed: "1-1", date: "2024-08-01T00:00:00Z" };
    const records = debianRecords([
      { ...fix, source: "b" },
      { ...fix, source: "a", date: "2024-09-01T00:00:00Z" },
    ]);
    expect(records).toHaveLength(1);
    expect(JSON.parse(records[0] ?? "")).toMatchObject({
      id: "CVE-2024-0001",
      modified: "2024-09-01T00:00:00Z",
      affected: [{ package: { name: "a" } }, { package: { name: "b" } }],
    });
  });
});

it("chooses the smallest binaries of the newest version of updated sources", () => {
  function stanza(name: string, version: string, size: number, source = name): string {
    return `Package: ${name}\nVersion: ${version}\nSource: ${source}\nSize: ${size}\nFilename: pool/${name}.deb`;
  }
  const available = parseAvailable(
    [
      stanza("libx1", "1-1+deb12u2", 500, "x"),
      stanza("x-dev", "1-1+deb12u2", 100, "x"),
      stanza("x", "1-1+deb12u1", 10),
      stanza("x-data", "9-1", 1, "x (1-1+deb12u2)"),
      stanza("y", "1-1", 10),
      stanza("named", "1-1", 10),
      stanza("chromium", "1-1~deb12u1", 10),
      stanza("huge", "1-1+deb12u1", 1e9),
      "Package: virtual",
    ].join("\n\n"),
  );
  const chosen = chooseBinaries(available, new Set(["named"]), (a, b) => a > b);
  expect([...chosen].map(([source, binaries]) => [source, ...binaries.map((each) => each.name)])).toEqual([
    ["named", "named"],
    ["x", "x-data", "x-dev", "libx1"],
  ]);
});

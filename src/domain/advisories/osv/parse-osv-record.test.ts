// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseOsvRecord } from "./parse-osv-record.ts";

function record(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    schema_version: "1.7.4",
    id: "GHSA-p6mc-m468-83gw",
    modified: "2024-04-19T17:41:57.123456Z",
    aliases: ["CVE-2020-8203"],
    summary: "Prototype Pollution in lodash",
    affected: [
      {
        package: { ecosystem: "npm", name: "lodash" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "3.7.0" }, { fixed: "4.17.19" }] }],
      },
    ],
    ...changes,
  };
}

function npm(ranges: readonly unknown[], more: Record<string, unknown> = {}): Record<string, unknown> {
  return record({ affected: [{ package: { ecosystem: "npm", name: "p" }, ranges, ...more }] });
}

function semver(...events: readonly unknown[]): Record<string, unknown> {
  return npm([{ type: "SEMVER", events }]);
}

describe("parseOsvRecord", () => {
  it("reads a GHSA record", () => {
    const vector = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:H";
    const parsed = parseOsvRecord(
      JSON.stringify(
        record({ severity: [{ type: "CVSS_V3", score: vector }], database_specific: { severity: "MODERATE" } }),
      ),
    );
    expect(parsed).toEqual({
      id: "GHSA-p6mc-m468-83gw",
      problems: [],
      skipped: {},
      advisories: [
        {
          id: "GHSA-p6mc-m468-83gw",
          aliases: ["CVE-2020-8203"],
          upstream: [],
          ecosystem: "npm",
          packageName: "lodash",
          scheme: "semver",
          ranges: [{ introduced: "3.7.0", fixed: "4.17.19" }],
          versions: [],
          severity: "medium",
          severitySource: "GHSA",
          cvssVector: vector,
          summary: "Prototype Pollution in lodash",
          url: "https://github.com/advisories/GHSA-p6mc-m468-83gw",
          modified: "2024-04-19T17:41:57Z",
        },
      ],
    });
  });

  it.each([
    {
      name: "several stretches, events out of order",
      record: semver({ introduced: "2.0.0" }, { fixed: "2.0.3" }, { introduced: "0" }, { fixed: "1.2.1" }),
      ranges: [
        { introduced: "0", fixed: "1.2.1" },
        { introduced: "2.0.0", fixed: "2.0.3" },
      ],
    },
    {
      name: "stretches that touch, events out of order",
      record: semver({ introduced: "1.3.0" }, { fixed: "1.4.0" }, { introduced: "1.2.0" }, { fixed: "1.3.0" }),
      ranges: [
        { introduced: "1.2.0", fixed: "1.3.0" },
        { introduced: "1.3.0", fixed: "1.4.0" },
      ],
    },
    {
      name: "last_affected",
      record: semver({ introduced: "0" }, { last_affected: "1.4.0" }),
      ranges: [{ introduced: "0", lastAffected: "1.4.0" }],
    },
    { name: "no end", record: semver({ introduced: "1.0.0" }), ranges: [{ introduced: "1.0.0" }] },
    {
      name: "limit cuts and is no fix",
      record: semver({ introduced: "1.0.0" }, { limit: "2.0.0" }),
      ranges: [{ introduced: "1.0.0", limit: "2.0.0" }],
    },
    { name: "limit *", record: semver({ introduced: "1.0.0" }, { limit: "*" }), ranges: [{ introduced: "1.0.0" }] },
    {
      name: "versions that do not parse keep their order",
      record: semver({ introduced: "0" }, { fixed: "not a version" }),
      ranges: [{ introduced: "0", fixed: "not a version" }],
    },
    {
      name: "two ranges, and the same one twice",
      record: npm([
        { type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.0.0" }] },
        { type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.0.0" }] },
        { type: "SEMVER", events: [{ introduced: "3.0.0" }] },
      ]),
      ranges: [{ introduced: "0", fixed: "1.0.0" }, { introduced: "3.0.0" }],
    },
  ])("ranges: $name", ({ record: input, ranges }) => {
    expect(parseOsvRecord(input).advisories[0]?.ranges).toEqual(ranges);
  });

  it("gathers several entries of one package and keeps the worst severity", () => {
    function entry(fixed: string, severity: string): Record<string, unknown> {
      return {
        package: { ecosystem: "npm", name: "p" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed }] }],
        database_specific: { severity },
      };
    }
    const { advisories } = parseOsvRecord(record({ affected: [entry("1.0.0", "LOW"), entry("2.0.0", "HIGH")] }));
    expect(advisories).toHaveLength(1);
    expect(advisories[0]).toMatchObject({ severity: "high", ranges: [{ fixed: "1.0.0" }, { fixed: "2.0.0" }] });
  });

  it("leaves out named versions that lie in a range and keeps the others", () => {
    const { advisories } = parseOsvRecord(
      npm([{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }], {
        versions: ["1.0.0", "3.0.0", "1.5.0"],
      }),
    );
    expect(advisories[0]?.versions).toEqual(["3.0.0"]);
  });

  it.each([
    { name: "withdrawn", record: record({ withdrawn: "2024-01-01T00:00:00Z" }), skipped: { withdrawn: 1 } },
    {
      name: "commits only",
      record: npm([{ type: "GIT", events: [{ introduced: "0" }] }]),
      skipped: { gitRange: 1, nothingAffected: 1 },
    },
    {
      name: "no package",
      record: record({ affected: [{ ranges: [{ type: "GIT", events: [{ introduced: "0" }] }] }] }),
      skipped: { noPackage: 1 },
    },
    {
      name: "unknown ecosystem",
      record: record({ affected: [{ package: { ecosystem: "Plan9", name: "p" }, versions: ["1"] }] }),
      skipped: { unknownEcosystem: 1 },
    },
    {
      name: "introduced 0, fixed 0 (Debian: not affected)",
      record: semver({ introduced: "0" }, { fixed: "0" }),
      skipped: { nothingAffected: 1 },
    },
    {
      name: "a bug fix erratum",
      record: { ...record({ aliases: [] }), id: "ALBA-2019:0973" },
      skipped: { noVulnerability: 1 },
    },
    { name: "no affected entry", record: record({ affected: [] }), skipped: {} },
  ])("leaves out and counts: $name", ({ record: input, skipped }) => {
    expect(parseOsvRecord(input)).toMatchObject({ advisories: [], problems: [], skipped });
  });

  it("reads the releases of Go modules that have no module versions", () => {
    const { advisories } = parseOsvRecord(
      record({
        affected: [
          {
            package: { ecosystem: "Go", name: "k8s.io/ingress-nginx" },
            ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }],
            ecosystem_specific: {
              custom_ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "1.9.0" }] }],
            },
          },
        ],
      }),
    );
    expect(advisories.map(({ ranges }) => ranges)).toEqual([[{ introduced: "0", fixed: "1.9.0" }]]);
  });

  it("keeps a bug fix erratum that names a vulnerability all the same", () => {
    const erratum = { ...record({ related: ["CVE-2023-0001"] }), id: "ALBA-2023:0001" };
    expect(parseOsvRecord(erratum).advisories).not.toEqual([]);
  });

  it("keeps ecosystems whose versions cannot be compared, without a scheme", () => {
    const { advisories } = parseOsvRecord(
      record({
        affected: [
          {
            package: { ecosystem: "Android", name: "platform/system/bt" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "0.1.0" }] }],
          },
        ],
      }),
    );
    expect(advisories[0]).toMatchObject({ ecosystem: "Android", ranges: [{ introduced: "0", fixed: "0.1.0" }] });
    expect(advisories[0]).not.toHaveProperty("scheme");
  });

  it.each([
    { name: "not JSON", input: "{", code: "RECORD_NOT_JSON" },
    { name: "an array", input: "[]", code: "RECORD_MALFORMED" },
    { name: "null", input: "null", code: "RECORD_MALFORMED" },
    { name: "no id", input: JSON.stringify({ modified: "2024-01-01T00:00:00Z" }), code: "RECORD_MALFORMED" },
    { name: "an id of a megabyte", input: JSON.stringify(record({ id: "x".repeat(1e6) })), code: "RECORD_MALFORMED" },
    { name: "no time", input: JSON.stringify(record({ modified: "yesterday" })), code: "RECORD_MALFORMED" },
    { name: "affected is a string", input: JSON.stringify(record({ affected: ["x"] })), code: "AFFECTED_MALFORMED" },
    {
      name: "an event of two kinds",
      input: JSON.stringify(semver({ introduced: "0", fixed: "1.0.0" })),
      code: "AFFECTED_MALFORMED",
    },
    { name: "no introduced event", input: JSON.stringify(semver({ fixed: "1.0.0" })), code: "AFFECTED_MALFORMED" },
    {
      name: "an unknown range type",
      input: JSON.stringify(npm([{ type: "X", events: [] }])),
      code: "AFFECTED_MALFORMED",
    },
    {
      name: "a package name with a control character",
      input: JSON.stringify(
        record({ affected: [{ package: { ecosystem: "npm", name: "a\u0000b" }, versions: ["1.0.0"] }] }),
      ),
      code: "AFFECTED_MALFORMED",
    },
    { name: "deep nesting", input: `${"[".repeat(200_000)}${"]".repeat(200_000)}`, code: "RECORD_MALFORMED" },
  ])("answers with a problem: $name", ({ input, code }) => {
    const parsed = parseOsvRecord(input);
    expect(parsed.advisories).toEqual([]);
    expect(parsed.problems).toEqual([{ code, message: expect.any(String) }]);
  });

  it.each([
    { name: "its publication instead", published: "2026-02-03T04:05:06Z", want: "2026-02-03T04:05:06Z" },
    { name: "none", published: "0001-01-01T00:00:00Z", want: "1970-01-01T00:00:00Z" },
  ])("takes the zero time that Go's records carry for $name", ({ published, want }) => {
    const affected = [{ package: { ecosystem: "Go", name: "m" }, versions: ["1"] }];
    const { advisories } = parseOsvRecord({ id: "GO-1", modified: "0001-01-01T00:00:00Z", published, affected });
    expect(advisories.map((each) => each.modified)).toEqual([want]);
    expect(advisories[0]?.published).toBe(want.startsWith("1970") ? undefined : want);
  });

  it("refuses a record over the limit", () => {
    expect(parseOsvRecord(Buffer.alloc(100, "x"), { maxAdvisoryBytes: 99 }).problems[0]?.code).toBe("RECORD_TOO_LARGE");
  });

  it("loses a malformed entry only", () => {
    const { advisories, problems } = parseOsvRecord(
      record({
        affected: [
          { package: { ecosystem: "npm" } },
          { package: { ecosystem: "npm", name: "good" }, versions: ["1.0.0"] },
        ],
      }),
    );
    expect(problems).toHaveLength(1);
    expect(advisories.map((each) => each.packageName)).toEqual(["good"]);
  });

  it("never throws, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (affected, severity, extra) => {
        const input = { ...record(), affected, severity, references: extra, database_specific: extra, aliases: extra };
        expect(parseOsvRecord(JSON.stringify(input)).id).toBe("GHSA-p6mc-m468-83gw");
      }),
    );
  });
});

describe("severity of a record", () => {
  const v31 = { type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" };
  it.each([
    { name: "CVSS 3.1", changes: { severity: [v31] }, severity: "critical", source: "CVSS:3.1" },
    {
      name: "CVSS 2",
      changes: { severity: [{ type: "CVSS_V2", score: "AV:N/AC:L/Au:N/C:C/I:C/A:C" }] },
      severity: "high",
      source: "CVSS:2.0",
    },
    {
      name: "the newest of several",
      changes: {
        severity: [v31, { type: "CVSS_V4", score: "CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N" }],
      },
      severity: "low",
      source: "CVSS:4.0",
    },
    {
      name: "a vector cut short",
      changes: { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N" }] },
      severity: "unknown",
      source: undefined,
    },
    {
      name: "a vector that is none",
      changes: { severity: [{ type: "CVSS_V3", score: "9.8" }] },
      severity: "unknown",
      source: undefined,
    },
    { name: "a malicious package", changes: { id: "MAL-2024-1" }, severity: "critical", source: "MAL" },
    { name: "nothing", changes: {}, severity: "unknown", source: undefined },
  ])("$name", ({ changes, severity, source }) => {
    const advisory = parseOsvRecord(record(changes)).advisories[0];
    expect(advisory?.severity).toBe(severity);
    expect(advisory?.severitySource).toBe(source);
  });

  it.each([
    {
      name: "Debian unimportant",
      ecosystem: "Debian:12",
      specific: { urgency: "unimportant" },
      more: {},
      severity: "negligible",
      source: "Debian",
    },
    {
      name: "Debian not yet assigned, with a vector",
      ecosystem: "Debian:12",
      specific: { urgency: "not yet assigned" },
      more: { severity: [v31] },
      severity: "critical",
      source: "CVSS:3.1",
    },
    {
      name: "Debian end-of-life says nothing about severity",
      ecosystem: "Debian:10",
      specific: { urgency: "end-of-life" },
      more: {},
      severity: "unknown",
      source: undefined,
    },
    {
      name: "Ubuntu's priority over the vector",
      ecosystem: "Ubuntu:24.04:LTS",
      specific: {},
      more: { severity: [{ type: "Ubuntu", score: "low" }, v31] },
      severity: "low",
      source: "Ubuntu",
    },
  ])("$name", ({ ecosystem, specific, more, severity, source }) => {
    const { advisories } = parseOsvRecord(
      record({
        id: "CVE-2024-1",
        affected: [{ package: { ecosystem, name: "p" }, versions: ["1.0-1"], ecosystem_specific: specific }],
        ...more,
      }),
    );
    expect(advisories[0]?.severity).toBe(severity);
    expect(advisories[0]?.severitySource).toBe(source);
  });
});

describe("text of a record", () => {
  it.each([
    {
      name: "details when there is no summary, first line only",
      changes: { summary: undefined, details: "First.\nSecond." },
      summary: "First.",
    },
    { name: "control characters", changes: { summary: "a\u001b[31mred\u202e" }, summary: "a [31mred" },
    { name: "a long one", changes: { summary: "x".repeat(1_000) }, summary: `${"x".repeat(299)}…` },
  ])("summary: $name", ({ changes, summary }) => {
    expect(parseOsvRecord(record(changes)).advisories[0]?.summary).toBe(summary);
  });

  it.each([
    {
      name: "advisory before web",
      references: [
        { type: "WEB", url: "https://a.example/" },
        { type: "ADVISORY", url: "https://b.example/" },
      ],
      url: "https://b.example/",
    },
    { name: "no script", references: [{ type: "ADVISORY", url: "javascript:alert(1)" }], url: undefined },
    {
      name: "nothing that breaks out of markup",
      references: [{ type: "WEB", url: 'https://a.example/"><script>' }],
      url: undefined,
    },
  ])("url: $name", ({ references, url }) => {
    expect(parseOsvRecord(record({ id: "CVE-2024-1", references })).advisories[0]?.url).toBe(url);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase } from "./build-advisory-database.ts";
import { compareDatabases, type DatabaseChange } from "./compare-databases.ts";
import { importAdvisories } from "./import-advisories.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-compare-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function record(id: string, name: string, more: object = {}): object {
  const affected = [{ package: { ecosystem: "npm", name }, versions: ["1"] }];
  return { id, modified: "2026-01-01T00:00:00Z", affected, ...more };
}

async function build(records: readonly object[]): Promise<string> {
  const output = mkdtempSync(join(folder, "db-"));
  await buildAdvisoryDatabase({ records, output });
  return output;
}

async function changeOf(old: string, next: string, maxChanged?: number): Promise<DatabaseChange | undefined> {
  using before = openAdvisoryDatabase(old);
  using after = openAdvisoryDatabase(next);
  return await compareDatabases(before, after, maxChanged);
}

async function namesChanged(old: readonly object[], next: readonly object[]): Promise<readonly string[] | undefined> {
  const change = await changeOf(await build(old), await build(next));
  return change?.subjects.map(({ ecosystem, packageName }) => `${ecosystem} ${packageName}`);
}

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe("names of packages whose advisories changed", () => {
  const KEPT = record("A-1", "kept");
  it.each([
    { name: "nothing", old: [KEPT], next: [KEPT], names: [] },
    { name: "one more", old: [KEPT], next: [KEPT, record("A-2", "b")], names: ["npm b"] },
    { name: "one withdrawn", old: [KEPT, record("A-2", "b")], next: [KEPT], names: ["npm b"] },
    { name: "the last in order", old: [KEPT, record("A-2", "z")], next: [KEPT], names: ["npm z"] },
    {
      name: "one that says something else",
      old: [KEPT, record("A-2", "b")],
      next: [KEPT, record("A-2", "b", { summary: "other" })],
      names: ["npm b"],
    },
    {
      name: "one that moved",
      old: [KEPT, record("A-2", "b")],
      next: [KEPT, record("A-2", "c")],
      names: ["npm b", "npm c"],
    },
  ])("$name", async ({ old, next, names }) => {
    expect(await namesChanged(old, next)).toEqual(names);
  });

  it("are those that two lists do not have alike, whatever the names", async () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "B", "é", "\u{FF5E}", "\u{1F600}", "z", "aa", "k"), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(names, names, async (old, next) => {
        const [before, after] = [old, next].map((each) => [KEPT, ...each.map((name) => record(`X-${name}`, name))]);
        const changed = await namesChanged(before ?? [], after ?? []);
        const expected = [...old.filter((name) => !next.includes(name)), ...next.filter((name) => !old.includes(name))];
        expect(new Set(changed)).toEqual(new Set(expected.map((name) => `npm ${name}`)));
      }),
      { numRuns: 15 },
    );
  });

  it("are not told when they are too many, or when the database knows of another ecosystem", async () => {
    const [one, three] = [await build([KEPT]), await build([KEPT, record("A-2", "b"), record("A-3", "c")])];
    expect(await changeOf(one, three, 1)).toBeUndefined();
    const affected = [{ package: { ecosystem: "PyPI", name: "p" }, versions: ["1"] }];
    expect(await changeOf(one, await build([KEPT, record("A-9", "x", { affected })]))).toBeUndefined();
  });
});

describe("CVEs of which something else is known", () => {
  const NVD = (vector: string): string =>
    JSON.stringify({
      format: "NVD_CVE",
      vulnerabilities: [
        {
          cve: {
            id: "CVE-2026-0001",
            metrics: { cvssMetricV31: [{ source: "nvd@nist.gov", cvssData: { vectorString: vector } }] },
          },
        },
      ],
    });
  const EPSS = (day: string, score: string): string =>
    `#model_version:v1,score_date:${day}T00:00:00Z\ncve,epss,percentile\nCVE-2026-0001,${score},0.5\nCVE-2026-0002,0.1,0.5\n`;

  it.each([
    {
      name: "another severity",
      old: ["nvd.json", NVD("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")],
      next: ["nvd.json", NVD("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H")],
      cves: ["CVE-2026-0001"],
    },
    {
      name: "another score of the same day",
      old: ["epss.csv", EPSS("2026-01-01", "0.2")],
      next: ["epss.csv", EPSS("2026-01-01", "0.3")],
      cves: ["CVE-2026-0001"],
    },
    {
      name: "scores of another day, which stands with each",
      old: ["epss.csv", EPSS("2026-01-01", "0.2")],
      next: ["epss.csv", EPSS("2026-01-02", "0.3")],
      cves: "all",
    },
  ])("$name", async ({ old, next, cves }) => {
    const made = await Promise.all(
      [old, next].map(async ([name = "", content = ""], index) => {
        const into = await build([record("A-1", "kept")]);
        await importAdvisories({ sources: [write(`${index}-${name}`, content)], into });
        return into;
      }),
    );
    expect(await changeOf(made[0] ?? "", made[1] ?? "")).toMatchObject({ subjects: [], cves });
  });
});

// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeVersion, parseOsvRecord } from "#advisories";
import { compareVersions } from "#versions";
import { BUNDLED_ADVISORIES, ensureBundledDatabase } from "./ensure-bundled-database.ts";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "./open-advisory-database.ts";

const FILES = ["alpine.jsonl", "debian-12.jsonl", "npm.jsonl"];

function linesOf(name: string): readonly string[] {
  const text = readFileSync(join(BUNDLED_ADVISORIES, name), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text.slice(0, -1).split("\n");
}

describe.each(FILES)("advisories/%s", (name) => {
  it("holds valid records with parseable versions, one on each line, sorted by id", () => {
    const ids = linesOf(name).map((line) => {
      const { id, advisories, problems, skipped } = parseOsvRecord(line);
      expect({ id, problems, skipped }).toEqual({ id, problems: [], skipped: {} });
      expect(advisories.length).toBeGreaterThan(0);
      for (const { scheme, ranges, versions, summary } of advisories) {
        expect(summary).not.toBe("");
        const named = [
          ...ranges.flatMap(({ introduced, fixed = "0", lastAffected = "0" }) => [introduced, fixed, lastAffected]),
          ...versions,
        ];
        for (const version of named.filter((each) => each !== "0")) {
          expect({
            id,
            version,
            order: scheme === undefined ? undefined : compareVersions(scheme, version, version),
          }).toEqual({ id, version, order: 0 });
        }
      }
      return id ?? "";
    });
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});

it("no Debian fix is newer than the package whose changelog names it", () => {
  const [, ...sources] = linesOf("debian-12.sources.tsv").map((line) => line.split("\t"));
  const newest = new Map(sources.map(([source = "", version = ""]) => [source, version]));
  const fixes = linesOf("debian-12.jsonl").flatMap((line) =>
    parseOsvRecord(line).advisories.map(({ packageName, ranges }) => ({
      packageName,
      order: compareVersions("dpkg", ranges[0]?.fixed ?? "", newest.get(packageName) ?? ""),
    })),
  );
  expect(fixes.filter(({ order }) => order !== -1 && order !== 0)).toEqual([]);
  expect(fixes.length).toBe(sources.reduce((sum, [, , , count = ""]) => sum + Number(count), 0));
});

it("nothing else lies in the folder than is described", () => {
  expect(readdirSync(BUNDLED_ADVISORIES).sort()).toEqual(
    [...FILES, "README.md", "debian-12.sources.tsv", "support"].sort(),
  );
});

describe("the bundled database", () => {
  let folder: string;
  let database: AdvisoryDatabase;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "haechi-bundled-"));
    database = openAdvisoryDatabase(await ensureBundledDatabase(folder));
  });

  afterAll(() => {
    database[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says that it is the bundled one, has the date of its newest data, and covers what the first five minutes need", () => {
    const newest = FILES.flatMap(linesOf)
      .map((line) => String((JSON.parse(line) as { modified: string }).modified))
      .sort()
      .at(-1);
    expect(database.info).toMatchObject({ isBundled: true, date: newest });
    expect(Object.keys(database.info.ecosystems)).toEqual([
      "Alpine:v3.19",
      "Alpine:v3.20",
      "Alpine:v3.21",
      "Alpine:v3.22",
      "Debian:12",
      "npm",
    ]);
    expect(database.info.ecosystems["Debian:12"]).toBeGreaterThan(800);
    expect(database.info.ecosystems["npm"]).toBeGreaterThan(60);
    database.verify();
  });

  it.each([
    {
      ecosystem: "npm",
      name: "lodash",
      version: "4.17.15",
      ids: ["CVE-2020-28500", "CVE-2020-8203", "CVE-2021-23337"],
    },
    { ecosystem: "npm", name: "lodash", version: "4.17.19", ids: ["CVE-2020-28500", "CVE-2021-23337"] },
    { ecosystem: "npm", name: "lodash", version: "4.17.21", ids: [] },
    { ecosystem: "npm", name: "minimist", version: "0.0.8", ids: ["CVE-2020-7598", "CVE-2021-44906"] },
    { ecosystem: "npm", name: "minimist", version: "0.2.4", ids: [] },
    { ecosystem: "npm", name: "ua-parser-js", version: "1.0.0", ids: ["CVE-2022-25927", "GHSA-pjwm-rvh2-c87w"] },
    { ecosystem: "npm", name: "event-stream", version: "3.3.5", ids: [] },
    { ecosystem: "npm", name: "event-stream", version: "3.3.6", ids: ["GHSA-mh6f-8j2x-4483"] },
    { ecosystem: "npm", name: "ip", version: "2.0.1", ids: ["CVE-2024-29415"] },
    { ecosystem: "npm", name: "semver", version: "7.8.6", ids: [] },
    { ecosystem: "Alpine:v3.20", name: "busybox", version: "1.36.1-r28", ids: ["CVE-2023-42364", "CVE-2023-42365"] },
    { ecosystem: "Alpine:v3.21", name: "xz", version: "5.6.3-r1", ids: [] },
    { ecosystem: "Alpine:v3.20", name: "xz", version: "5.6.0-r0", ids: ["CVE-2024-3094", "CVE-2025-31115"] },
    {
      ecosystem: "Debian:12",
      name: "glibc",
      version: "2.36-9+deb12u2",
      ids: expect.arrayContaining(["CVE-2023-4911", "CVE-2023-6246", "CVE-2024-2961"]),
    },
    { ecosystem: "Debian:12", name: "glibc", version: "2.36-9+deb12u14", ids: [] },
    {
      ecosystem: "Debian:12",
      name: "openssl",
      version: "3.0.9-1",
      ids: expect.arrayContaining(["CVE-2023-5363", "CVE-2024-0727"]),
    },
    { ecosystem: "Debian:12", name: "openssl", version: "3.0.22-1~deb12u2", ids: [] },
    {
      ecosystem: "Debian:12",
      name: "curl",
      version: "7.88.1-10+deb12u3",
      ids: expect.arrayContaining(["CVE-2023-38545"]),
    },
    {
      ecosystem: "Debian:12",
      name: "curl",
      version: "7.88.1-10+deb12u4",
      ids: expect.not.arrayContaining(["CVE-2023-38545"]),
    },
  ])("knows $ecosystem $name $version", ({ ecosystem, name, version, ids }) => {
    const affected = database
      .advisoriesFor(ecosystem, name)
      .filter((each) => judgeVersion(each, version).state === "affected")
      .map((each) => each.id);
    expect(affected).toEqual(ids);
  });

  it("knows until when common distributions are supported", () => {
    expect(database.supportOf({ id: "debian", versionId: "12" })).toEqual({
      release: "debian 12",
      until: "2026-06-10",
      extendedUntil: "2028-06-30",
      source: "Haechi’s bundled data",
    });
    expect(database.supportOf({ id: "alpine", versionId: "3.20.3" })).toMatchObject({ until: "2026-04-01" });
    expect(database.supportOf({ id: "debian" })).toBeUndefined();
  });

  it("is built once, by two processes at the same time too, and again when the cached file is damaged", async () => {
    const cache = mkdtempSync(join(tmpdir(), "haechi-bundled-"));
    try {
      const index = new URL("./index.ts", import.meta.url).href;
      const script = `import { ensureBundledDatabase } from ${JSON.stringify(index)};
        process.stdout.write(await ensureBundledDatabase(${JSON.stringify(cache)}));`;
      const run = promisify(execFile);
      const outcomes = await Promise.all(
        [1, 2, 3].map(() => run(process.execPath, ["--input-type=module", "-e", script])),
      );
      const paths = outcomes.map(({ stdout }) => stdout);
      expect(new Set(paths).size).toBe(1);
      const [path = ""] = paths;
      expect(readdirSync(cache)).toEqual([basename(path)]);
      writeFileSync(join(path, "index.json"), "damaged");
      expect(await ensureBundledDatabase(cache)).toBe(path);
      using again = openAdvisoryDatabase(path);
      expect(again.info).toEqual(database.info);
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
});

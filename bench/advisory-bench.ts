// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAdvisoryDatabase } from "#advisory-db";
import { writeZip } from "../test/support/zip-builder.ts";
import { type MeasuredProgram, measureInTurn } from "./measure-process.ts";
import { median } from "./median.ts";
import type { BenchReport, BenchRow } from "./report.ts";

const HAECHI = fileURLToPath(new URL("../bin/haechi.mjs", import.meta.url));
/** Real OSV data, where a developer has put it beside the clone (see `real-size.test.ts`). */
const REAL = fileURLToPath(new URL("../../shared/data/advisories/", import.meta.url));
const RUNS = 3;
const SIZES: readonly number[] = [12_500, 30_000, 60_000];

/** Import of OSV archives of growing size: it should take seconds, and memory should not grow with the data. */
export async function benchAdvisories(): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-advisories-"));
  try {
    const rows: BenchRow[] = [];
    for (const records of SIZES) {
      const source = join(folder, `${records}.zip`);
      writeFileSync(source, archiveOf(records));
      rows.push(...(await measureImport(`${records.toLocaleString("en")} made-up records`, [source])));
    }
    const archives = existsSync(REAL)
      ? readdirSync(REAL).filter((name) => existsSync(join(REAL, name, "all.zip")))
      : [];
    if (archives.length > 0) {
      const sources = archives.map((name) => join(REAL, name, "all.zip"));
      rows.push(...(await measureImport(`real records (${archives.join(", ")})`, sources)));
    }
    rows.push(await measureOpen(folder, join(folder, `${SIZES.at(-1) ?? 0}.zip`)));
    return {
      title: "Import of advisories",
      rows,
      notes: [
        `Medians of ${RUNS} runs of \`haechi db import\` into a new database, after one that warms the disk cache.`,
        "Peak memory is the largest resident size of the process: SQLite keeps at most 16 MiB of each shard that is being written.",
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importer(sources: readonly string[]): MeasuredProgram {
  return {
    command: process.execPath,
    arguments: (scratch) => [HAECHI, "db", "import", ...sources, "--into", join(scratch, "advisories")],
    expectedCodes: [0],
  };
}

async function measureImport(what: string, sources: readonly string[]): Promise<readonly BenchRow[]> {
  const [cost] = await measureInTurn([importer(sources)], RUNS);
  const size = sources.reduce((sum, file) => sum + statSync(file).size, 0);
  return cost === undefined
    ? []
    : [
        {
          what: `${what}, ${(size / 2 ** 20).toFixed(1)} MiB packed: wall`,
          unit: "s",
          ours: cost.wallSeconds,
          aim: "seconds",
        },
        { what: `${what}: CPU`, unit: "s", ours: cost.cpuSeconds },
        { what: `${what}: peak memory`, unit: "MiB", ours: cost.peakMiB, aim: "flat" },
      ];
}

/** Opening and one look-up, in a database of the largest size. */
async function measureOpen(folder: string, source: string): Promise<BenchRow> {
  const { importAdvisories } = await import("#advisory-db");
  const into = join(folder, "open");
  await importAdvisories({ sources: [source], into });
  const times = Array.from({ length: 21 }, () => {
    const before = performance.now();
    using database = openAdvisoryDatabase(into);
    database.advisoriesFor("npm", "package-77");
    return performance.now() - before;
  });
  return { what: "open and look up one package", unit: "ms", ours: median(times), aim: "milliseconds" };
}

function archiveOf(records: number): Uint8Array {
  return writeZip(
    Array.from({ length: records }, (_, index) => ({
      name: `GHSA-${index}.json`,
      content: JSON.stringify({
        id: `GHSA-${index}`,
        modified: "2026-01-01T00:00:00Z",
        aliases: [`CVE-2026-${index}`],
        summary: `Something about package ${(index * 7_919) % records} that should not be possible`,
        details: "A longer text that nobody keeps. ".repeat(30),
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        affected: [
          {
            package: { ecosystem: "npm", name: `package-${(index * 7_919) % records}` },
            ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.2.3" }] }],
          },
        ],
        references: [{ type: "WEB", url: "https://example.org/" }],
      }),
    })),
  );
}

// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { matchInventory } from "#findings";
import { inventoryOf, packageIn } from "../../../test/support/matching.ts";
import { writeZip } from "../../../test/support/zip-builder.ts";
import { importAdvisories } from "./import-advisories.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

const CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const HIGH = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H";
const PUBLISHED = new URL("../../domain/advisories/nvd/testdata/nvd-records.json", import.meta.url);

let folder: string;
let into: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-severities-"));
  into = join(folder, "db");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, "sources", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function imported(source: string, ecosystems: readonly string[] = []): Promise<void> {
  await importAdvisories({ sources: [source], into, ecosystems });
}

/** The tracker knows the vulnerability, and has no word for how bad it is: so it is with most of its entries. */
function tracker(): string {
  const release = { status: "open", repositories: { bookworm: "1.0-1" }, urgency: "not yet assigned" };
  return write("debian.json", JSON.stringify({ p: { "CVE-2024-0001": { releases: { bookworm: release } } } }));
}

function github(id: string, more: object = {}): object {
  return {
    id,
    modified: "2024-02-01T00:00:00Z",
    aliases: ["CVE-2024-0001"],
    severity: [{ type: "CVSS_V3", score: CRITICAL }],
    affected: [
      { package: { ecosystem: "npm", name: "other" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }] },
    ],
    ...more,
  };
}

function archive(...records: readonly object[]): string {
  const zip = writeZip(records.map((each, index) => ({ name: `${index}.json`, content: JSON.stringify(each) })));
  write("bucket/npm/all.zip", zip);
  return join(folder, "sources/bucket");
}

function nvd(name: string, ...entries: readonly (readonly [id: string, vector: string, status?: string])[]): string {
  const vulnerabilities = entries.map(([id, vectorString, vulnStatus = "Analyzed"]) => ({
    cve: {
      id,
      vulnStatus,
      lastModified: "2024-06-11T17:57:13.767",
      metrics: {
        cvssMetricV31: [{ source: "nvd@nist.gov", type: "Primary", cvssData: { version: "3.1", vectorString } }],
      },
    },
  }));
  const text = JSON.stringify({
    format: "NVD_CVE",
    version: "2.0",
    timestamp: "2024-06-12T00:00:00.000",
    vulnerabilities,
  });
  return write(name, name.endsWith(".gz") ? gzipSync(text) : text);
}

/** What a scan says of the Debian package: severity and who says so. */
function severityOf(): string {
  using database = openAdvisoryDatabase(into);
  database.verify();
  const inventory = inventoryOf([packageIn("d", "deb", ["p", "1.0-1"])]);
  return matchInventory(inventory, database)
    .findings.map((each) => `${each.severity} ${each.severitySource ?? "nobody"}`)
    .join();
}

function said(cve: string): readonly string[] {
  using database = openAdvisoryDatabase(into);
  return database.severitiesOf(cve).map((each) => `${each.source} ${each.severity}`);
}

describe("what is known of a CVE", () => {
  it("rates a package whose vendor does not, whatever is imported first, and each source by itself", async () => {
    await imported(tracker());
    expect(severityOf()).toBe("unknown nobody");
    await imported(archive(github("GHSA-1")));
    expect(severityOf()).toBe("critical GHSA");
    await imported(nvd("nvdcve-2.0-2024.json.gz", ["CVE-2024-0001", HIGH]));
    expect(severityOf()).toBe("high NVD");
    await imported(tracker());
    expect(severityOf()).toBe("high NVD");
  });

  it("goes with the record that said it: replaced with its archive, withdrawn, rejected", async () => {
    await imported(tracker());
    await imported(archive(github("GHSA-1")));
    await imported(archive({ ...github("GHSA-2"), aliases: ["CVE-2024-0002"] }));
    expect(severityOf()).toBe("unknown nobody");
    await imported(write("one.json", JSON.stringify(github("GHSA-1"))));
    expect(severityOf()).toBe("critical GHSA");
    await imported(write("one.json", JSON.stringify(github("GHSA-1", { withdrawn: "2024-03-01T00:00:00Z" }))));
    expect([severityOf(), said("CVE-2024-0002")]).toEqual(["unknown nobody", ["GHSA critical"]]);
    await imported(nvd("nvdcve-2.0-modified.json", ["CVE-2024-0001", HIGH]));
    expect(severityOf()).toBe("high NVD");
    await imported(nvd("nvdcve-2.0-modified.json", ["CVE-2024-0001", HIGH, "Rejected"]));
    expect(severityOf()).toBe("unknown nobody");
  });

  it("of the NVD: a feed of a year replaces that year, one of changes what it names", async () => {
    await imported(nvd("nvdcve-2.0-2023.json", ["CVE-2023-0001", HIGH], ["CVE-2023-0002", HIGH]));
    await imported(nvd("nvdcve-2.0-2024.json", ["CVE-2024-0001", HIGH], ["CVE-2024-0002", HIGH]));
    await imported(nvd("nvdcve-2.0-2024.json", ["CVE-2024-0002", HIGH]));
    await imported(nvd("nvdcve-2.0-recent.json", ["CVE-2023-0001", CRITICAL]));
    expect(["CVE-2023-0001", "CVE-2023-0002", "CVE-2024-0001", "CVE-2024-0002"].map(said)).toEqual([
      ["NVD critical"],
      ["NVD high"],
      [],
      ["NVD high"],
    ]);
  });

  it("is not lost when one release alone of a family is imported again", async () => {
    const ubuntu = (release: string, id: string): object => ({
      ...github(id),
      aliases: [`CVE-2024-000${release === "24.04" ? 1 : 2}`],
      affected: [{ package: { ecosystem: `Ubuntu:${release}:LTS`, name: "x" }, versions: ["1"] }],
    });
    const records = [ubuntu("22.04", "UBUNTU-CVE-2"), ubuntu("24.04", "UBUNTU-CVE-1")];
    const zip = writeZip(records.map((each, index) => ({ name: `${index}.json`, content: JSON.stringify(each) })));
    write("bucket/Ubuntu/all.zip", zip);
    const bucket = join(folder, "sources/bucket");
    await imported(bucket);
    await imported(bucket, ["Ubuntu:24.04:LTS"]);
    expect([said("CVE-2024-0001"), said("CVE-2024-0002")]).toEqual([["Ubuntu critical"], ["Ubuntu critical"]]);
  });

  it("of a record for two ecosystems counts once, and at its worst", async () => {
    const maven = { ...github("GHSA-2", { severity: [{ type: "CVSS_V3", score: HIGH }] }) };
    const affected = [{ package: { ecosystem: "Maven", name: "a:b" }, versions: ["1"] }];
    await imported(
      write("two.jsonl", `${JSON.stringify(github("GHSA-1"))}\n${JSON.stringify({ ...maven, affected })}\n`),
    );
    expect(said("CVE-2024-0001")).toEqual(["GHSA critical"]);
  });

  it("comes with source and terms, and is no advisory", async () => {
    await imported(tracker());
    const {
      records,
      imported: rows,
      info,
    } = await importAdvisories({ sources: [write("page.json", readFileSync(PUBLISHED))], into });
    expect({ records, rows, advisories: info.advisories, ecosystems: info.ecosystems }).toEqual({
      records: 4,
      rows: 6,
      advisories: 1,
      ecosystems: { "Debian:12": 1 },
    });
    using database = openAdvisoryDatabase(into);
    const shard = database.shards.find(({ name }) => name === "severity");
    expect(shard?.sources.map(({ source, attribution, newest }) => [source, attribution, newest])).toEqual(
      ["2020", "2023", "2024", "2026"].map((year) => [
        `nvd/${year}`,
        "NVD of NIST, https://nvd.nist.gov",
        "2026-06-18T03:00:00Z",
      ]),
    );
    expect(database.severitiesOf("CVE-2024-5732")).toMatchObject([
      { source: "NVD", severity: "medium" },
      { source: "vuldb.com", severity: "high" },
    ]);
  });
});

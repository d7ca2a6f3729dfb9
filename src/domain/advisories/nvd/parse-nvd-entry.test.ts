// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { detectFormat } from "../detect-format.ts";
import { parseNvdEntry } from "./parse-nvd-entry.ts";

const TEXT = readFileSync(new URL("testdata/nvd-records.json", import.meta.url), "utf8");
const PUBLISHED = (
  JSON.parse(TEXT) as { readonly vulnerabilities: readonly { readonly cve: { readonly id: string } }[] }
).vulnerabilities;

function metric(source: string, vectorString: unknown): object {
  return { source, type: "Primary", cvssData: { version: "3.1", vectorString } };
}

function entry(metrics: unknown, more: object = {}): object {
  return { cve: { id: "CVE-2024-0001", lastModified: "2024-06-11T17:57:13.767", metrics, ...more } };
}

describe("records that the NVD published", () => {
  it.each([
    { id: "CVE-2020-0001", says: ["NVD high CVSS:3.1"] },
    { id: "CVE-2023-0001", says: ["NVD medium CVSS:3.1", "paloaltonetworks.com medium CVSS:3.1"] },
    { id: "CVE-2024-5732", says: ["NVD medium CVSS:4.0", "vuldb.com high CVSS:3.1"] },
    { id: "CVE-2026-39834", says: ["CISA-ADP critical CVSS:3.1"] },
  ])("$id: of everybody the newest version of CVSS", ({ id, says }) => {
    const parsed = parseNvdEntry(PUBLISHED.find(({ cve }) => cve.id === id));
    expect(parsed).toMatchObject({ id, source: `nvd/${id.slice(4, 8)}`, problems: [], skipped: {} });
    expect(parsed.severities?.map((each) => `${each.source} ${each.severity} ${each.cvssVector?.slice(0, 8)}`)).toEqual(
      says,
    );
    expect(parsed.severities?.every((each) => each.cve === id && /^20\d\d-.*Z$/.test(each.modified))).toBe(true);
  });

  it("are told by what stands at the beginning of the file", () => {
    expect(detectFormat("x.json", TEXT)).toBe("nvd");
    expect(detectFormat("x.json", TEXT.replace("NVD_CVE", "OTHER"))).toBe("document");
  });
});

describe("an entry", () => {
  it("of a rejected CVE gives its id alone, so that what was known goes", () => {
    const metrics = { cvssMetricV31: [metric("nvd@nist.gov", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")] };
    expect(parseNvdEntry(entry(metrics, { vulnStatus: "Rejected" }))).toEqual({
      id: "CVE-2024-0001",
      source: "nvd/2024",
      problems: [],
      skipped: { withdrawn: 1 },
    });
  });

  it.each([
    { name: "no metrics", metrics: {} },
    {
      name: "a score without its vector",
      metrics: { cvssMetricV31: [{ source: "nvd@nist.gov", cvssData: { baseScore: 9 } }] },
    },
    { name: "half a vector", metrics: { cvssMetricV31: [metric("nvd@nist.gov", "CVSS:3.1/AV:N")] } },
    {
      name: "nobody who says it",
      metrics: { cvssMetricV31: [metric("", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")] },
    },
    {
      name: "text for a terminal as its source",
      metrics: { cvssMetricV31: [metric("\u001b[31mNVD", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")] },
    },
    ...["NVD", "nvd", "cna@nvd"].map((source) => ({
      name: `the name of the NVD (${source}), written by somebody else`,
      metrics: { cvssMetricV31: [metric(source, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")] },
    })),
    { name: "metrics that are no list", metrics: { cvssMetricV31: { 0: {} } } },
  ])("with $name is rated by nobody", ({ metrics }) => {
    expect(parseNvdEntry(entry(metrics))).toMatchObject({ severities: [], skipped: { noSeverity: 1 }, problems: [] });
  });

  it.each([undefined, null, 7, [], {}, { cve: {} }, { cve: { id: "CVE-2024" } }, { cve: { id: "CVE-2024-1\n" } }])(
    "that is no CVE (%j) is a problem",
    (value) => {
      expect(parseNvdEntry(value)).toEqual({ problems: [{ message: "the entry has no CVE id" }], skipped: {} });
    },
  );

  it("is read within bounds, however many ratings it lists", () => {
    const many = Array.from({ length: 50_000 }, (_, index) =>
      metric(`a@h${index}.example`, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
    );
    expect(parseNvdEntry(entry({ cvssMetricV31: many, cvssMetricV2: many })).severities).toHaveLength(8);
    const long = metric("nvd@nist.gov", `CVSS:3.1/${"AV:N/".repeat(LIMITS.maxAdvisoryBytes / 5)}`);
    expect(parseNvdEntry(entry({ cvssMetricV31: [long] })).severities).toEqual([]);
  });

  it("may be bent as one likes: it gives ratings or a problem, and never throws", () => {
    const words = fc.constantFrom(
      "nvd@nist.gov",
      "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
      "Rejected",
      "",
      "a@b",
    );
    const leaf = fc.oneof(words, fc.string(), fc.double(), fc.constant(null));
    fc.assert(
      fc.property(fc.constantFrom(...PUBLISHED), fc.nat(400), leaf, (published, at, value) => {
        let seen = 0;
        const bent: unknown = JSON.parse(JSON.stringify(published), (_, each: unknown) =>
          seen++ === at ? value : each,
        );
        const parsed = parseNvdEntry(bent);
        expect(parsed.problems.length <= 1 && (parsed.severities ?? []).length <= 8).toBe(true);
        expect(/\p{Cc}/u.test(JSON.stringify(parsed))).toBe(false);
      }),
    );
  });
});

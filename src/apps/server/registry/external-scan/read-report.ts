// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Digest, Severity } from "#base";
import { type HarborVulnerability, reportSchema, SEVERITIES, vulnerabilitySchema } from "../../harbor-scanner/index.ts";
import { ExternalScanError } from "./external-scan-error.ts";

const MAX_FINDINGS = 50_000;
const MAX_DESCRIPTION = 500;
const MAX_LINKS = 5;
const MAX_LINK = 500;
const MAX_NAME = 200;

/** One vulnerability, as the scanner says. */
export interface ForeignVulnerability {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly fixVersion?: string;
  readonly severity: Severity;
  readonly description?: string;
  readonly links?: readonly string[];
  readonly cvssVector?: string;
}

/** What we keep of a report. */
export interface StoredForeignReport {
  /** What the scanner calls itself. */
  readonly scannerName: string;
  readonly scannerVersion: string;
  /** As it says. */
  readonly generatedAt: string;
  /** Worst first, then by id and package. */
  readonly vulnerabilities: readonly ForeignVulnerability[];
  /** Entries that could not be read, or were too many. */
  readonly leftOut: number;
}

const severity = z.enum(["critical", "high", "medium", "low", "negligible", "unknown"]);
const storedSchema = z.object({
  scannerName: z.string(),
  scannerVersion: z.string(),
  generatedAt: z.string(),
  vulnerabilities: z.array(
    z.object({
      id: z.string(),
      package: z.string(),
      version: z.string(),
      fixVersion: z.exactOptional(z.string()),
      severity,
      description: z.exactOptional(z.string()),
      links: z.exactOptional(z.array(z.string())),
      cvssVector: z.exactOptional(z.string()),
    }),
  ),
  leftOut: z.number(),
});

/** What the database has; `undefined` where a newer version wrote it. */
export function parseStoredReport(report: unknown): StoredForeignReport | undefined {
  const parsed = storedSchema.safeParse(report);
  return parsed.success ? parsed.data : undefined;
}

/**
 * The report of a scanner (components.schemas.HarborVulnerabilityReport) on the image with the digest. Throws ExternalScanError for
 * what is none, or is about another image; one bad entry does not spoil the others.
 */
export function readReport(text: string, digest: Digest): StoredForeignReport {
  const parsed = reportSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ExternalScanError("the scanner's answer is no vulnerability report", { isTransient: false });
  }
  const { artifact, scanner, generated_at: generatedAt = "", vulnerabilities } = parsed.data;
  const about = artifact?.digest;
  if (about !== undefined && about !== "" && about !== digest) {
    throw new ExternalScanError("the scanner's report is about another image", { isTransient: false });
  }
  const entries = vulnerabilities ?? [];
  const read: ForeignVulnerability[] = [];
  for (const entry of entries.slice(0, MAX_FINDINGS)) {
    const found = vulnerabilitySchema.safeParse(entry);
    if (found.success) {
      read.push(toForeign(found.data));
    }
  }
  return {
    scannerName: (scanner?.name ?? "").slice(0, MAX_NAME),
    scannerVersion: (scanner?.version ?? "").slice(0, MAX_NAME),
    generatedAt: Number.isNaN(Date.parse(generatedAt)) ? "" : new Date(generatedAt).toISOString(),
    vulnerabilities: read.sort(compare),
    leftOut: entries.length - read.length,
  };
}

function toForeign(item: HarborVulnerability): ForeignVulnerability {
  const { id, version = "", fix_version: fixVersion = "", description = "" } = item;
  const links = (item.links ?? []).filter(isLink).slice(0, MAX_LINKS);
  const vector = item.preferred_cvss?.vector_v3 ?? item.preferred_cvss?.vector_v2 ?? "";
  return {
    id,
    package: item.package,
    version,
    ...(fixVersion === "" ? {} : { fixVersion }),
    severity: item.severity.toLowerCase() as Lowercase<HarborVulnerability["severity"]>,
    ...(description === "" ? {} : { description: description.slice(0, MAX_DESCRIPTION) }),
    ...(links.length === 0 ? {} : { links }),
    ...(vector === "" || vector.length > MAX_NAME ? {} : { cvssVector: vector }),
  };
}

/** They become links of a page. */
function isLink(text: string): boolean {
  const protocol = text.length <= MAX_LINK ? URL.parse(text)?.protocol : undefined;
  return protocol === "https:" || protocol === "http:";
}

function compare(one: ForeignVulnerability, other: ForeignVulnerability): number {
  const [first = 0, second = 0] = [one, other].map((each) =>
    SEVERITIES.findIndex((name) => name.toLowerCase() === each.severity),
  );
  return second - first || byCodeUnits(one.id, other.id) || byCodeUnits(one.package, other.package);
}

function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // said as "no vulnerability report"
    return undefined;
  }
}

// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "../advisory.ts";
import { severityOfCvss } from "../cvss-severity.ts";
import { ecosystemFamily } from "../ecosystem.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import { isNvdName } from "../nvd-source.ts";
import { severityOfLabel } from "../severity.ts";

/** What a record says about how bad it is. */
export interface OsvSeverity {
  readonly severity: Severity;
  readonly severitySource?: string;
  readonly cvssVector?: string;
}

/**
 * The severity of one affected package: the source's own word for the package, then for the record, then the newest CVSS vector
 * of the package, then of the record. A malicious package (OpenSSF `MAL-…`) is critical as a whole.
 */
export function severityOfOsv(record: JsonObject, affected: JsonObject, id: string, ecosystem: string): OsvSeverity {
  const vector = newestVector(affected["severity"]) ?? newestVector(record["severity"]);
  const cvss = vector === undefined ? undefined : { cvssVector: vector.text };
  const forPackage = labelOf(affected["ecosystem_specific"]) ?? labelOf(affected["database_specific"]);
  const word =
    forPackage ??
    ratingOf(affected["severity"]) ??
    labelOf(record["database_specific"]) ??
    ratingOf(record["severity"]) ??
    (id.startsWith("MAL-") ? "critical" : undefined);
  if (word !== undefined) {
    return { severity: word, severitySource: publisherOf(id, ecosystem), ...cvss };
  }
  if (vector !== undefined) {
    return { severity: vector.severity, severitySource: vector.version, ...cvss };
  }
  return { severity: "unknown" };
}

/** GHSA, openSUSE and others write `severity`, Debian writes `urgency`, Ubuntu wrote `ubuntu_priority` before schema 1.7. */
function labelOf(specific: unknown): Severity | undefined {
  const fields = objectOf(specific) ?? {};
  for (const key of ["severity", "urgency", "ubuntu_priority"]) {
    const label = textOf(fields[key], 64);
    const severity = label === undefined ? undefined : severityOfLabel(label);
    if (severity !== undefined) {
      return severity;
    }
  }
  return undefined;
}

/** Ratings in words inside `severity[]`, such as Ubuntu's priority (OSV 1.7 type `Ubuntu`). */
function ratingOf(severities: unknown): Severity | undefined {
  for (const each of arrayOf(severities)) {
    const score = textOf(objectOf(each)?.["score"], 64);
    const severity = score === undefined ? undefined : severityOfLabel(score);
    if (severity !== undefined) {
      return severity;
    }
  }
  return undefined;
}

function newestVector(
  severities: unknown,
): { readonly text: string; readonly severity: Severity; readonly version: string } | undefined {
  let newest: { readonly text: string; readonly severity: Severity; readonly version: string } | undefined;
  for (const each of arrayOf(severities)) {
    const text = textOf(objectOf(each)?.["score"], 512);
    const cvss = text === undefined ? undefined : severityOfCvss(text);
    if (text !== undefined && cvss !== undefined && (newest === undefined || cvss.version > newest.version)) {
      newest = { text, severity: cvss.severity, version: cvss.version };
    }
  }
  return newest;
}

const SOURCES: ReadonlyMap<string, string> = new Map([
  ["DEBIAN", "Debian"],
  ["DSA", "Debian"],
  ["DLA", "Debian"],
  ["UBUNTU", "Ubuntu"],
  ["USN", "Ubuntu"],
  ["ALPINE", "Alpine"],
]);

/**
 * Who wrote a record (`GHSA`, `Debian`): by the prefix of its id, for bare CVE ids by the ecosystem. A record whose prefix is the name of
 * the NVD, which writes none, goes by its whole id.
 */
export function publisherOf(id: string, ecosystem: string): string {
  const prefix = id.slice(0, Math.max(0, id.indexOf("-")));
  if (prefix === "CVE" || prefix === "") {
    return ecosystemFamily(ecosystem);
  }
  return isNvdName(prefix) ? id : (SOURCES.get(prefix) ?? prefix);
}

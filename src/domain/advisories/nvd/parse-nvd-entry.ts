// SPDX-License-Identifier: Apache-2.0
import { timeOf } from "../advisory-draft.ts";
import { severityOfCvss } from "../cvss-severity.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import { isNvdName, NVD_SOURCE } from "../nvd-source.ts";
import type { ParsedRecords, SeverityRecord } from "../parsed-records.ts";
import { UNKNOWN_TIME } from "../unknown-time.ts";

/** Newest version of CVSS first; the feeds of CVEs before 2016 have 2.0 alone (schema cve_api_json_2.0, `metrics`). */
const METRICS = ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"] as const;
/** Who rated, as the NVD names them. CISA's "Vulnrichment" has no address but this number. */
const RATERS: Readonly<Record<string, string>> = {
  "nvd@nist.gov": NVD_SOURCE,
  "134c704f-9b21-4f2e-91b3-4a467353bcc0": "CISA-ADP",
};
const MAX_RATINGS = 64;
const MAX_RATERS = 8;

/**
 * Reads an element of `vulnerabilities` in the NVD's yearly feeds and pages of its API, version 2.0
 * (https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema): how bad the NVD calls the CVE, and what the NVD lists of
 * others (who assigned the CVE, CISA). Of each the newest version of CVSS counts. A rejected CVE gives nothing, but its id.
 */
export function parseNvdEntry(value: unknown): ParsedRecords {
  const cve = objectOf(objectOf(value)?.["cve"]);
  const id = textOf(cve?.["id"], 32);
  const year = /^CVE-(\d{4})-\d{4,10}$/.exec(id ?? "")?.[1];
  if (cve === undefined || id === undefined || year === undefined) {
    return { problems: [{ message: "the entry has no CVE id" }], skipped: {} };
  }
  // a word for each year, so that the feed of a year replaces that year alone
  const record = { id, source: `nvd/${year}`, problems: [] };
  if (cve["vulnStatus"] === "Rejected") {
    return { ...record, skipped: { withdrawn: 1 } };
  }
  const severities = ratingsOf(objectOf(cve["metrics"]) ?? {}, id, timeOf(cve["lastModified"]) ?? UNKNOWN_TIME);
  return { ...record, severities, skipped: severities.length === 0 ? { noSeverity: 1 } : {} };
}

function ratingsOf(metrics: JsonObject, cve: string, modified: string): readonly SeverityRecord[] {
  const bySource = new Map<string, SeverityRecord>();
  for (const key of METRICS) {
    for (const each of arrayOf(metrics[key]).slice(0, MAX_RATINGS)) {
      const metric = objectOf(each) ?? {};
      const source = raterOf(textOf(metric["source"], 128));
      const cvssVector = textOf(objectOf(metric["cvssData"])?.["vectorString"], 512);
      const rated = cvssVector === undefined ? undefined : severityOfCvss(cvssVector);
      if (source !== undefined && cvssVector !== undefined && rated !== undefined && !bySource.has(source)) {
        bySource.set(source, { cve, source, severity: rated.severity, cvssVector, modified });
      }
    }
  }
  // those of the newest CVSS are kept, should somebody list more
  return [...bySource.values()].slice(0, MAX_RATERS);
}

/**
 * The domain of an address ("security-advisories@github.com" → `github.com`): it goes into reports, and is short. Nobody but the
 * NVD has its name.
 */
function raterOf(source: string | undefined): string | undefined {
  if (source === undefined) {
    return undefined;
  }
  const known = Object.hasOwn(RATERS, source) ? RATERS[source] : undefined;
  if (known !== undefined) {
    return known;
  }
  const name =
    /^[\w.+-]{1,64}@([A-Za-z0-9.-]{1,64})$/.exec(source)?.[1]?.toLowerCase() ?? /^[\w-]{1,40}$/.exec(source)?.[0];
  return name === undefined || isNvdName(name) ? undefined : name;
}

// SPDX-License-Identifier: Apache-2.0
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { toJsonText } from "./json-text.ts";
import { toReportJson } from "./report-json.ts";
import { toVerdictJson } from "./verdict-json.ts";

/** Raised when a field changes its meaning or goes away; new fields may appear without. */
const SCHEMA_VERSION = 1;

/**
 * What a scan found, for programs: the JSON document described in README.md, with two spaces of indentation and a line
 * feed at its end. Keys and lists have a fixed order, and there is no clock or random in it: equal outcomes give equal
 * bytes. Strings are exact; characters that a terminal could act on are escaped.
 */
export function renderScanJson(outcome: ScanOutcome): string {
  const document = {
    schemaVersion: SCHEMA_VERSION,
    reference: outcome.reference,
    verdict: outcome.verdict && toVerdictJson(outcome.verdict),
    reports: outcome.reports.toSorted(compareReports).map(toReportJson),
  };
  return toJsonText(document);
}

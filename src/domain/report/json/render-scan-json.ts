// SPDX-License-Identifier: Apache-2.0
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { toReportJson } from "./report-json.ts";
import { toVerdictJson } from "./verdict-json.ts";

/** Raised when a field changes its meaning or goes away; new fields may appear without. */
const SCHEMA_VERSION = 1;

// JSON.stringify escapes C0 controls and lone surrogates only. DEL, C1 controls (0x9b begins an escape sequence on some
// terminals), bidirectional overrides and line separators are escaped too: they occur within strings only.
const UNSAFE_IN_TERMINALS = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * What a scan found, for programs: the JSON document described in README.md, with two spaces of indentation and a line
 * feed at its end. Keys and lists have a fixed order, and there is no clock or random in it: equal outcomes give equal
 * bytes. Strings are exact; characters that a terminal could act on are escaped.
 */
export function renderScanJson(outcome: ScanOutcome): string {
  const document = {
    schemaVersion: SCHEMA_VERSION,
    reference: outcome.reference,
    verdict: toVerdictJson(outcome.verdict),
    reports: outcome.reports.toSorted(compareReports).map(toReportJson),
  };
  const text = JSON.stringify(document, undefined, 2);
  return `${text.replaceAll(UNSAFE_IN_TERMINALS, toEscape)}\n`;
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

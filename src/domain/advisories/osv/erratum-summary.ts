// SPDX-License-Identifier: Apache-2.0
import type { AffectedRange, Severity } from "../advisory.ts";
import { severityOfLabel } from "../severity.ts";

const SEVERITY = /^(Critical|Important|Moderate|Low): /;
const STREAM = /(?:^|[ ,])([a-z0-9][a-z0-9+._-]*:[A-Za-z0-9][A-Za-z0-9+._-]*)(?=[ ,]|$)/gi;
/** Releases of packages that were built in a module: `1.module_el8.5.0+81+…`, `1.module+el8.9.0+…`. */
const MODULAR_RELEASE = /\.module[+_]/;

/**
 * The severity in front of an erratum's summary, `Important: nodejs:18 security update`: AlmaLinux and Rocky Linux write it
 * nowhere else in OSV.
 */
export function severityInSummary(summary: string): Severity | undefined {
  const word = SEVERITY.exec(summary)?.[1];
  return word === undefined ? undefined : severityOfLabel(word);
}

/**
 * The module stream that an erratum is about, if the packages were built in a module and the summary names one stream only.
 * Of two, nobody can tell which package is of which.
 */
export function moduleInSummary(summary: string, ranges: readonly AffectedRange[]): string | undefined {
  if (!ranges.some(({ fixed, lastAffected }) => MODULAR_RELEASE.test(fixed ?? lastAffected ?? ""))) {
    return undefined;
  }
  const streams = new Set([...summary.replace(SEVERITY, "").slice(0, 1_024).matchAll(STREAM)].map((match) => match[1]));
  const [stream] = streams;
  return streams.size === 1 ? stream : undefined;
}

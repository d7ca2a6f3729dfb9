// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "./advisory.ts";

/** Every severity, worst first. `unknown` stands before `negligible`: what nobody has judged may still be bad. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "unknown", "negligible"];

const RANK: Readonly<Record<Severity, number>> = {
  critical: 0,
  high: 1,
  medium: 2,
  low: 3,
  unknown: 4,
  negligible: 5,
};

/** Orders worst first, as `Array.prototype.sort` wants it. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[a] - RANK[b];
}

const LABELS: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ["critical", "critical"],
  ["high", "high"],
  ["important", "high"],
  ["medium", "medium"],
  ["moderate", "medium"],
  ["low", "low"],
  ["minor", "low"],
  ["negligible", "negligible"],
  ["none", "negligible"],
  // Debian's word for bugs without a security impact in Debian (security-tracker documentation, "Severity levels").
  ["unimportant", "negligible"],
]);

/** The severity that a source's word stands for (any case), or `undefined` when it says nothing, as `not yet assigned` does. */
export function severityOfLabel(label: string): Severity | undefined {
  return LABELS.get(label.trim().toLowerCase());
}

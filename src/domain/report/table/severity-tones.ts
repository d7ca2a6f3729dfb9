// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import type { Tone } from "../text/line.ts";

/** How each severity looks. */
export const SEVERITY_TONES: Readonly<Record<Severity, Tone>> = {
  critical: "critical",
  high: "high",
  medium: "medium",
  low: "low",
  negligible: "faint",
  unknown: "medium",
};

/** How the severity looks. */
export function severityTone(severity: Severity): Tone {
  return SEVERITY_TONES[severity];
}

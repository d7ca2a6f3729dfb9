// SPDX-License-Identifier: Apache-2.0
import type { ImageChecks, PolicyDocument } from "#policy";

/** What `--fail-on` takes, worst first. */
export const FAIL_ON_SEVERITIES = ["critical", "high", "medium", "low", "negligible"] as const;

export type FailOnSeverity = (typeof FAIL_ON_SEVERITIES)[number];

type MaxSeverity = NonNullable<NonNullable<ImageChecks["vulnerability"]>["maxSeverity"]>;

/** The worst severity that still passes when everything from the key on is refused. */
const PASSES_UP_TO: Readonly<Record<FailOnSeverity, MaxSeverity>> = {
  critical: "high",
  high: "medium",
  medium: "low",
  low: "negligible",
  negligible: "none",
};

/** Whether the text is a severity for `--fail-on`. */
export function isFailOnSeverity(text: string): text is FailOnSeverity {
  return FAIL_ON_SEVERITIES.some((severity) => severity === text);
}

/** A policy that denies vulnerabilities of the severity and worse, fixed or not, and wants a complete scan. */
export function failOnPolicy(severity: FailOnSeverity): PolicyDocument {
  return {
    kind: "ClusterImagePolicy",
    name: `fail-on-${severity}`,
    repositories: [
      { name: "*", policy: { scan: { required: true }, vulnerability: { maxSeverity: PASSES_UP_TO[severity] } } },
    ],
  };
}

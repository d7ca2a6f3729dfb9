// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import type { Finding, VulnerabilityFinding } from "#findings";
import type { NamedReason } from "./exempt-reasons.ts";
import type { ImageChecks } from "./policy-document.ts";

type VulnerabilityChecks = NonNullable<ImageChecks["vulnerability"]>;

/** Worse is more. */
const SEVERITY_RANK: Readonly<Record<Exclude<Severity, "unknown">, number>> = {
  negligible: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};

/** The reasons that findings give under the vulnerability checks of a policy. */
export function judgeVulnerabilities(
  findings: readonly Finding[],
  checks: VulnerabilityChecks,
): readonly NamedReason[] {
  return findings.flatMap((finding) => {
    const reason = judgeVulnerability(finding, checks);
    return reason === undefined ? [] : [reason];
  });
}

function judgeVulnerability(finding: VulnerabilityFinding, checks: VulnerabilityChecks): NamedReason | undefined {
  if (checks.onlyFixable === true && finding.fixedVersions.length === 0) {
    return undefined;
  }
  const exceeds = exceedsSeverity(finding.severity, checks.maxSeverity ?? "none");
  if (exceeds === false) {
    return undefined;
  }
  const named = { params: paramsOf(finding), aliases: finding.aliases };
  if (finding.state === "undecided") {
    return { code: "VULNERABILITY_UNDECIDED", effect: "undecided", ...named };
  }
  return exceeds === undefined
    ? { code: "SEVERITY_UNKNOWN", effect: "undecided", ...named }
    : { code: "VULNERABILITY", effect: "deny", ...named };
}

/** Whether the severity is worse than the worst that passes; `undefined` when nobody can tell. */
function exceedsSeverity(
  severity: Severity,
  max: NonNullable<VulnerabilityChecks["maxSeverity"]>,
): boolean | undefined {
  if (max === "none") {
    return true;
  }
  if (severity === "unknown") {
    // Whatever it is, it is not worse than critical.
    return max === "critical" ? false : undefined;
  }
  return SEVERITY_RANK[severity] > SEVERITY_RANK[max];
}

function paramsOf(finding: VulnerabilityFinding): NamedReason["params"] {
  return {
    id: finding.id,
    severity: finding.severity,
    package: finding.package.name,
    version: finding.package.version,
    fixed: finding.fixedVersions.join(", "),
  };
}

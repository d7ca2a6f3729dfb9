// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import { parseDurationMs } from "#base";
import type { ScanReport, VulnerabilityFinding } from "#findings";
import type { NamedReason } from "./exempt-reasons.ts";
import type { PlatformJudgement } from "./platform-judgement.ts";
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

/**
 * The reasons that findings give under the vulnerability checks of a policy. What is singled out (known to be exploited, likely to be)
 * is refused whatever severity, fix or grace say; the end of a grace is the first time at which the judgement may change.
 */
export function judgeVulnerabilities(
  report: Pick<ScanReport, "findings" | "database">,
  checks: VulnerabilityChecks,
  now: Date,
): PlatformJudgement {
  const graceMs = checks.grace === undefined ? undefined : (parseDurationMs(checks.grace) ?? 0);
  const judged = report.findings.map((finding) => judgeVulnerability(finding, checks, { graceMs, now }));
  const ends = judged.flatMap((each) => each?.validUntilMs ?? []);
  const reasons = [...unknownExploitation(report, checks), ...judged.flatMap((each) => each?.reason ?? [])];
  // not `Math.min(...ends)`: the arguments of a call have to fit on the stack
  return ends.length === 0 ? { reasons } : { reasons, validUntilMs: ends.reduce((first, end) => Math.min(first, end)) };
}

interface Judged {
  readonly reason: NamedReason;
  readonly validUntilMs?: number;
}

function judgeVulnerability(
  finding: VulnerabilityFinding,
  checks: VulnerabilityChecks,
  { graceMs, now }: { readonly graceMs: number | undefined; readonly now: Date },
): Judged | undefined {
  const named = { params: paramsOf(finding), aliases: finding.aliases };
  const single = singledOut(finding, checks);
  if (single !== undefined) {
    return {
      reason:
        finding.state === "undecided"
          ? { code: "VULNERABILITY_UNDECIDED", effect: "undecided", ...named }
          : { code: "VULNERABILITY", effect: "deny", ...named, params: { ...named.params, ...single } },
    };
  }
  const hasFix = finding.fixedVersions.length > 0;
  if (checks.onlyFixable === true && !hasFix) {
    return undefined;
  }
  const exceeds = exceedsSeverity(finding.severity, checks.maxSeverity ?? "none");
  if (exceeds === false) {
    return undefined;
  }
  // a fix that does not exist cannot be late
  const graceEndMs = graceMs === undefined || !hasFix ? undefined : publishedMs(finding, now) + graceMs;
  if (graceEndMs !== undefined && now.getTime() < graceEndMs) {
    const params = { ...named.params, graceUntil: new Date(graceEndMs).toISOString() };
    return { reason: { code: "VULNERABILITY", effect: "warn", ...named, params }, validUntilMs: graceEndMs };
  }
  if (finding.state === "undecided") {
    return { reason: { code: "VULNERABILITY_UNDECIDED", effect: "undecided", ...named } };
  }
  if (exceeds === undefined) {
    return { reason: { code: "SEVERITY_UNKNOWN", effect: "undecided", ...named } };
  }
  const isLate = graceEndMs === undefined || !Number.isNaN(graceEndMs);
  return {
    reason: isLate
      ? { code: "VULNERABILITY", effect: "deny", ...named }
      : { code: "FIX_DATE_UNKNOWN", effect: "undecided", ...named },
  };
}

/** Not a number where nobody says when, or says a time that is still to come: it would be a grace without end. */
function publishedMs({ fixPublished = "" }: VulnerabilityFinding, now: Date): number {
  const published = Date.parse(fixPublished);
  return published > now.getTime() ? Number.NaN : published;
}

/** Why a vulnerability is refused whatever else is accepted. */
function singledOut(
  { exploitation, fixedVersions }: VulnerabilityFinding,
  { denyKnownExploited, epssAbove }: VulnerabilityChecks,
): Record<string, string | number> | undefined {
  const hasFix = fixedVersions.length > 0 ? "yes" : "no";
  if (denyKnownExploited === true && exploitation?.knownExploited !== undefined) {
    return { rule: "knownExploited", added: exploitation.knownExploited.added, hasFix };
  }
  const score = exploitation?.epss?.score ?? 0;
  return epssAbove !== undefined && score > epssAbove ? { rule: "epss", score, epssAbove, hasFix } : undefined;
}

/** A database without the catalogue says nothing about attacks: that is not the same as none. */
function unknownExploitation(
  { findings, database }: Pick<ScanReport, "findings" | "database">,
  { denyKnownExploited, epssAbove }: VulnerabilityChecks,
): readonly NamedReason[] {
  if (findings.length === 0 || (denyKnownExploited !== true && epssAbove === undefined)) {
    return [];
  }
  const known = database.exploitation ?? [];
  const missing = [
    ...(denyKnownExploited === true && !known.includes("kev") ? ["KEV"] : []),
    ...(epssAbove !== undefined && !known.includes("epss") ? ["EPSS"] : []),
  ];
  return missing.map((source) => ({ code: "EXPLOITATION_UNKNOWN", effect: "undecided", params: { source } }));
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

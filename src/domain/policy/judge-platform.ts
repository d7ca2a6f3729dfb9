// SPDX-License-Identifier: Apache-2.0
import { assertNever, parseDurationMs } from "#base";
import type { CoverageGap, ScanReport } from "#findings";
import type { NamedReason } from "./exempt-reasons.ts";
import type { PlatformFacts, ScanFacts } from "./image-facts.ts";
import { judgeObservations, needsObservations } from "./judge-observations.ts";
import { judgePackages } from "./judge-packages.ts";
import { judgeSupport } from "./judge-support.ts";
import { judgeVulnerabilities } from "./judge-vulnerabilities.ts";
import type { PlatformJudgement } from "./platform-judgement.ts";
import type { ImageChecks } from "./policy-document.ts";
import type { Reason } from "./verdict.ts";

const NOTHING: PlatformJudgement = { reasons: [] };

/** Whether the checks ask anything about the scan. */
export function needsScan(checks: ImageChecks | undefined): boolean {
  return checks !== undefined && (needsReport(checks) || checks.scan?.maxAge !== undefined);
}

/** Whether there must be a complete scan. */
function needsReport({ scan, vulnerability, configuration }: ImageChecks): boolean {
  return (
    scan?.required === true ||
    vulnerability !== undefined ||
    configuration?.packages !== undefined ||
    configuration?.endOfLife !== undefined ||
    needsObservations(configuration)
  );
}

/** Judges one image for one platform by the checks of the winning entry. */
export function judgePlatform(facts: PlatformFacts, checks: ImageChecks, now: Date): PlatformJudgement {
  if (!needsScan(checks)) {
    return { reasons: [] };
  }
  const { scan } = facts;
  if (scan.state === "done") {
    return judgeReport(scan, checks, now);
  }
  return { reasons: needsReport(checks) ? [withoutReport(scan, checks)] : [] };
}

function withoutReport(scan: Exclude<ScanFacts, { readonly state: "done" }>, checks: ImageChecks): Reason {
  switch (scan.state) {
    case "missing":
      return { code: "SCAN_MISSING", effect: "undecided", params: scan.isRemote === true ? { origin: "remote" } : {} };
    case "pending":
      return { code: "SCAN_PENDING", effect: "undecided", params: {} };
    case "failed":
      return { code: "SCAN_FAILED", effect: "undecided", params: { message: scan.message } };
    case "unsupported":
      return {
        code: "ARTIFACT_UNSUPPORTED",
        effect: effectOfUnsupported(checks),
        params: { mediaType: scan.mediaType },
      };
    default:
      return assertNever(scan);
  }
}

function judgeReport(
  scan: Extract<ScanFacts, { readonly state: "done" }>,
  checks: ImageChecks,
  now: Date,
): PlatformJudgement {
  const { scan: scanChecks, vulnerability, configuration } = checks;
  const age = judgeAge(scan.scannedAt, scanChecks?.maxAge, now);
  // Not `push(...)`: the arguments of a call have to fit on the stack, and an image may have any number of findings.
  const vulnerabilities: PlatformJudgement =
    vulnerability === undefined ? NOTHING : judgeVulnerabilities(scan.report, vulnerability, now);
  const support: PlatformJudgement =
    configuration?.endOfLife === undefined ? NOTHING : judgeSupport(scan.report, configuration.endOfLife, now);
  const reasons: readonly NamedReason[] = [
    ...age.reasons,
    ...(needsReport(checks) ? judgeCompleteness(scan.report, checks) : []),
    ...support.reasons,
    ...judgePackages(scan.report.inventory.packages, configuration?.packages?.deny ?? []),
    ...judgeObservations(scan.report, configuration),
    ...vulnerabilities.reasons,
  ];
  const ends = [age, vulnerabilities, support].flatMap(({ validUntilMs }) => validUntilMs ?? []);
  return ends.length === 0 ? { reasons } : { reasons, validUntilMs: Math.min(...ends) };
}

/** A date or duration that cannot be read counts as too old: policies are checked when they are loaded, so this is a last line. */
function judgeAge(scannedAt: string, maxAge: string | undefined, now: Date): PlatformJudgement {
  if (maxAge === undefined) {
    return { reasons: [] };
  }
  const expiresMs = Date.parse(scannedAt) + (parseDurationMs(maxAge) ?? Number.NaN);
  return now.getTime() < expiresMs
    ? { reasons: [], validUntilMs: expiresMs }
    : { reasons: [{ code: "SCAN_TOO_OLD", effect: "deny", params: { scannedAt, maxAge } }] };
}

function judgeCompleteness(report: ScanReport, checks: ImageChecks): readonly Reason[] {
  const { status, problems } = report.inventory;
  const reasons: Reason[] = report.coverageGaps
    .filter((gap) => mattersTo(gap, checks))
    .filter((gap) => gap.code !== "ADVISORIES_MISSING" || wereAdvisoriesAsked(report))
    .map((gap) => reasonOfGap(gap, effectOfUnsupported(checks)));
  if (!wereAdvisoriesAsked(report) && (checks.scan?.required === true || checks.vulnerability !== undefined)) {
    // not what `unsupported` lets pass: the image could have been judged
    reasons.push({ code: "NOT_LOOKED_FOR", effect: "undecided", params: { check: "vulnerabilities" } });
  }
  const first = problems[0];
  const message =
    first === undefined ? "" : first.path === undefined ? first.message : `${first.path}: ${first.message}`;
  if (status === "failed") {
    reasons.push({ code: "SCAN_FAILED", effect: "undecided", params: { message } });
  } else if (status === "partial") {
    reasons.push({ code: "SCAN_PARTIAL", effect: "undecided", params: { problems: problems.length, message } });
  }
  return reasons;
}

/** Whether the report was made with looking for vulnerabilities. */
function wereAdvisoriesAsked({ database }: ScanReport): boolean {
  return database.isNotAsked !== true;
}

/** Which packages there are is known without advisories, and which secrets without packages. */
function mattersTo({ code }: CoverageGap, { scan, vulnerability, configuration }: ImageChecks): boolean {
  if (scan?.required === true || vulnerability !== undefined) {
    return true;
  }
  return configuration?.packages === undefined
    ? configuration?.endOfLife !== undefined && code === "DISTRIBUTION_UNKNOWN"
    : code !== "ADVISORIES_MISSING";
}

function reasonOfGap(gap: CoverageGap, effect: Reason["effect"]): Reason {
  switch (gap.code) {
    case "DISTRIBUTION_UNKNOWN":
      return { code: gap.code, effect, params: {} };
    case "DISTRIBUTION_UNSUPPORTED":
      return gap.packageType === undefined
        ? { code: gap.code, effect, params: { distribution: gap.distribution } }
        : { code: gap.code, effect, params: { distribution: gap.distribution, packageType: gap.packageType } };
    case "ADVISORIES_MISSING":
      return { code: gap.code, effect, params: { ecosystem: gap.ecosystem } };
    case "PACKAGES_MISSING":
      return { code: gap.code, effect, params: { distribution: gap.distribution } };
    default:
      return assertNever(gap);
  }
}

function effectOfUnsupported(checks: ImageChecks): Reason["effect"] {
  const { unsupported } = checks.scan ?? {};
  return unsupported === "allow" ? "warn" : (unsupported ?? "undecided");
}

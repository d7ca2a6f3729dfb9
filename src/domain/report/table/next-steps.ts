// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { MessageId, Translate } from "#messages";
import type { Reason, ReasonCode, WorkloadReasonCode } from "#policy";
import type { ScanOutcome } from "../scan-outcome.ts";
import { type Line, lineOf } from "../text/line.ts";

/** Names that fit a sentence; the findings above list all. */
const MAX_NAMES = 10;

/** What to do about each reason, apart from vulnerabilities, whose step depends on the package. */
const STEPS: Readonly<Record<Exclude<ReasonCode, WorkloadReasonCode>, MessageId | undefined>> = {
  VULNERABILITY: undefined,
  VULNERABILITY_UNDECIDED: "scan.next.undecided",
  SEVERITY_UNKNOWN: "scan.next.severity",
  SCAN_FAILED: "scan.next.problems",
  SCAN_PARTIAL: "scan.next.problems",
  SCAN_MISSING: "scan.next.scan",
  SCAN_PENDING: "scan.next.scan",
  SCAN_TOO_OLD: "scan.next.scan",
  DISTRIBUTION_UNKNOWN: "scan.next.distribution",
  DISTRIBUTION_UNSUPPORTED: "scan.next.unsupported",
  ADVISORIES_MISSING: "scan.next.advisories",
  PACKAGES_MISSING: "scan.next.packages",
  NO_POLICY: "scan.next.policy",
  NO_MATCHING_REPOSITORY: "scan.next.policy",
  ARTIFACT_UNSUPPORTED: "scan.next.artifact",
  IMAGE_UNKNOWN: "scan.next.scan",
  LOOKUP_FAILED: "scan.next.again",
  // Said by the reason itself; a scan of the command line does not come to them.
  IMAGE_NOT_FOUND: undefined,
  REGISTRY_UNAVAILABLE: "scan.next.again",
  REGISTRY_REFUSED: undefined,
  IMAGE_INVALID: undefined,
  REFERENCE_INVALID: "scan.next.reference",
  DIGEST_REQUIRED: "scan.next.reference",
  // The reason says what to do by the kind of signature; here stands the command.
  SIGNATURE_INVALID: "scan.next.verify",
  SIGNATURE_MISSING: "scan.next.sign",
  SIGNATURE_UNDECIDED: "scan.next.verify",
  SIGNATURE_REJECTED: "scan.next.policy",
  TRUST_NOT_SUPPORTED: "scan.next.verify",
  ATTESTATION_INVALID: "scan.next.verify",
  ATTESTATION_MISSING: "scan.next.attest",
  ATTESTATION_UNDECIDED: "scan.next.verify",
  SECRET_MISSING: undefined,
  // Said by the reason itself.
  POLICY_INVALID: undefined,
  IMAGE_TOO_OLD: undefined,
  IMAGE_AGE_UNKNOWN: undefined,
  TAG_NOT_ALLOWED: undefined,
  DIGEST_MISSING: undefined,
  ROOT_USER: undefined,
  CONFIG_UNKNOWN: undefined,
  PACKAGE_DENIED: undefined,
  SECRET_FOUND: undefined,
  SETUID_FILE: undefined,
  MALWARE_FOUND: undefined,
  NOT_LOOKED_FOR: undefined,
  END_OF_LIFE: undefined,
  END_OF_LIFE_UNKNOWN: undefined,
  FIX_DATE_UNKNOWN: undefined,
  EXPLOITATION_UNKNOWN: undefined,
  // Both come with the reasons that they stand for.
  NO_PLATFORM_ALLOWED: undefined,
  MORE_REASONS: undefined,
};

/** What the reader can do now, under a heading. */
export function nextStepLines(outcome: ScanOutcome, translate: Translate): readonly Line[] {
  const sentences = nextStepSentences(outcome, translate);
  return sentences.length === 0
    ? []
    : [lineOf(translate("scan.next.heading"), "strong"), ...sentences.map((sentence) => lineOf(`  - ${sentence}`))];
}

/** What the reader can do now: one sentence for each kind of reason, each kind once. */
export function nextStepSentences(outcome: ScanOutcome, translate: Translate): readonly string[] {
  const { verdict } = outcome;
  if (verdict === undefined) {
    return [];
  }
  const blocking = verdict.reasons.filter((reason) => reason.effect === "deny" || reason.effect === "undecided");
  const sentences = [
    ...vulnerabilitySteps(blocking, outcome, translate),
    ...new Set(
      blocking
        .map(({ code }) => (STEPS as Readonly<Partial<Record<ReasonCode, MessageId>>>)[code])
        .filter((id) => id !== undefined),
    ),
  ].map((step) => (typeof step === "string" ? translate(step, { image: outcome.reference }) : step.text));
  if (sentences.length === 0 && verdict.outcome === "allow") {
    sentences.push(translate("scan.next.nothing"));
  }
  return sentences;
}

function vulnerabilitySteps(
  reasons: readonly Reason[],
  { reports }: ScanOutcome,
  translate: Translate,
): readonly { readonly text: string }[] {
  const vulnerable = reasons.filter((reason) => reason.code === "VULNERABILITY");
  const npmNames = new Set(
    reports.flatMap(({ findings }) =>
      findings.filter((each) => each.package.type === "npm").map((each) => each.package.name),
    ),
  );
  const fixable = packageNames(vulnerable.filter((reason) => reason.params["fixed"] !== ""));
  const unfixable = packageNames(vulnerable.filter((reason) => reason.params["fixed"] === ""));
  const steps: readonly (readonly [MessageId, readonly string[]])[] = [
    ["scan.next.upgradeSystem", fixable.filter((name) => !npmNames.has(name))],
    ["scan.next.upgradeNpm", fixable.filter((name) => npmNames.has(name))],
    ["scan.next.noFix", unfixable],
  ];
  return steps
    .filter(([, names]) => names.length > 0)
    .map(([id, names]) => ({ text: translate(id, { packages: listOf(names) }) }));
}

function packageNames(reasons: readonly Reason[]): readonly string[] {
  return [...new Set(reasons.map((reason) => String(reason.params["package"] ?? "")))].toSorted(compareText);
}

function listOf(names: readonly string[]): string {
  return names.length > MAX_NAMES ? `${names.slice(0, MAX_NAMES).join(", ")}, …` : names.join(", ");
}

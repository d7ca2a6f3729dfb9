// SPDX-License-Identifier: Apache-2.0
import { isMessageId, type Translate } from "#messages";
import { type Reason, renderReason, type TrustSummary, type Verdict } from "#policy";
import type { SignatureState } from "#signatures";
import { type Line, lineOf, type Tone } from "../text/line.ts";

/** Every vulnerability may be a reason, and the table above lists them already: they must not push other reasons out. */
const MAX_REASONS_OF_A_CODE = 10;

const TONES: Readonly<Record<Verdict["outcome"], Tone>> = { allow: "good", deny: "critical", undecided: "medium" };

/** Signers that are named; the JSON report has all. */
const MAX_SIGNERS = 5;

/** A bad signature is louder than none: somebody wants the image to look signed. */
const TRUST_TONES: Readonly<Record<SignatureState, Tone>> = {
  bad: "critical",
  none: "high",
  unknown: "medium",
  verified: "good",
};

/** The verdict, the policy that decided, and the reasons, worst first; what the signatures come to, and who signed. */
export function verdictLines(verdict: Verdict, translate: Translate): readonly Line[] {
  const shown = shownReasons(verdict.reasons);
  const left = verdict.reasons.length - shown.length;
  return [
    lineOf(translate(`scan.verdict.${verdict.outcome}`), TONES[verdict.outcome]),
    ...shown.map((reason) => lineOf(`  - ${reasonText(reason, translate)}`)),
    ...(left > 0 ? [lineOf(`  ${translate("scan.reasons.more", { count: left })}`, "faint")] : []),
    ...(verdict.trust === undefined ? [] : trustLines(verdict.trust, translate)),
    ...policyLines(verdict, translate),
  ];
}

function trustLines({ state, signers }: TrustSummary, translate: Translate): readonly Line[] {
  const left = signers.length - MAX_SIGNERS;
  return [
    lineOf(`  ${translate(`scan.trust.${state}`)}`, TRUST_TONES[state]),
    ...signers.slice(0, MAX_SIGNERS).map(({ kind, identity, issuer, predicateType }) => {
      const by = issuer === undefined ? identity : `${identity} (${issuer})`;
      return lineOf(`    ✓ ${kind}  ${by}${predicateType === undefined ? "" : `  ${predicateType}`}`);
    }),
    ...(left > 0 ? [lineOf(`    ${translate("scan.trust.more", { count: left })}`, "faint")] : []),
  ];
}

function shownReasons(reasons: readonly Reason[]): readonly Reason[] {
  const counts = new Map<string, number>();
  return reasons.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= MAX_REASONS_OF_A_CODE;
  });
}

/** A reason with its effect; shared by every format for people. */
export function reasonText(reason: Reason, translate: Translate): string {
  const effect = translate(`scan.effect.${reason.effect}`);
  // A verdict that a newer program stored may have a code without a message here: the code says more than nothing.
  const text = isMessageId(`reason.${reason.code}`) ? renderReason(reason, translate) : reason.code;
  return `[${effect}] ${text}`;
}

function policyLines(verdict: Verdict, translate: Translate): readonly Line[] {
  const { policy, mode } = verdict;
  if (policy === undefined) {
    return [];
  }
  const name = policy.namespace === undefined ? policy.name : `${policy.namespace}/${policy.name}`;
  const decided = translate("scan.verdict.policy", { kind: policy.kind, name, repository: policy.repository });
  return [
    lineOf(`  ${decided}`, "faint"),
    ...(verdict.mandatory ?? []).map(({ kind, name: mandatory, repository }) =>
      lineOf(`  ${translate("policy.mandatory", { kind, name: mandatory, repository })}`, "faint"),
    ),
    ...(mode === "enforce" ? [] : [lineOf(`  ${translate(`scan.verdict.mode.${mode}`)}`, "medium")]),
  ];
}

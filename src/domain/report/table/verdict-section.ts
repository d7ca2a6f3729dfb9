// SPDX-License-Identifier: Apache-2.0
import { isMessageId, type Translate } from "#messages";
import { type Reason, renderReason, type Verdict } from "#policy";
import { type Line, lineOf, type Tone } from "../text/line.ts";

/** Every vulnerability may be a reason, and the table above lists them already: they must not push other reasons out. */
const MAX_REASONS_OF_A_CODE = 10;

const TONES: Readonly<Record<Verdict["outcome"], Tone>> = { allow: "good", deny: "critical", undecided: "medium" };

/** The verdict, the policy that decided, and the reasons, worst first. */
export function verdictLines(verdict: Verdict, translate: Translate): readonly Line[] {
  const shown = shownReasons(verdict.reasons);
  const left = verdict.reasons.length - shown.length;
  return [
    lineOf(translate(`scan.verdict.${verdict.outcome}`), TONES[verdict.outcome]),
    ...shown.map((reason) => lineOf(`  - ${reasonText(reason, translate)}`)),
    ...(left > 0 ? [lineOf(`  ${translate("scan.reasons.more", { count: left })}`, "faint")] : []),
    ...policyLines(verdict, translate),
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

function reasonText(reason: Reason, translate: Translate): string {
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

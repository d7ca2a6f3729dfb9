// SPDX-License-Identifier: Apache-2.0
import { createTranslate, isMessageId, type Language } from "#messages";
import type { Reason, Verdict } from "#policy";
import type { ReasonBody, VerdictBody } from "../schemas/verdict.ts";

/** The verdict with a sentence for each reason. Adds nothing and drops nothing: the judge alone decides. */
export function toVerdictBody(verdict: Verdict, language: Language): VerdictBody {
  return {
    outcome: verdict.outcome,
    mode: verdict.mode,
    reasons: toReasonBodies(verdict.reasons, language),
    ...(verdict.policy === undefined ? {} : { policy: verdict.policy }),
  };
}

/** The reasons with their sentences; one whose code has no message shows the code, never nothing. */
export function toReasonBodies(reasons: readonly Reason[], language: Language): readonly ReasonBody[] {
  const translate = createTranslate(language);
  return reasons.map((reason) => {
    const id = `reason.${reason.code}`;
    return {
      code: reason.code,
      effect: reason.effect,
      ...(reason.platform === undefined ? {} : { platform: reason.platform }),
      text: isMessageId(id) ? translate(id, reason.params) : reason.code,
    };
  });
}

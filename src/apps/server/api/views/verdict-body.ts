// SPDX-License-Identifier: Apache-2.0
import { createTranslate, type Language } from "#messages";
import { type Reason, renderReason, type Verdict } from "#policy";
import type { ReasonBody, VerdictBody } from "../schemas/verdict.ts";

/** The verdict with a sentence for each reason, and the document that decided. The judge alone decides. */
export function toVerdictBody(
  verdict: Pick<Verdict, "outcome" | "mode" | "reasons" | "policy" | "decidedBy">,
  language: Language,
): VerdictBody {
  const policy = verdict.decidedBy ?? verdict.policy;
  return {
    outcome: verdict.outcome,
    mode: verdict.mode,
    reasons: toReasonBodies(verdict.reasons, language),
    ...(policy === undefined ? {} : { policy }),
  };
}

/** The reasons with their sentences; the platform stays a field of its own, so that it can be shown as a label. */
export function toReasonBodies(reasons: readonly Reason[], language: Language): readonly ReasonBody[] {
  const translate = createTranslate(language);
  return reasons.map((reason) => {
    const { platform, ...withoutPlatform } = reason;
    return {
      code: reason.code,
      effect: reason.effect,
      ...(platform === undefined ? {} : { platform }),
      text: renderReason(withoutPlatform, translate),
    };
  });
}

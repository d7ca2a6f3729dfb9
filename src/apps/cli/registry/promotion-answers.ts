// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import { type RegistryJobAnswer, registryJobAnswer } from "./registry-job-answer.ts";

/** What the server says of a promotion rule; fields of a later server are passed over. */
export interface PromotionRuleAnswer {
  readonly name: string;
  readonly rule: {
    readonly from: string;
    readonly to: string;
    readonly tags?: readonly string[] | undefined;
    readonly needsApproval: boolean;
  };
  readonly updatedBy: string;
}

export const promotionRulesAnswer: z.ZodType<{ readonly rules: readonly PromotionRuleAnswer[] }> = z.object({
  rules: z.array(
    z.object({
      name: z.string(),
      rule: z.object({
        from: z.string(),
        to: z.string(),
        tags: z.array(z.string()).optional(),
        needsApproval: z.boolean(),
      }),
      updatedBy: z.string(),
    }),
  ),
});

export const promotionsAnswer: z.ZodType<{ readonly jobs: readonly RegistryJobAnswer[] }> = z.object({
  jobs: z.array(registryJobAnswer),
});

/** A table of rules. */
export function renderPromotionRules(rules: readonly PromotionRuleAnswer[], translate: Translate): string {
  if (rules.length === 0) {
    return `${translate("registryTransfer.promotion.noRules")}\n`;
  }
  return renderRows([
    [
      translate("registryTransfer.column.rule"),
      translate("registryTransfer.column.from"),
      translate("registryTransfer.column.to"),
      translate("registryTransfer.column.approval"),
      translate("registryTransfer.column.tags"),
    ],
    ...rules.map(({ name, rule }) => [
      name,
      rule.from,
      rule.to,
      translate(rule.needsApproval ? "registryTransfer.promotion.approval" : "registryTransfer.promotion.noApproval"),
      (rule.tags ?? ["*"]).join(" "),
    ]),
  ]);
}

// SPDX-License-Identifier: Apache-2.0
import { createTranslate, type Language } from "#messages";
import { type Reason, renderReason, type Verdict } from "#policy";
import type { ServerContext } from "../../context.ts";
import type { PromotionParameters } from "./promotion-parameters.ts";

/** Signatures may have to be asked for. */
const PATIENCE_MS = 30_000;
const MAX_REASONS = 10;

export interface PromotionVerdict {
  readonly outcome: Verdict["outcome"];
  /** For the job, which people of both languages look at. */
  readonly reasons: Readonly<Record<Language, string>>;
  /** It is only the scan that is missing. */
  readonly isPending: boolean;
}

/**
 * Whether the image may be used where it is, and under the name that it is to get. Stricter than a pull: every child of an
 * index has to be allowed, since all of them are copied, and what a policy only warns about counts.
 */
export async function judgePromotion(
  context: Pick<ServerContext, "judge" | "configuration">,
  image: PromotionParameters,
): Promise<PromotionVerdict> {
  const registry = context.configuration.registry.names[0] ?? "";
  const reasons: { readonly name: string; readonly reason: Reason }[] = [];
  let outcome: Verdict["outcome"] = "allow";
  let isPending = false;
  const names = [`${registry}/${image.from}`, `${image.registry ?? registry}/${image.to}`];
  for (const name of names) {
    const { verdict } = await context.judge.judge({
      reference: `${name}:${image.tag}`,
      // the content lies where it comes from
      repository: image.from,
      digest: image.digest,
      indexRule: "every-child",
      timeoutMs: PATIENCE_MS,
    });
    if (verdict.outcome !== "allow") {
      outcome = outcome === "deny" ? "deny" : verdict.outcome;
      isPending ||= verdict.reasons.some(({ code }) => code === "SCAN_PENDING" || code === "SCAN_MISSING");
      reasons.push(...verdict.reasons.map((reason) => ({ name, reason })));
    }
  }
  function render(language: Language): string {
    const translate = createTranslate(language);
    const shown = reasons.slice(0, MAX_REASONS);
    return shown.map(({ name, reason }) => `${name}: ${renderReason(reason, translate)}`).join("; ");
  }
  return {
    outcome,
    reasons: { en: render("en"), ko: render("ko") },
    isPending: isPending && outcome === "undecided",
  };
}

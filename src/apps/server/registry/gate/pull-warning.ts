// SPDX-License-Identifier: Apache-2.0
import { createTranslate } from "#messages";
import { renderReason, type Verdict } from "#policy";

const MAX_REASONS = 3;
/** The header takes ASCII only. */
const translate = createTranslate("en");

/**
 * What a client may show its user about an image that it gets although it would be refused under `enforce` (distribution-spec, "Warnings").
 * `undefined`: nothing; whoever set `audit` wants nobody to notice.
 */
export function pullWarning({ outcome, mode, reasons }: Verdict): string | undefined {
  if (outcome === "allow" || mode === "audit") {
    return undefined;
  }
  const texts = reasons.slice(0, MAX_REASONS).map((reason) => renderReason(reason, translate));
  return translate("registry.letGoWithWarning", { reasons: texts.join(" ") });
}

// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import type { RenderedFinding } from "./lint-loaded.ts";

/** One finding after the other: where, then what. */
export function renderLintTable(
  findings: readonly RenderedFinding[],
  totals: { readonly problems: number; readonly doubts: number; readonly objects: number; readonly source: string },
  translate: Translate,
): string {
  const { problems, doubts, objects, source } = totals;
  if (findings.length === 0) {
    return `${translate("policyTools.lint.clean", { source, objects })}\n`;
  }
  const lines = findings.map(({ level, code, origin, line, object, path, message }) => {
    const place = line === undefined ? origin : `${origin}:${line}`;
    const where = [place, object, path].filter((part) => part !== undefined && part !== "").join("  ");
    return `${translate(`policyTools.lint.level.${level}`)}  ${where}  [${code}]\n  ${message}\n`;
  });
  return `${lines.join("")}\n${translate("policyTools.lint.total", { problems, doubts })}\n`;
}

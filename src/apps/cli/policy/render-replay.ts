// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { ReplayAnswer } from "./replay-answer.ts";

const CHANGES = ["newly-denied", "newly-undecided", "newly-allowed", "other-reasons", "same"] as const;
const MAX_REASONS = 5;

/** Counts, then each image that would be judged otherwise, with its owners and the reasons. */
export function renderReplayTable(replay: ReplayAnswer, translate: Translate): string {
  const { judged: images, running, admitted, limit, isCut, counts, changes } = replay;
  const since = replay.since.slice(0, 10);
  const sections = [
    `${translate("policyTools.replay.judged", { images, running, admitted, since })}\n`,
    isCut ? `${translate("policyTools.replay.cut", { limit })}\n` : "",
    renderRows(
      CHANGES.map((change) => [String(counts[change]), translate(`policyTools.replay.count.${change}`)]),
      "  ",
    ),
    ...CHANGES.flatMap((change) => {
      const found = changes.filter((each) => each.change === change);
      return found.length === 0
        ? []
        : [
            `\n${translate(`policyTools.replay.count.${change}`)}:\n`,
            ...found.map((each) => renderImage(each, translate)),
          ];
    }),
  ];
  return sections.join("");
}

function renderImage(
  { reference, namespace, before, after, owners, ownerCount }: ReplayAnswer["changes"][number],
  translate: Translate,
): string {
  const names = owners.map(({ kind, name }) => `${kind || "?"} ${namespace}/${name || "?"}`).join(", ");
  const more = ownerCount - owners.length;
  const said = more > 0 ? translate("policyTools.replay.moreOwners", { owners: names, count: more }) : names;
  const told = after.outcome === "allow" ? before : after;
  const lines = [
    `  ${reference} (${namespace}): ${before.outcome} → ${after.outcome}`,
    `      ${translate("policyTools.replay.owners", { owners: said })}`,
    ...told.reasons.slice(0, MAX_REASONS).map(({ text }) => `      - ${text}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

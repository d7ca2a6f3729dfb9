// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { RunningListAnswer } from "./running-answers.ts";

/** A table of what the cluster runs, and how much of it there is. */
export function renderRunning({ total, isWatched, images }: RunningListAnswer, translate: Translate): string {
  if (!isWatched) {
    return `${translate("registryRunning.unwatched")}\n`;
  }
  if (images.length === 0) {
    return `${translate("registryRunning.none")}\n`;
  }
  const table = renderRows([
    [
      translate("registryRunning.column.namespace"),
      translate("registryRunning.column.workload"),
      translate("registryRunning.column.pods"),
      translate("registryRunning.column.from"),
      translate("registryRunning.column.verdict"),
      translate("registryRunning.column.image"),
    ],
    ...images.map(({ namespace, owner, podCount, from, verdict, reference }) => [
      namespace,
      `${owner.kind}/${owner.name}`,
      String(podCount),
      from,
      verdict?.outcome ?? "",
      reference,
    ]),
  ]);
  return total > images.length
    ? `${table}${translate("registryRunning.more", { count: total - images.length })}\n`
    : table;
}

// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { ScanListAnswer } from "./scan-answers.ts";

/** A table of scans, the newest first. */
export function renderScans({ scans }: ScanListAnswer, translate: Translate): string {
  if (scans.length === 0) {
    return `${translate("registryScans.none")}\n`;
  }
  return renderRows([
    [
      translate("registryScans.column.id"),
      translate("registryScans.column.image"),
      translate("registryScans.column.state"),
      translate("registryScans.column.progress"),
      translate("registryScans.column.requested"),
      translate("registryScans.column.message"),
    ],
    ...scans.map(({ id, names, digest, state, doneBytes, totalBytes, requestedAt, message = "" }) => [
      String(id),
      names[0] ?? digest,
      state,
      totalBytes === 0 ? "" : `${Math.floor((100 * doneBytes) / totalBytes)} %`,
      requestedAt,
      message,
    ]),
  ]);
}

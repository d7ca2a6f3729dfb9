// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { ScannerListAnswer } from "./scanner-answers.ts";

/** A table of scanners of others. */
export function renderScanners({ scanners }: ScannerListAnswer, translate: Translate): string {
  if (scanners.length === 0) {
    return `${translate("registryScanners.none")}\n`;
  }
  return renderRows([
    [
      translate("registryScanners.column.name"),
      translate("registryScanners.column.state"),
      translate("registryScanners.column.prefix"),
      translate("registryScanners.column.counts"),
      translate("registryScanners.column.credentials"),
      translate("registryScanners.column.url"),
    ],
    ...scanners.map(({ name, scanner: { isEnabled, prefix = "", counts = false, url }, hasCredentials }) => [
      name,
      translate(isEnabled ? "registryScanners.on" : "registryScanners.off"),
      prefix === "" ? translate("registryScanners.all") : prefix,
      translate(counts ? "registryScanners.counts" : "registryScanners.shown"),
      translate(hasCredentials ? "registryScanners.kept" : "registryScanners.noCredentials"),
      url,
    ]),
  ]);
}

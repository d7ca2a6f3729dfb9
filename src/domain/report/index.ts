// SPDX-License-Identifier: Apache-2.0
export { renderScanJson } from "./json/render-scan-json.ts";
export type { ScanOutcome } from "./scan-outcome.ts";
export { renderScanTable, type TableOptions } from "./table/render-scan-table.ts";

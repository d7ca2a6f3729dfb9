// SPDX-License-Identifier: Apache-2.0
export { renderScanJson, SCAN_JSON_SCHEMA_VERSION } from "./json/render-scan-json.ts";
export type { ScanOutcome } from "./scan-outcome.ts";
export { renderScanTable, type TableOptions } from "./table/render-scan-table.ts";
export { displayWidth } from "./text/display-width.ts";
export { visibleText } from "./text/visible-text.ts";

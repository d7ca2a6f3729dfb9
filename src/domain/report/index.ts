// SPDX-License-Identifier: Apache-2.0
export { renderCycloneDx, toCycloneDx } from "./cyclonedx/render-cyclonedx.ts";
export { type ExplainedOutcome, renderExplanation } from "./explanation/render-explanation.ts";
export { observationAdvice, observationTitle } from "./finding-text.ts";
export { renderHtml } from "./html/render-html.ts";
export { escapeJson } from "./json/json-text.ts";
export { loadScanJsonSchema } from "./json/load-scan-json-schema.ts";
export { renderScanJson } from "./json/render-scan-json.ts";
export { toReportJson } from "./json/report-json.ts";
export { renderJunit } from "./junit/render-junit.ts";
export { renderMarkdown } from "./markdown/render-markdown.ts";
export { renderSarif } from "./sarif/render-sarif.ts";
export type { ScanOutcome } from "./scan-outcome.ts";
export { renderSpdx } from "./spdx/render-spdx.ts";
export { renderScanTable, type TableOptions } from "./table/render-scan-table.ts";
export { renderVerificationJson } from "./verification/render-verification-json.ts";
export { renderVerificationTable } from "./verification/render-verification-table.ts";
export {
  stateOfAll,
  type VerificationOutcome,
  type VerifiedRequirement,
  type VerifiedSubject,
} from "./verification/verification-outcome.ts";

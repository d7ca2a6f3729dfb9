// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { createTranslate } from "#messages";
import { FULL_OUTCOME, HOSTILE_OUTCOME } from "../../../../test/support/scan-outcomes.ts";
import { renderCycloneDx } from "../cyclonedx/render-cyclonedx.ts";
import { renderSarif } from "../sarif/render-sarif.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { renderSpdx } from "../spdx/render-spdx.ts";
import { renderScanJson } from "./render-scan-json.ts";

const OPTIONS = { toolVersion: "0.1.0" };
/** In names and paths of packages, where every format shows it. */
const HOSTILE: ScanOutcome = {
  ...FULL_OUTCOME,
  reference: "app\u009b2J\u202e",
  reports: [...FULL_OUTCOME.reports, ...HOSTILE_OUTCOME.reports].map((report) => ({
    ...report,
    findings: report.findings.map((finding) => ({ ...finding, title: "\u009b2J\u202e" })),
    inventory: {
      ...report.inventory,
      packages: report.inventory.packages.map((each) => ({ ...each, name: `${each.name}\u009b2J\u202e` })),
    },
  })),
};

it.each([
  { name: "JSON", render: renderScanJson },
  { name: "SARIF", render: (outcome: ScanOutcome) => renderSarif(outcome, createTranslate("en"), OPTIONS) },
  { name: "CycloneDX", render: (outcome: ScanOutcome) => renderCycloneDx(outcome, OPTIONS) },
  { name: "SPDX", render: (outcome: ScanOutcome) => renderSpdx(outcome, OPTIONS) },
])("$name does nothing to the terminal on which it is shown", ({ render }) => {
  const text = render(HOSTILE);
  expect(text).toContain("\\u009b");
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}/u);
});

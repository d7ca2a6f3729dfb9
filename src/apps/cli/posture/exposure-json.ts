// SPDX-License-Identifier: Apache-2.0
import type { ExposureReport } from "#exposure";
import type { Translate } from "#messages";
import { findingText, remedyText } from "./render-exposure.ts";

/** The report for programs, with the sentences for people beside each finding. Equal input gives equal bytes. */
export function renderExposureJson(report: ExposureReport, translate: Translate): string {
  const subjects = report.subjects.map((subject) => ({
    ...subject,
    findings: subject.findings.map((finding) => ({
      ...finding,
      message: findingText(finding, translate),
      remediation: remedyText(finding, translate),
    })),
  }));
  return `${JSON.stringify({ schemaVersion: 1, ...report, subjects }, undefined, 2)}\n`;
}

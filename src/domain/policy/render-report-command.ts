// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import type { Reason, Verdict } from "./verdict.ts";

/** Reasons of which a report of the scan tells more: which file and layer, what else, what fixes it. */
const REPORTED: ReadonlySet<Reason["code"]> = new Set([
  "VULNERABILITY",
  "VULNERABILITY_UNDECIDED",
  "SEVERITY_UNKNOWN",
  "SCAN_PARTIAL",
  "END_OF_LIFE",
  "PACKAGE_DENIED",
  "SECRET_FOUND",
  "MALWARE_FOUND",
  "SETUID_FILE",
]);

/**
 * The sentence with the command that prints the whole report of the image, for somebody whose image is refused for what a
 * scan found; `undefined` when a scan is not what refuses it.
 */
export function renderReportCommand(
  judged: { readonly reference: string; readonly verdict: Verdict },
  translate: Translate,
): string | undefined {
  const isReported = judged.verdict.reasons.some(({ code, effect }) => effect !== "exempt" && REPORTED.has(code));
  return isReported ? translate("policy.reportCommand", { reference: judged.reference }) : undefined;
}

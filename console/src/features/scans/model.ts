// SPDX-License-Identifier: Apache-2.0
import type { Operations, ScanJob } from "../../api/generated/api.ts";
import { readText } from "../../lib/search-params.ts";

/** Rows of one page. */
export const SCANS_PAGE_SIZE = 50;

export const SCAN_STATES: readonly ScanJob["state"][] = [
  "pending",
  "running",
  "done",
  "failed",
  "unsupported",
  "cancelled",
];
export const SCAN_REASONS: readonly ScanJob["reason"][] = ["push", "request", "analyzers", "admission"];

/** What the address of the page says. */
export interface ScanSearch {
  readonly state?: ScanJob["state"];
  readonly reason?: ScanJob["reason"];
  readonly repository?: string;
  readonly before?: number;
}

export function readScanSearch(search: Readonly<Record<string, unknown>>): ScanSearch {
  const state = SCAN_STATES.find((each) => each === search["state"]);
  const reason = SCAN_REASONS.find((each) => each === search["reason"]);
  const before = Number(search["before"]);
  return {
    ...(state === undefined ? {} : { state }),
    ...(reason === undefined ? {} : { reason }),
    ...readText("repository", search),
    ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}),
  };
}

export function toScansQuery(search: ScanSearch): Operations["GET /api/v1/scans"]["query"] {
  return { ...search, limit: SCANS_PAGE_SIZE };
}

/** How long a scan worked, in seconds with one digit; absent before it began or while it goes on. */
export function secondsOf({ startedAt, finishedAt }: Pick<ScanJob, "startedAt" | "finishedAt">): number | undefined {
  return startedAt === undefined || finishedAt === undefined
    ? undefined
    : Math.max(0, Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 100) / 10);
}

/** Whether trying again makes sense: it is over without a result, and the image is ours. */
export function isRetryable({ state, reason, names }: ScanJob): boolean {
  return (state === "failed" || state === "cancelled") && reason !== "admission" && names.length > 0;
}

// SPDX-License-Identifier: Apache-2.0
import type { ScanRecord } from "#database";
import type { ScanState } from "../schemas/image-list.ts";

/** What a reader of an index should hear about first. */
const LEAST_FINISHED_FIRST: readonly ScanState[] = ["failed", "missing", "pending", "running", "unsupported", "done"];

/** The scan state of an image, or of an index whose children have these scans. */
export function summarizeScanState(scans: readonly (ScanRecord | undefined)[]): ScanState {
  const states = new Set<ScanState>(scans.map((scan) => scan?.state ?? "missing"));
  return LEAST_FINISHED_FIRST.find((state) => states.has(state)) ?? "missing";
}

// SPDX-License-Identifier: Apache-2.0
import type { ScanAnswer, ScanRequest } from "../scan-process/protocol.ts";
import { ScanChild, type ScanLimits } from "./scan-child.ts";

/**
 * Scans in a process of its own, so that a hostile image can take down nothing but its own scan. Throws ScanJobError when
 * it dies or does not answer in time, and the abort reason when `signal` aborts.
 */
export async function runScanProcess(request: ScanRequest, limits: ScanLimits): Promise<ScanAnswer> {
  using child = new ScanChild(request, limits);
  return await child.ask(request);
}

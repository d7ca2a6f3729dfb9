// SPDX-License-Identifier: Apache-2.0
import type { ScanJobRecord } from "#database";
import type { ScanJobBody } from "../schemas/scans.ts";

/** A scan that was asked for, and whether it can be stopped: those of other registries end by themselves. */
export function toScanJobBody(job: ScanJobRecord): ScanJobBody {
  return { ...job, isStoppable: job.finishedAt === undefined && job.reason !== "admission" };
}

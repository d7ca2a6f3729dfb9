// SPDX-License-Identifier: Apache-2.0
import type { ManifestRecord, ScanRecord } from "#database";
import type { ScanFacts } from "#policy";

/** What a policy may know of a scan. `record`: the manifest, where it is one of our registry. */
export function scanFacts(record: ManifestRecord | undefined, scan: ScanRecord | undefined): ScanFacts {
  if (scan === undefined) {
    return record?.kind === "artifact"
      ? { state: "unsupported", mediaType: record.artifactType ?? record.mediaType }
      : { state: "missing" };
  }
  switch (scan.state) {
    case "pending":
    case "running":
      // Scanned again: what is known stays true until something newer is, or a rescan would stop what runs.
      return scan.report === undefined || scan.finishedAt === undefined
        ? { state: "pending" }
        : { state: "done", report: scan.report, scannedAt: scan.finishedAt };
    case "failed":
      return { state: "failed", message: scan.message ?? "" };
    case "unsupported":
      return { state: "unsupported", mediaType: scan.message ?? record?.mediaType ?? "" };
    case "done":
      return scan.report === undefined
        ? { state: "failed", message: "the report is missing" }
        : { state: "done", report: scan.report, scannedAt: scan.finishedAt ?? scan.requestedAt };
    default:
      return { state: "missing" };
  }
}

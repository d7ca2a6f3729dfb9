// SPDX-License-Identifier: Apache-2.0
import { CodedError, LIMITS } from "#base";
import { type ImageReport, readImageReport } from "#exposure";
import { readSubjectFile } from "../scan/read-subject-file.ts";

/** The reports of `haechi scan --format json` in these files. Throws for what is none. */
export async function readImageReports(files: readonly string[]): Promise<readonly ImageReport[]> {
  const reports: ImageReport[] = [];
  for (const file of files) {
    const report = readImageReport((await readSubjectFile(file, LIMITS.maxSbomBytes)).toString("utf8"));
    if (report === undefined) {
      throw new CodedError("SOURCE_UNREADABLE", `${file} is no report of haechi scan --format json`);
    }
    reports.push(report);
  }
  return reports;
}

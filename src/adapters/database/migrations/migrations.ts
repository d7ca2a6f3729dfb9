// SPDX-License-Identifier: Apache-2.0
import type { Migration } from "kysely/migration";
import { firstTables } from "./0001-first-tables.ts";
import { trustState } from "./0002-trust-state.ts";
import { admissionRecords } from "./0003-admission-records.ts";
import { runningImages } from "./0004-running-images.ts";
import { remoteImages } from "./0005-remote-images.ts";
import { decidedImages } from "./0006-decided-images.ts";
import { scanJobs } from "./0007-scan-jobs.ts";
import { registry } from "./0008-registry.ts";
import { damagedBlobs } from "./0009-damaged-blobs.ts";
import { scannedSubjects } from "./0010-scanned-subjects.ts";

/**
 * Every migration, oldest first. Up only: a released migration is never edited, a new one is added at the end, in SQL
 * that PostgreSQL 15 understands. `migrate.test.ts` then covers the way from each earlier version by itself, with the
 * rows of `testdata/rows-of-<migration>.json`, which it asks for.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first-tables": firstTables,
  "0002-trust-state": trustState,
  "0003-admission-records": admissionRecords,
  "0004-running-images": runningImages,
  "0005-remote-images": remoteImages,
  "0006-decided-images": decidedImages,
  "0007-scan-jobs": scanJobs,
  "0008-registry": registry,
  "0009-damaged-blobs": damagedBlobs,
  "0010-scanned-subjects": scannedSubjects,
};

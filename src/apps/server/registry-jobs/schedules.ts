// SPDX-License-Identifier: Apache-2.0

import { backupSchedule } from "../registry/backup/index.ts";
import { replicationSchedule } from "../registry/replication/index.ts";
import { retentionSchedule } from "../registry/retention/index.ts";
import { collectionSchedule } from "../registry/storage/index.ts";
import type { JobSchedule } from "./planned-job.ts";

/** Whose work is done at certain times. */
export const SCHEDULES: readonly JobSchedule[] = [
  collectionSchedule,
  replicationSchedule,
  backupSchedule,
  retentionSchedule,
];

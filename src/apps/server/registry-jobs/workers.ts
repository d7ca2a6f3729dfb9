// SPDX-License-Identifier: Apache-2.0

import { backupWorker, restoreWorker, snapshotWorker } from "../registry/backup/index.ts";
import { externalScanWorker } from "../registry/external-scan/index.ts";
import { importWorker } from "../registry/import/index.ts";
import { promoteWorker } from "../registry/promotion/index.ts";
import { replication } from "../registry/replication/index.ts";
import { retention } from "../registry/retention/index.ts";
import { garbageCollector, integrityCheck } from "../registry/storage/index.ts";
import type { RegistryJobWorker } from "./registry-job-worker.ts";

/** Who does which kind of long work. */
export const WORKERS: readonly RegistryJobWorker[] = [
  garbageCollector,
  integrityCheck,
  replication,
  retention,
  importWorker,
  promoteWorker,
  backupWorker,
  restoreWorker,
  snapshotWorker,
  externalScanWorker,
];

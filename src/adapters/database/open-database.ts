// SPDX-License-Identifier: Apache-2.0

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { type Clock, messageOf } from "#base";
import { BatchingAccessKeyStore } from "./access-key-store.ts";
import { createAccountStore } from "./account-store.ts";
import { BatchingAdmissionRecordStore } from "./admission-record-store.ts";
import { createAuditStore } from "./audit-store.ts";
import { type Connection, connectDatabase } from "./connect-database.ts";
import { createDamagedBlobStore } from "./damaged-blob-store.ts";
import type { DatabaseLog } from "./database-log.ts";
import { BatchingDecisionStore } from "./decision-store.ts";
import { dumpDatabase } from "./dump-database.ts";
import { DatabaseError } from "./errors.ts";
import { EventListener, notify, WORKER_LOCK_CLASS } from "./event-listener.ts";
import { unavailable } from "./external-server.ts";
import { createForeignReportStore } from "./foreign-report-store.ts";
import { createHappeningStore } from "./happening-store.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { createRegistryJobStore } from "./registry-job-store.ts";
import { createRegistryObjectStore } from "./registry-object-store.ts";
import { createRegistryStore } from "./registry-store.ts";
import { createRemoteImageStore } from "./remote-image-store.ts";
import { explainWrongKey } from "./rotation-files.ts";
import { createScanIndexStore } from "./scan-index-store.ts";
import { createScanJobStore } from "./scan-job-store.ts";
import { createScanStore } from "./scan-store.ts";
import { assertKeyLength, createSecretStore } from "./secret-store.ts";
import type { Database } from "./stores.ts";
import { createTrustStateStore } from "./trust-state-store.ts";
import { createWebhookDeliveryStore } from "./webhook-delivery-store.ts";
import { createWorkloadStore } from "./workload-store.ts";

export interface OpenDatabaseOptions {
  /** An external PostgreSQL ≥ 15 (`postgresql://…`); absent: the embedded one under `dataDir`. */
  readonly url?: string | undefined;
  /** Haechi's data folder: holds the embedded database and the backups that are written before a migration. */
  readonly dataDir: string;
  /** The account that runs the embedded PostgreSQL when we are root. */
  readonly systemUser?: string | undefined;
  /** 32 bytes, see `readOrCreateSecretKey`. */
  readonly secretKey: Uint8Array;
  /** Where the key came from: only to tell a wrong key from a rotation that was interrupted. */
  readonly secretKeyFile?: string | undefined;
  readonly clock: Clock;
  readonly log: DatabaseLog;
  /** Called with the number of decision records that were dropped (for a metric). */
  readonly onDecisionsLost?: (count: number) => void;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
  /** How long an external server that does not answer yet is waited for; default 30 s. */
  readonly connectTimeoutMs?: number;
}

/**
 * Opens the database, starting the embedded PostgreSQL where no URL is given, and brings its schema up to date.
 * Disposing it writes the decisions that are queued, closes all connections and stops the embedded server.
 * Throws `DatabaseError`; nothing keeps running then.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  assertKeyLength(options.secretKey);
  await using opening = new AsyncDisposableStack();
  const connection = opening.use(await connectDatabase(options));
  const { db, connectionString, embedded, explain } = connection;
  const clusterId = await prepare(connection, options);
  const listener = new EventListener(connectionString, options.log);
  opening.defer(() => listener.close());
  try {
    await listener.open();
  } catch (error) {
    throw explain(error);
  }
  const context = { db, clusterId, clock: options.clock };
  const decisions = new BatchingDecisionStore(context, {
    log: options.log,
    onLost: options.onDecisionsLost ?? (() => undefined),
  });
  opening.defer(() => decisions.close());
  const admissions = new BatchingAdmissionRecordStore(context, options.log);
  opening.defer(() => admissions.close());
  const accessKeys = new BatchingAccessKeyStore({ ...context, notify, log: options.log });
  opening.defer(() => accessKeys.close());
  const open = opening.move();
  return {
    clusterId,
    connectionString,
    accounts: createAccountStore({ ...context, notify }),
    accessKeys,
    registry: createRegistryStore(context),
    scans: createScanStore({ ...context, notify, worker: listener.worker }),
    scanJobs: createScanJobStore({ ...context, notify, worker: listener.worker }),
    scanIndex: createScanIndexStore(context),
    decisions,
    admissions,
    audit: createAuditStore(context),
    secrets: createSecretStore(context, options.secretKey),
    trustStates: createTrustStateStore(context),
    workloads: createWorkloadStore(context),
    remoteImages: createRemoteImageStore({ ...context, notify, worker: listener.worker }),
    registryObjects: createRegistryObjectStore({ ...context, notify }),
    registryJobs: createRegistryJobStore({ ...context, notify, worker: listener.worker }),
    webhookDeliveries: createWebhookDeliveryStore(context),
    happenings: createHappeningStore(context),
    damagedBlobs: createDamagedBlobStore(context),
    foreignReports: createForeignReportStore({ ...context, notify }),
    events: {
      publish: (event) => notify(db, event),
      subscribe: (onEvent, onGap) => listener.subscribe(onEvent, onGap),
    },
    processes: {
      own: listener.worker,
      async isAlive(worker) {
        const { rows } = await sql<{ readonly alive: boolean }>`
          select exists (
            select 1 from pg_locks l
            where l.locktype = 'advisory' and l.granted and l.objsubid = 2
              and l.database = (select oid from pg_database where datname = current_database())
              and l.classid = ${WORKER_LOCK_CLASS}::bigint and l.objid = ${worker}::bigint) as alive`.execute(db);
        return rows[0]?.alive ?? true;
      },
    },
    async ping(timeoutMs) {
      if (embedded?.problem !== undefined) {
        throw embedded.problem;
      }
      await ping(connection, timeoutMs);
    },
    dump: (folder) => dumpDatabase({ connectionString, clock: options.clock, log: options.log }, folder),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function prepare(connection: Connection, options: OpenDatabaseOptions): Promise<string> {
  const { secretKey, secretKeyFile, dataDir, clock, log } = options;
  try {
    return await prepareDatabase(connection.connectionString, {
      secretKey,
      now: clock.now(),
      log,
      backupDir: join(dataDir, "backups"),
    });
  } catch (thrown) {
    const error = connection.explain(thrown);
    throw secretKeyFile === undefined ? error : await explainWrongKey(error, secretKeyFile);
  }
}

async function ping({ db, host, explain }: Connection, timeoutMs: number): Promise<void> {
  const stop = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw unavailable(host, `no answer within ${timeoutMs} ms`, undefined);
  });
  try {
    await Promise.race([sql`select 1`.execute(db), late]);
  } catch (error) {
    const explained = explain(error);
    throw explained instanceof DatabaseError ? explained : unavailable(host, messageOf(error), error);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}

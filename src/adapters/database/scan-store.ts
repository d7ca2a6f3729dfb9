// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import { MATCHING_VERSION, type ScanReport } from "#findings";
import { analyzerFingerprint } from "./analyzer-fingerprint.ts";
import { confirmReports } from "./confirm-reports.ts";
import { WORKER_LOCK_CLASS } from "./event-listener.ts";
import { makeScanPending } from "./make-scan-pending.ts";
import { closeScanJob, startScanJob } from "./open-scan-job.ts";
import { packReport, unpackReport } from "./packed-report.ts";
import type { ScanRequestOptions } from "./scan-job.ts";
import { storableText } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { ScanRecord, ScanStore, ServerEvent } from "./stores.ts";
import { writeScanIndex } from "./write-scan-index.ts";

const MAX_MESSAGE_CHARACTERS = 4_000;

interface ScanRow {
  readonly digest: string;
  readonly state: ScanRecord["state"];
  readonly attempts: number;
  readonly message: string | null;
  readonly report: Buffer | null;
  readonly origin: "remote" | null;
  readonly requested_at: Date;
  readonly finished_at: Date | null;
  readonly scanned_at: Date | null;
  readonly database_digest: string | null;
}

export interface ScanStoreContext extends StoreContext {
  /** Tells every process, when the transaction commits. */
  readonly notify: (queries: Queries, event: ServerEvent) => Promise<void>;
  /** The number under which this process holds its lock of {@link WORKER_LOCK_CLASS}. */
  readonly worker: number;
}

const COLUMNS = [
  ...["digest", "state", "attempts", "message", "report"],
  ...["origin", "requested_at", "finished_at", "scanned_at", "database_digest"],
] as readonly (keyof ScanRow)[];

/** Whoever asks for a scan without saying why. */
const ASKED_FOR: ScanRequestOptions = { reason: "request" };

const EXCLUSIVE_LOCK_CLASS = 0x4841_4558;
const EXCLUSIVE_LOCKS = { rematch: 1 } as const;

export function createScanStore({ db, clusterId, clock, notify, worker }: ScanStoreContext): ScanStore {
  return {
    async find(digest) {
      const row = await db.selectFrom("scan").select(COLUMNS).where("digest", "=", digest).executeTakeFirst();
      return row === undefined ? undefined : toScanRecord(row);
    },

    async findMany(digests) {
      if (digests.length === 0) {
        return new Map();
      }
      const rows = await db
        .selectFrom("scan")
        .select(COLUMNS)
        .where("digest", "=", sql<string>`any(${[...digests]}::text[])`)
        .execute();
      const records = await Promise.all(rows.map(toScanRecord));
      return new Map(records.map((record) => [record.digest, record]));
    },

    async request(digest, options = ASKED_FOR) {
      await db.transaction().execute(async (transaction) => {
        if (await makeScanPending({ clusterId, clock }, transaction, { digest, from: "any but running", options })) {
          await notify(transaction, { type: "scan-changed", digest, state: "pending" });
        }
      });
    },

    async listUnfinished() {
      // A process at work holds its lock as long as it lives, whatever way it ends.
      const { rows } = await sql<{ readonly digest: Digest }>`
        select digest from scan
        where origin is null and (state = 'pending' or (state = 'running' and not exists (
          select 1 from pg_locks l
          where l.locktype = 'advisory' and l.granted and l.objsubid = 2
            and l.database = (select oid from pg_database where datname = current_database())
            and l.classid = ${WORKER_LOCK_CLASS}::bigint and l.objid = scan.worker::bigint)))
        order by requested_at, digest`.execute(db);
      return rows.map((row) => row.digest);
    },

    async listMadeWithOtherDatabase(databaseDigest, limit) {
      const rows = await db
        .selectFrom("scan")
        .select("digest")
        .where("state", "=", "done")
        .where(({ or, eb }) =>
          or([
            eb("database_digest", "is distinct from", databaseDigest),
            eb("matching_version", "is distinct from", MATCHING_VERSION),
            eb("analyzers", "is", null),
          ]),
        )
        .orderBy("finished_at")
        .orderBy("digest")
        .limit(limit)
        .execute();
      return rows.map((row) => row.digest as Digest);
    },

    async confirmReports(change) {
      return await confirmReports(db, change);
    },

    async listMadeWithOtherAnalyzers(fingerprint, limit) {
      const rows = await db
        .selectFrom("scan")
        .select("digest")
        .where("state", "=", "done")
        .where("origin", "is", null)
        .where("analyzers", "is distinct from", fingerprint)
        .where(({ exists, selectFrom }) =>
          exists(selectFrom("manifest").select("manifest.digest").whereRef("manifest.digest", "=", "scan.digest")),
        )
        .orderBy("finished_at")
        .orderBy("digest")
        .limit(limit)
        .execute();
      return rows.map((row) => row.digest as Digest);
    },

    async markRunning(digest) {
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("scan")
          .values({ cluster_id: clusterId, digest, state: "running", attempts: 1, worker, requested_at: clock.now() })
          .onConflict((conflict) =>
            conflict.column("digest").doUpdateSet({
              state: "running",
              attempts: sql`scan.attempts + 1`,
              message: null,
              worker,
            }),
          )
          .execute();
        await startScanJob({ clusterId, clock }, transaction, { digest, options: ASKED_FOR });
        await notify(transaction, { type: "scan-changed", digest, state: "running" });
      });
    },

    async finish(digest, result) {
      const now = clock.now();
      const ended = { finished_at: now, scanned_at: now };
      // A scan that failed keeps no older report: what cannot be scanned any more must not look judged.
      const outcome =
        result.state === "done"
          ? {
              state: result.state,
              message: null,
              ...(await storedReport(result.report)),
            }
          : {
              state: result.state,
              message: storableText(result.message, MAX_MESSAGE_CHARACTERS),
              report: null,
              database_digest: null,
              analyzers: null,
              matching_version: null,
            };
      const report = result.state === "done" ? result.report : undefined;
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("scan")
          .values({ cluster_id: clusterId, digest, ...outcome, attempts: 1, requested_at: now, ...ended })
          .onConflict((conflict) =>
            conflict.column("digest").doUpdateSet({ ...outcome, worker: null, lease_until: null, ...ended }),
          )
          .execute();
        await writeScanIndex({ clusterId }, transaction, digest, report);
        await closeScanJob({ clusterId, clock }, transaction, digest, {
          state: result.state,
          ...(result.state === "done" ? {} : { message: result.message }),
        });
        await notify(transaction, { type: "scan-changed", digest, state: result.state });
      });
    },

    async replaceReport({ digest, finishedAt }, report) {
      const stored = await storedReport(report);
      return await db.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ readonly state: ScanRecord["state"] }>`
          update scan set report = ${stored.report}, database_digest = ${stored.database_digest},
            analyzers = ${stored.analyzers}, matching_version = ${stored.matching_version}, finished_at = ${clock.now()}
          where digest = ${digest} and report is not null
            and date_trunc('milliseconds', finished_at) is not distinct from ${finishedAt ?? null}::timestamptz
          returning state`.execute(transaction);
        const [row] = rows;
        if (row === undefined) {
          return false;
        }
        await writeScanIndex({ clusterId }, transaction, digest, report);
        // whoever keeps something made of the old report forgets it, although the scan that may be under way is not over
        await notify(transaction, {
          type: "scan-changed",
          digest,
          state: row.state === "pending" ? "done" : row.state,
        });
        return true;
      });
    },

    async findInventory(digest) {
      const row = await db.selectFrom("scan").select("report").where("digest", "=", digest).executeTakeFirst();
      return row === undefined || row.report === null ? undefined : (await unpackReport(row.report)).inventory;
    },

    async withExclusive(name, work) {
      return await db.connection().execute(async (connection) => {
        const key = EXCLUSIVE_LOCKS[name];
        const { rows } = await sql<{ readonly is_ours: boolean }>`
          select pg_try_advisory_lock(${EXCLUSIVE_LOCK_CLASS}, ${key}) as is_ours`.execute(connection);
        if (rows[0]?.is_ours !== true) {
          return false;
        }
        try {
          await work();
          return true;
        } finally {
          // of a connection that broke meanwhile the lock is gone, too
          await sql`select pg_advisory_unlock(${EXCLUSIVE_LOCK_CLASS}, ${key})`.execute(connection);
        }
      });
    },
  };
}

/** What is stored of a report. */
async function storedReport(report: ScanReport): Promise<{
  readonly report: Buffer;
  readonly database_digest: string;
  readonly analyzers: string;
  readonly matching_version: number;
}> {
  return {
    report: await packReport(report),
    database_digest: report.database.digest,
    analyzers: analyzerFingerprint(report.inventory.analyzers),
    matching_version: MATCHING_VERSION,
  };
}

async function toScanRecord(row: ScanRow): Promise<ScanRecord> {
  return {
    digest: row.digest as Digest,
    state: row.state,
    attempts: row.attempts,
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.origin === null ? {} : { isRemote: true }),
    ...(row.report === null ? {} : { report: await unpackReport(row.report) }),
    requestedAt: row.requested_at.toISOString(),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
    ...(row.database_digest === null ? {} : { databaseDigest: row.database_digest }),
    ...(row.scanned_at === null ? {} : { scannedAt: row.scanned_at.toISOString() }),
  };
}

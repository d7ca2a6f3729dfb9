// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import { WORKER_LOCK_CLASS } from "./event-listener.ts";
import { makeScanPending } from "./make-scan-pending.ts";
import { packReport, unpackReport } from "./packed-report.ts";
import { storableText } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { ScanRecord, ScanStore, ServerEvent } from "./stores.ts";

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
}

export interface ScanStoreContext extends StoreContext {
  /** Tells every process, when the transaction commits. */
  readonly notify: (queries: Queries, event: ServerEvent) => Promise<void>;
  /** The number under which this process holds its lock of {@link WORKER_LOCK_CLASS}. */
  readonly worker: number;
}

const COLUMNS = ["digest", "state", "attempts", "message", "report", "origin", "requested_at", "finished_at"] as const;

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

    async request(digest) {
      await db.transaction().execute(async (transaction) => {
        if (await makeScanPending({ clusterId, clock }, transaction, { digest, from: "any but running" })) {
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
        .where("database_digest", "is distinct from", databaseDigest)
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
        await notify(transaction, { type: "scan-changed", digest, state: "running" });
      });
    },

    async finish(digest, result) {
      const now = clock.now();
      // A scan that failed keeps no older report: what cannot be scanned any more must not look judged.
      const outcome =
        result.state === "done"
          ? {
              state: result.state,
              message: null,
              report: await packReport(result.report),
              database_digest: result.report.database.digest,
            }
          : {
              state: result.state,
              message: storableText(result.message, MAX_MESSAGE_CHARACTERS),
              report: null,
              database_digest: null,
            };
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("scan")
          .values({ cluster_id: clusterId, digest, ...outcome, attempts: 1, requested_at: now, finished_at: now })
          .onConflict((conflict) =>
            conflict.column("digest").doUpdateSet({ ...outcome, worker: null, lease_until: null, finished_at: now }),
          )
          .execute();
        await notify(transaction, { type: "scan-changed", digest, state: result.state });
      });
    },

    async findInventory(digest) {
      const row = await db.selectFrom("scan").select("report").where("digest", "=", digest).executeTakeFirst();
      return row === undefined || row.report === null ? undefined : (await unpackReport(row.report)).inventory;
    },
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
  };
}

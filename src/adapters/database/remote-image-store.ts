// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import { WORKER_LOCK_CLASS } from "./event-listener.ts";
import { closeScanJob, startScanJob } from "./open-scan-job.ts";
import type { RemoteImageRecord, RemoteImageStore, ScanClaim } from "./remote-image.ts";
import type { ScanStoreContext } from "./scan-store.ts";
import { storableText } from "./storable-text.ts";

/** Written down again at most this often: reading a record must not mean writing one. */
const TOUCH_INTERVAL_MS = 6 * 3_600_000;
const MAX_NAME = 512;

interface RemoteImageRow {
  readonly digest: string;
  readonly registry: string;
  readonly repository: string;
  readonly media_type: string;
  readonly kind: RemoteImageRecord["kind"];
  readonly children: string | null;
  readonly config: string | null;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
}

/** What replicas share about images of other registries, and who of them scans one. */
export function createRemoteImageStore(context: ScanStoreContext): RemoteImageStore {
  const { db, clusterId, clock, notify, worker } = context;
  return {
    async put(record) {
      const now = clock.now();
      const described = {
        media_type: storableText(record.mediaType, MAX_NAME),
        kind: record.kind,
        children: record.children === undefined ? null : JSON.stringify(record.children),
        ...(record.config === undefined ? {} : { config: JSON.stringify(record.config) }),
        last_seen_at: now,
      };
      await db
        .insertInto("remote_image")
        .values({
          cluster_id: clusterId,
          digest: record.digest,
          registry: storableText(record.registry, MAX_NAME),
          repository: storableText(record.repository, MAX_NAME),
          first_seen_at: now,
          ...described,
        })
        .onConflict((conflict) => conflict.column("digest").doUpdateSet(described))
        .execute();
    },

    async findMany(digests) {
      if (digests.length === 0) {
        return new Map();
      }
      const rows = await db
        .selectFrom("remote_image")
        .selectAll()
        .where("digest", "=", sql<string>`any(${[...digests]}::text[])`)
        .execute();
      const now = clock.now().getTime();
      const aged = rows.filter((row) => now - row.last_seen_at.getTime() > TOUCH_INTERVAL_MS);
      if (aged.length > 0) {
        await db
          .updateTable("remote_image")
          .set({ last_seen_at: new Date(now) })
          .where("digest", "=", sql<string>`any(${aged.map((row) => row.digest)}::text[])`)
          .execute();
      }
      return new Map(rows.map((row) => [row.digest as Digest, toRecord(row)]));
    },

    async claimScan(digest, leaseMs): Promise<ScanClaim> {
      return await db.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ readonly digest: string }>`
          insert into scan (cluster_id, digest, state, attempts, worker, origin, lease_until, requested_at)
          values (${clusterId}::uuid, ${digest}, 'running', 1, ${worker}::integer, 'remote',
            now() + ${leaseMs} * interval '1 millisecond', ${clock.now()})
          on conflict (digest) do update set state = 'running', attempts = scan.attempts + 1, message = null,
            worker = excluded.worker, lease_until = excluded.lease_until
          where scan.origin = 'remote' and (scan.state in ('pending', 'failed') or (scan.state = 'running'
            and (scan.lease_until is null or scan.lease_until < now() or not exists (
              select 1 from pg_locks l
              where l.locktype = 'advisory' and l.granted and l.objsubid = 2
                and l.database = (select oid from pg_database where datname = current_database())
                and l.classid = ${WORKER_LOCK_CLASS}::bigint and l.objid = scan.worker::bigint))))
          returning digest`.execute(transaction);
        if (rows.length > 0) {
          await startScanJob(context, transaction, { digest, options: { reason: "admission" } });
          await notify(transaction, { type: "scan-changed", digest, state: "running" });
          return "claimed";
        }
        const found = await transaction.selectFrom("scan").select("state").where("digest", "=", digest).execute();
        return found.some(({ state }) => state === "running" || state === "pending") ? "busy" : "finished";
      });
    },

    async keepScan(digest, leaseMs) {
      const { numUpdatedRows } = await db
        .updateTable("scan")
        .set({ lease_until: sql<Date>`now() + ${leaseMs} * interval '1 millisecond'` })
        .where("digest", "=", digest)
        .where("state", "=", "running")
        .where("worker", "=", worker)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    async releaseScan(digest, message) {
      await db.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom("scan")
          .where("digest", "=", digest)
          .where("state", "=", "running")
          .where("worker", "=", worker)
          .where("origin", "=", "remote")
          .where("report", "is", null)
          .executeTakeFirstOrThrow();
        // with a report that is still true, or pushed to our own registry meanwhile
        const { numUpdatedRows } = await transaction
          .updateTable("scan")
          .set({ state: "pending", worker: null, lease_until: null })
          .where("digest", "=", digest)
          .where("state", "=", "running")
          .where("worker", "=", worker)
          .executeTakeFirstOrThrow();
        if (numDeletedRows + numUpdatedRows > 0n) {
          const end = message === undefined ? {} : { message };
          await closeScanJob(context, transaction, digest, { state: "failed", ...end });
          await notify(transaction, { type: "scan-changed", digest, state: "pending" });
        }
      });
    },

    async prune(before, limit) {
      return await db.transaction().execute(async (transaction) => {
        const old = transaction
          .selectFrom("remote_image")
          .select("digest")
          .where("last_seen_at", "<", before)
          .orderBy("last_seen_at")
          .limit(limit);
        const { numDeletedRows } = await transaction
          .deleteFrom("remote_image")
          .where("digest", "in", old)
          .executeTakeFirstOrThrow();
        await transaction
          .deleteFrom("scan")
          .where("origin", "=", "remote")
          .where("state", "!=", "running")
          .where("requested_at", "<", before)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom("remote_image")
                  .select("remote_image.digest")
                  .whereRef("remote_image.digest", "=", "scan.digest"),
              ),
            ),
          )
          .execute();
        return Number(numDeletedRows);
      });
    },
  };
}

function toRecord(row: RemoteImageRow): RemoteImageRecord {
  return {
    digest: row.digest as Digest,
    registry: row.registry,
    repository: row.repository,
    mediaType: row.media_type,
    kind: row.kind,
    ...(row.children === null ? {} : { children: JSON.parse(row.children) as RemoteImageRecord["children"] & object }),
    ...(row.config === null ? {} : { config: JSON.parse(row.config) as RemoteImageRecord["config"] & object }),
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  };
}

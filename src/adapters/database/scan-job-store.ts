// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import { closeScanJob } from "./open-scan-job.ts";
import type { ScanJobRecord, ScanJobStore } from "./scan-job.ts";
import type { ScanStoreContext } from "./scan-store.ts";
import { storableText, withoutNul } from "./storable-text.ts";

const MAX_MESSAGE_CHARACTERS = 4_000;
/** Tags of one image that a job is listed with. */
const MAX_NAMES = 3;

interface JobRow {
  readonly id: number;
  readonly digest: Digest;
  readonly reason: ScanJobRecord["reason"];
  readonly requested_by: string | null;
  readonly state: ScanJobRecord["state"];
  readonly attempts: number;
  readonly message: string | null;
  readonly done_bytes: number;
  readonly total_bytes: number;
  readonly requested_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly names: readonly string[] | null;
}

/** A tag that leads to the image, by an index or at once; else the repository; else where it was seen. */
const NAMES = sql`array(
  select name from (
    select 0 as rank, r.name || ':' || t.name as name from tag t join repository r on r.id = t.repository_id
    where t.digest = j.digest
    union all
    select 1, r.name || ':' || t.name from manifest_reference f
    join repository r on r.id = f.repository_id
    join tag t on t.repository_id = f.repository_id and t.digest = f.manifest_digest
    where f.digest = j.digest and f.kind = 'manifest'
    union all
    select 2, r.name || '@' || m.digest from manifest m join repository r on r.id = m.repository_id
    where m.digest = j.digest
    union all
    select 3, i.registry || '/' || i.repository || '@' || i.digest from remote_image i where i.digest = j.digest
  ) n order by rank, name limit ${sql.lit(MAX_NAMES)})`;

/** The scans that were asked for, and how far they are. */
export function createScanJobStore(context: ScanStoreContext): ScanJobStore {
  const { db, notify } = context;
  return {
    async list({ limit, before, state, reason, digests, repository }) {
      const { rows } = await sql<JobRow>`
        select j.*, ${NAMES} as names from scan_job j
        where ${before === undefined ? sql`true` : sql`j.id < ${before}::bigint`}
          and ${state === undefined ? sql`true` : sql`j.state = ${state}`}
          and ${reason === undefined ? sql`true` : sql`j.reason = ${reason}`}
          and ${digests === undefined ? sql`true` : sql`j.digest = any(${[...digests].map(withoutNul)}::text[])`}
          and ${
            repository === undefined
              ? sql`true`
              : sql`exists (select 1 from manifest m join repository r on r.id = m.repository_id
                  where m.digest = j.digest and r.name = ${withoutNul(repository)})`
          }
        order by j.id desc limit ${limit}`.execute(db);
      return rows.map(toRecord);
    },

    async find(id) {
      const { rows } = await sql<JobRow>`
        select j.*, ${NAMES} as names from scan_job j where j.id = ${id}::bigint`.execute(db);
      return rows[0] === undefined ? undefined : toRecord(rows[0]);
    },

    async listBackground() {
      const rows = await db
        .selectFrom("scan_job")
        .select("digest")
        .where("finished_at", "is", null)
        .where("reason", "=", "analyzers")
        .execute();
      return new Set(rows.map((row) => row.digest as Digest));
    },

    async noteProgress(digest, { doneBytes, totalBytes }) {
      const { numUpdatedRows } = await db
        .updateTable("scan_job")
        .set({ done_bytes: doneBytes, total_bytes: totalBytes })
        .where("digest", "=", digest)
        .where("finished_at", "is", null)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async noteFailure(digest, message) {
      await db
        .updateTable("scan_job")
        .set({ message: storableText(message, MAX_MESSAGE_CHARACTERS) })
        .where("digest", "=", digest)
        .where("finished_at", "is", null)
        .execute();
    },

    async abandon(digest, end) {
      return await db.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ readonly state: "done" | "failed" }>`
          update scan set state = case when report is null then 'failed' else 'done' end,
            message = case when report is null then ${storableText(end.message, MAX_MESSAGE_CHARACTERS)} end,
            worker = null, lease_until = null
          where digest = ${digest} and origin is null and state in ('pending', 'running')
          returning state`.execute(transaction);
        const [row] = rows;
        if (row === undefined) {
          return false;
        }
        await closeScanJob(context, transaction, digest, end);
        await notify(transaction, { type: "scan-changed", digest, state: row.state });
        return true;
      });
    },

    async prune(before, limit) {
      const old = db
        .selectFrom("scan_job")
        .select("id")
        .where("finished_at", "<", before)
        .orderBy("finished_at")
        .limit(limit);
      const { numDeletedRows } = await db.deleteFrom("scan_job").where("id", "in", old).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };

  function toRecord(row: JobRow): ScanJobRecord {
    return {
      id: row.id,
      digest: row.digest,
      reason: row.reason,
      ...(row.requested_by === null ? {} : { requestedBy: row.requested_by }),
      state: row.state,
      attempts: row.attempts,
      ...(row.message === null ? {} : { message: row.message }),
      doneBytes: row.done_bytes,
      totalBytes: row.total_bytes,
      requestedAt: row.requested_at.toISOString(),
      ...(row.started_at === null ? {} : { startedAt: row.started_at.toISOString() }),
      ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
      names: row.names ?? [],
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import { WORKER_LOCK_CLASS } from "./event-listener.ts";
import type { NewRegistryJob, RegistryJobKind, RegistryJobRecord, RegistryJobStore } from "./registry-job.ts";
import { fromMessageColumn, toMessageColumn } from "./registry-job-message.ts";
import type { ScanStoreContext } from "./scan-store.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { Queries } from "./store-context.ts";

const MAX_TEXT_CHARACTERS = 4_000;
const MAX_ACTOR_CHARACTERS = 512;
/** First half of the advisory locks under which a job is looked for before it is made. */
const ONCE_LOCK_CLASS = 0x4841_454a;

interface JobRow {
  readonly id: number;
  readonly kind: string;
  readonly state: RegistryJobRecord["state"];
  readonly target: string;
  readonly parameters: string;
  readonly position: string | null;
  readonly done: number;
  readonly total: number;
  readonly unit: "items" | "bytes";
  readonly message: string | null;
  readonly result: string | null;
  readonly attempts: number;
  readonly requested_by: string;
  readonly decided_by: string | null;
  readonly is_cancelled: boolean;
  readonly requested_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** Long work of the registry. A job that runs belongs to a process, whose lock tells whether it lives. */
export function createRegistryJobStore(context: ScanStoreContext): RegistryJobStore {
  const { db, clusterId, clock, notify, worker } = context;

  /** Runs an update that returns the job's state, and tells everybody. */
  async function change(
    update: ReturnType<typeof sql<JobRow>>,
    queries?: Queries,
  ): Promise<RegistryJobRecord | undefined> {
    if (queries === undefined) {
      return await db.transaction().execute((transaction) => change(update, transaction));
    }
    const { rows } = await update.execute(queries);
    const [row] = rows;
    if (row === undefined) {
      return undefined;
    }
    await notify(queries, { type: "job-changed", id: row.id, state: row.state });
    return toRecord(row);
  }

  async function insert(
    { kind, target, parameters, requestedBy, needsApproval }: NewRegistryJob,
    queries: Queries,
  ): Promise<RegistryJobRecord> {
    const now = clock.now();
    const made = await change(
      sql<JobRow>`
        insert into registry_job (cluster_id, kind, state, target, parameters, done, total, unit, attempts, requested_by,
          is_cancelled, not_before, requested_at)
        values (${clusterId}::uuid, ${kind}, ${needsApproval === true ? "awaiting-approval" : "pending"},
          ${storableText(target, MAX_TEXT_CHARACTERS)}, ${JSON.stringify(parameters)}, 0, 0, 'items', 0,
          ${storableText(requestedBy, MAX_ACTOR_CHARACTERS)}, false, ${now}, ${now})
        returning *`,
      queries,
    );
    if (made === undefined) {
      throw new Error("the job was not stored");
    }
    return made;
  }

  async function findOpen(
    { kind, target }: NewRegistryJob,
    states: readonly string[],
    queries: Queries,
  ): Promise<RegistryJobRecord | undefined> {
    // one process at a time, since what is looked for may be stored in the next moment
    await sql`select pg_advisory_xact_lock(${ONCE_LOCK_CLASS}, hashtext(${`${kind} ${withoutNul(target)}`}))`.execute(
      queries,
    );
    const { rows } = await sql<JobRow>`
      select * from registry_job where kind = ${kind} and target = ${storableText(target, MAX_TEXT_CHARACTERS)}
        and finished_at is null and state = any(${[...states]}::text[]) order by id limit 1`.execute(queries);
    return rows[0] === undefined ? undefined : toRecord(rows[0]);
  }

  return {
    async create(job) {
      return await db.transaction().execute(async (transaction) => {
        const pending = job.isOnce === true ? await findOpen(job, ["pending"], transaction) : undefined;
        return pending ?? (await insert(job, transaction));
      });
    },

    async fire({ name, expression, dueAt, job }) {
      return await db.transaction().execute(async (transaction) => {
        const key = withoutNul(name);
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("registry_schedule")
          .values({ cluster_id: clusterId, name: key, expression, fired_at: clock.now() })
          .onConflict((conflict) =>
            conflict
              .column("name")
              .doUpdateSet({ expression, fired_at: clock.now() })
              .where("registry_schedule.expression", "!=", expression),
          )
          .executeTakeFirstOrThrow();
        if ((numInsertedOrUpdatedRows ?? 0n) > 0n) {
          return undefined;
        }
        // the row's lock lets one process through for each time
        const { numUpdatedRows } = await transaction
          .updateTable("registry_schedule")
          .set({ fired_at: dueAt })
          .where("name", "=", key)
          .where("fired_at", "<", dueAt)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) {
          return undefined;
        }
        const open = await findOpen(job, ["awaiting-approval", "pending", "running"], transaction);
        return open === undefined ? await insert(job, transaction) : undefined;
      });
    },

    async list({ limit, before, kind, state }) {
      const { rows } = await sql<JobRow>`
        select * from registry_job
        where ${before === undefined ? sql`true` : sql`id < ${before}::bigint`}
          and ${kind === undefined ? sql`true` : sql`kind = ${kind}`}
          and ${state === undefined ? sql`true` : sql`state = ${state}`}
        order by id desc limit ${limit}`.execute(db);
      return rows.map(toRecord);
    },

    async find(id) {
      const { rows } = await sql<JobRow>`select * from registry_job where id = ${id}::bigint`.execute(db);
      return rows[0] === undefined ? undefined : toRecord(rows[0]);
    },

    async decide(id, { isApproved, decidedBy }) {
      const actor = storableText(decidedBy, MAX_ACTOR_CHARACTERS);
      const decided = await change(sql<JobRow>`
        update registry_job set decided_by = ${actor}, state = ${isApproved ? "pending" : "rejected"},
          finished_at = ${isApproved ? null : clock.now()}::timestamptz
        where id = ${id}::bigint and state = 'awaiting-approval' returning *`);
      return decided !== undefined;
    },

    async cancel(id) {
      const cancelled = await change(sql<JobRow>`
        update registry_job set is_cancelled = true,
          state = case when state = 'running' then state else 'cancelled' end,
          finished_at = case when state = 'running' then null else ${clock.now()}::timestamptz end
        where id = ${id}::bigint and finished_at is null returning *`);
      return cancelled !== undefined;
    },

    async claim(kinds) {
      return await change(sql<JobRow>`
        update registry_job set state = 'running', worker = ${worker}, attempts = attempts + 1,
          started_at = coalesce(started_at, ${clock.now()})
        where id = (
          select j.id from registry_job j
          where j.finished_at is null and j.kind = any(${[...kinds]}::text[]) and j.not_before <= ${clock.now()}
            and (j.state = 'pending' or (j.state = 'running' and j.worker is distinct from ${worker} and not exists (
              select 1 from pg_locks l
              where l.locktype = 'advisory' and l.granted and l.objsubid = 2
                and l.database = (select oid from pg_database where datname = current_database())
                and l.classid = ${WORKER_LOCK_CLASS}::bigint and l.objid = j.worker::bigint)))
          order by j.id limit 1 for update skip locked)
        returning *`);
    },

    async noteProgress(id, { done, total, unit, message, position }) {
      const { numUpdatedRows } = await db
        .updateTable("registry_job")
        .set({
          worker,
          ...(done === undefined ? {} : { done }),
          ...(total === undefined ? {} : { total }),
          ...(unit === undefined ? {} : { unit }),
          ...(message === undefined ? {} : { message: toMessageColumn(message) }),
          ...(position === undefined ? {} : { position: JSON.stringify(position) }),
        })
        .where("id", "=", id)
        .where("worker", "=", worker)
        .where("state", "=", "running")
        .where("is_cancelled", "=", false)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async finish(id, { state, message, result, notBefore, isInterruption }) {
      const isOver = state !== "pending";
      const text = message === undefined ? null : toMessageColumn(message);
      await change(sql<JobRow>`
        update registry_job set worker = null, message = ${text}::text,
          state = case when ${isOver} then ${state} when is_cancelled then 'cancelled' else 'pending' end,
          result = ${result === undefined ? null : JSON.stringify(result)}::text,
          not_before = ${notBefore ?? clock.now()}::timestamptz,
          attempts = attempts - ${isInterruption === true ? 1 : 0}::integer,
          finished_at = case when ${isOver} or is_cancelled then ${clock.now()}::timestamptz end
        where id = ${id}::bigint and worker = ${worker} and finished_at is null returning *`);
    },

    async prune(before, limit) {
      const { numAffectedRows } = await sql`
        delete from registry_job where id in (
          select id from registry_job where finished_at < ${before}::timestamptz limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0n);
    },
  };
}

function toRecord(row: JobRow): RegistryJobRecord {
  return {
    id: row.id,
    kind: row.kind as RegistryJobKind,
    state: row.state,
    target: row.target,
    parameters: JSON.parse(row.parameters) as unknown,
    ...(row.position === null ? {} : { position: JSON.parse(row.position) as unknown }),
    done: row.done,
    total: row.total,
    unit: row.unit,
    ...(row.message === null ? {} : { message: fromMessageColumn(row.message) }),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as unknown }),
    attempts: row.attempts,
    requestedBy: row.requested_by,
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    ...(row.is_cancelled && row.state === "running" ? { isCancelling: true } : {}),
    requestedAt: row.requested_at.toISOString(),
    ...(row.started_at === null ? {} : { startedAt: row.started_at.toISOString() }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  };
}

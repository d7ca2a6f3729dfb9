// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import type { Happening, HappeningCursor, HappeningStore } from "./happening.ts";
import type { RegistryJobKind, RegistryJobState } from "./registry-job.ts";
import { fromMessageColumn } from "./registry-job-message.ts";
import type { StoreContext } from "./store-context.ts";

/** Transactions that run side by side commit in another order than that of their ids. */
const REREAD_IDS = 500;
/** They end, and clocks of replicas differ, by less than this. */
const REREAD_MS = 120_000;
const ACTIONS = ["manifest-pushed", "manifest-deleted", "tag-deleted", "blob-damaged", "blob-missing", "quota-reached"];

interface AuditRow {
  readonly id: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly at: Date;
}

interface PullRow {
  readonly id: number;
  readonly outcome: "allow" | "deny" | "undecided";
  readonly actor: string;
  readonly reference: string;
  readonly digest: string | null;
  readonly reasons: string;
  readonly policy: string | null;
  readonly decided_at: Date;
}

interface ScanRow {
  readonly id: number;
  readonly digest: string;
  readonly state: "done" | "failed" | "unsupported";
  readonly message: string | null;
  readonly finished_at: Date;
}

interface JobRow {
  readonly id: number;
  readonly kind: string;
  readonly state: RegistryJobState;
  readonly target: string;
  readonly parameters: string;
  readonly message: string | null;
  readonly requested_by: string;
  readonly decided_by: string | null;
  readonly at: Date;
}

/** See {@link HappeningStore}. */
export function createHappeningStore({ db, clusterId, clock }: StoreContext): HappeningStore {
  /** Before the rest is read: what comes later has a higher id. */
  async function lastIds(): Promise<{ readonly auditId: number; readonly decisionId: number }> {
    const { rows } = await sql<{ readonly audit_id: number | null; readonly decision_id: number | null }>`
      select (select max(id) from audit_entry) as audit_id, (select max(id) from decision) as decision_id`.execute(db);
    return { auditId: Number(rows[0]?.audit_id ?? 0), decisionId: Number(rows[0]?.decision_id ?? 0) };
  }

  async function present(): Promise<HappeningCursor> {
    const seenAt = clock.now().toISOString();
    return { ...(await lastIds()), seenAt };
  }

  async function readAudit(auditId: number, limit: number): Promise<readonly AuditRow[]> {
    const { rows } = await sql<AuditRow>`
      select id, actor, action, target, at from audit_entry
      where id > ${auditId - REREAD_IDS}::bigint and action = any(${ACTIONS}::text[])
      order by id limit ${limit + REREAD_IDS}`.execute(db);
    return rows;
  }

  async function readPulls(
    decisionId: number,
    { withPulls, limit }: { readonly withPulls: boolean; readonly limit: number },
  ): Promise<readonly PullRow[]> {
    const { rows } = await sql<PullRow>`
      select d.id, i.outcome, i.actor, i.reference, i.digest, i.reasons, i.policy, d.decided_at
      from decision d join decided_image i on i.content_id = d.content_id
      where i.gate = 'registry' and d.id > ${decisionId - REREAD_IDS}::bigint
        and (${withPulls} or i.outcome <> 'allow')
      order by d.id limit ${limit + REREAD_IDS}`.execute(db);
    return rows;
  }

  async function readScans(since: Date, limit: number): Promise<readonly ScanRow[]> {
    const { rows } = await sql<ScanRow>`
      select id, digest, state, message, finished_at from scan_job
      where finished_at > ${since}::timestamptz and state in ('done', 'failed', 'unsupported')
      order by finished_at limit ${limit}`.execute(db);
    return rows;
  }

  async function readJobs(since: Date, limit: number): Promise<readonly JobRow[]> {
    const { rows } = await sql<JobRow>`
      select id, kind, state, target, parameters, message, requested_by, decided_by, finished_at as at from registry_job
      where finished_at > ${since}::timestamptz order by finished_at limit ${limit}`.execute(db);
    return rows;
  }

  async function readApprovals(since: Date, limit: number): Promise<readonly JobRow[]> {
    const { rows } = await sql<JobRow>`
      select id, kind, state, target, parameters, message, requested_by, decided_by, requested_at as at
      from registry_job
      where requested_at > ${since}::timestamptz and (state = 'awaiting-approval' or decided_by is not null)
      order by requested_at limit ${limit}`.execute(db);
    return rows;
  }

  return {
    async cursor() {
      const row = await db.selectFrom("webhook_cursor").selectAll().executeTakeFirst();
      return row === undefined
        ? await present()
        : { auditId: row.audit_id, decisionId: row.decision_id, seenAt: row.seen_at.toISOString() };
    },

    present,

    async saveCursor({ auditId, decisionId, seenAt }) {
      // another process may be further already
      await sql`
        insert into webhook_cursor (cluster_id, audit_id, decision_id, seen_at)
        values (${clusterId}::uuid, ${auditId}::bigint, ${decisionId}::bigint, ${seenAt}::timestamptz)
        on conflict (cluster_id) do update set
          audit_id = greatest(webhook_cursor.audit_id, excluded.audit_id),
          decision_id = greatest(webhook_cursor.decision_id, excluded.decision_id),
          seen_at = greatest(webhook_cursor.seen_at, excluded.seen_at)`.execute(db);
    },

    async read({ auditId, decisionId, seenAt }, { withPulls, limit }) {
      const startedAt = clock.now();
      const since = new Date(Math.min(new Date(seenAt).getTime(), startedAt.getTime()) - REREAD_MS);
      const last = await lastIds();
      const audit = await readAudit(auditId, limit);
      const pulls = await readPulls(decisionId, { withPulls, limit });
      const isAuditCut = audit.length === limit + REREAD_IDS;
      const arePullsCut = pulls.length === limit + REREAD_IDS;
      const scans = await readScans(since, limit);
      const jobs = await readJobs(since, limit);
      const approvals = await readApprovals(since, limit);
      // what did not fit is read next, from the last one that did
      const cut = [
        scans.length < limit ? undefined : scans.at(-1)?.finished_at,
        jobs.length < limit ? undefined : jobs.at(-1)?.at,
        approvals.length < limit ? undefined : approvals.at(-1)?.at,
      ].flatMap((at) => (at === undefined ? [] : [at.getTime() + REREAD_MS]));
      const cursor: HappeningCursor = {
        auditId: Math.max(auditId, isAuditCut ? (audit.at(-1)?.id ?? 0) : last.auditId),
        decisionId: Math.max(decisionId, arePullsCut ? (pulls.at(-1)?.id ?? 0) : last.decisionId),
        seenAt: new Date(Math.min(startedAt.getTime(), ...cut)).toISOString(),
      };
      return {
        happenings: [
          ...audit.map(fromAudit),
          ...pulls.map(fromPull),
          ...scans.map(fromScan),
          ...jobs.map((row) => fromJob("job", row)),
          ...approvals.map((row) => fromJob("approval", row)),
        ],
        cursor,
        hasMore: cut.length > 0 || audit.length === limit + REREAD_IDS || pulls.length === limit + REREAD_IDS,
      };
    },

    async listOldKeys(before, limit) {
      const rows = await db
        .selectFrom("access_key")
        .innerJoin("account", "account.id", "access_key.account_id")
        .select(["access_key.id", "access_key.access_key", "account.name", "access_key.rotated_at"])
        .where("access_key.state", "=", "active")
        .where("account.state", "=", "active")
        .where("access_key.rotated_at", "<", before)
        .where((where) =>
          where.or([where("access_key.expires_at", "is", null), where("access_key.expires_at", ">", clock.now())]),
        )
        .orderBy("access_key.rotated_at")
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        accessKey: row.access_key,
        account: row.name,
        rotatedAt: row.rotated_at.toISOString(),
      }));
    },
  };
}

function fromAudit({ id, actor, action, target, at }: AuditRow): Happening {
  return { key: `audit/${id}`, kind: "audit", action, actor, target, at: at.toISOString() };
}

function fromPull(row: PullRow): Happening {
  return {
    key: `decision/${row.id}`,
    kind: "pull",
    outcome: row.outcome,
    actor: row.actor,
    reference: row.reference,
    ...(row.digest === null ? {} : { digest: row.digest as Digest }),
    reasons: JSON.parse(row.reasons) as readonly { readonly code: string }[],
    ...(row.policy === null ? {} : { policy: row.policy }),
    at: row.decided_at.toISOString(),
  };
}

function fromScan({ id, digest, state, message, finished_at }: ScanRow): Happening {
  return {
    key: `scan/${id}`,
    kind: "scan",
    digest: digest as Digest,
    state,
    ...(message === null ? {} : { message }),
    at: finished_at.toISOString(),
  };
}

function fromJob(kind: "job" | "approval", row: JobRow): Happening {
  return {
    key: `${kind}/${row.id}`,
    kind,
    job: {
      id: row.id,
      kind: row.kind as RegistryJobKind,
      state: row.state,
      target: row.target,
      parameters: JSON.parse(row.parameters) as unknown,
      ...(row.message === null ? {} : { message: fromMessageColumn(row.message) }),
      requestedBy: row.requested_by,
      ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    },
    at: row.at.toISOString(),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import type { ScanJobState, ScanRequestOptions } from "./scan-job.ts";
import { storableText } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";

const MAX_ACTOR_CHARACTERS = 512;
const MAX_MESSAGE_CHARACTERS = 4_000;

type Context = Pick<StoreContext, "clusterId" | "clock">;

/** Opens the job of a digest, unless one is open; one that could wait does not when somebody else asks. */
export async function openScanJob(
  { clusterId, clock }: Context,
  queries: Queries,
  job: { readonly digest: Digest; readonly options: ScanRequestOptions },
): Promise<void> {
  const { reason, requestedBy } = job.options;
  const actor = requestedBy === undefined ? null : storableText(requestedBy, MAX_ACTOR_CHARACTERS);
  await sql`insert into scan_job
      (cluster_id, digest, reason, requested_by, state, attempts, done_bytes, total_bytes, requested_at)
    values (${clusterId}::uuid, ${job.digest}, ${reason}, ${actor}, 'pending', 0, 0, 0, ${clock.now()})
    on conflict (digest) where finished_at is null do update set
      reason = excluded.reason, requested_by = excluded.requested_by
      where scan_job.reason = 'analyzers' and excluded.reason <> 'analyzers'`.execute(queries);
}

/** Begins (or begins again) the open job of a digest, which is opened for `options` when there is none. */
export async function startScanJob(
  context: Context,
  queries: Queries,
  job: { readonly digest: Digest; readonly options: ScanRequestOptions },
): Promise<void> {
  if (!(await beginOpenJob(context, queries, job.digest))) {
    await openScanJob(context, queries, job);
    await beginOpenJob(context, queries, job.digest);
  }
}

async function beginOpenJob({ clock }: Context, queries: Queries, digest: Digest): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable("scan_job")
    .set({
      state: "running",
      attempts: sql`attempts + 1`,
      started_at: sql`coalesce(started_at, ${clock.now()})`,
      done_bytes: 0,
    })
    .where("digest", "=", digest)
    .where("finished_at", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Ends the open job of a digest, if there is one; says whether there was. */
export async function closeScanJob(
  { clock }: Context,
  queries: Queries,
  digest: Digest,
  end: { readonly state: Exclude<ScanJobState, "pending" | "running">; readonly message?: string },
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable("scan_job")
    .set({
      state: end.state,
      message: end.message === undefined ? null : storableText(end.message, MAX_MESSAGE_CHARACTERS),
      finished_at: clock.now(),
    })
    .where("digest", "=", digest)
    .where("finished_at", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

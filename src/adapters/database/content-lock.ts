// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, sql } from "kysely";
import type { Digest } from "#base";
import type { Queries, StoreContext } from "./store-context.ts";

/** First half of the advisory locks by which the bytes of a digest are kept or removed; the second half is of the digest. */
const CONTENT_LOCK_CLASS = 0x4841_4542;

/**
 * An expression for the list of a `select`: until the transaction ends, no process removes the bytes of the digest (`removeUnheld`). Digests
 * that share the 32 bits wait for each other and nothing else.
 */
export function keepContent(digest: Digest): RawBuilder<unknown> {
  return sql`pg_advisory_xact_lock_shared(${sql.lit(CONTENT_LOCK_CLASS)}, ${lockOf(digest)}::integer)`;
}

/** See `RegistryStorageStore`. */
export async function removeUnheld<T>(
  { db }: StoreContext,
  digest: Digest,
  remove: (mayGo: () => Promise<boolean>) => Promise<T>,
): Promise<T | undefined> {
  return await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(CONTENT_LOCK_CLASS)}, ${lockOf(digest)}::integer)`.execute(
      transaction,
    );
    // a statement of its own, so that it sees what was committed while the lock was waited for
    async function mayGo(): Promise<boolean> {
      return !(await isHeld(transaction, digest));
    }
    return (await mayGo()) ? await remove(mayGo) : undefined;
  });
}

/** By a repository, or by a snapshot: that copies what there was at its instant, whatever became of it since. */
async function isHeld(queries: Queries, digest: Digest): Promise<boolean> {
  const { rows } = await sql<{ readonly held: boolean }>`
    select exists (select 1 from blob_link where digest = ${digest})
      or exists (select 1 from manifest where digest = ${digest})
      or exists (select 1 from registry_job where kind = 'snapshot' and state = 'running') as held`.execute(queries);
  return rows[0]?.held ?? true;
}

function lockOf(digest: Digest): number {
  const hex = digest.slice(digest.indexOf(":") + 1);
  return Number.parseInt(hex.slice(0, 8), 16) | 0;
}

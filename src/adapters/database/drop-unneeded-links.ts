// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, sql } from "kysely";
import type { Digest } from "#base";
import type { DroppedLink, LinkCursor, RegistryStorageStore } from "./registry-storage.ts";
import type { StoreContext } from "./store-context.ts";

/** Of the link `l`: no manifest of its repository names the blob. */
export const NOT_NEEDED: RawBuilder<unknown> = sql`not exists (
  select 1 from manifest_reference f
  where f.repository_id = l.repository_id and f.digest = l.digest and f.kind = 'blob')`;

/** See `RegistryStorageStore`. */
export async function dropUnneededLinks(
  { db }: StoreContext,
  { linkedBefore, after, limit, isDryRun = false }: Parameters<RegistryStorageStore["dropUnneededLinks"]>[0],
): ReturnType<RegistryStorageStore["dropUnneededLinks"]> {
  const from = sql`(${after?.repositoryId ?? 0}::bigint, ${after?.digest ?? ""})`;
  const { rows: ends } = await sql<LinkCursor>`
    select repository_id as "repositoryId", digest from (
      select repository_id, digest from blob_link where (repository_id, digest) > ${from}
      order by repository_id, digest limit ${limit}) page
    order by repository_id desc, digest desc limit 1`.execute(db);
  const [next] = ends;
  if (next === undefined) {
    return { dropped: [] };
  }
  const inPage = sql`(l.repository_id, l.digest) > ${from}
    and (l.repository_id, l.digest) <= (${next.repositoryId}::bigint, ${next.digest}) and l.linked_at < ${linkedBefore}`;
  if (isDryRun) {
    const { rows } = await sql<DroppedLink>`
      select r.name as repository, l.digest, l.size_bytes as "sizeBytes"
      from blob_link l join repository r on r.id = l.repository_id
      where ${inPage} and ${NOT_NEEDED}`.execute(db);
    return { dropped: rows, next };
  }
  const dropped = await db.transaction().execute(async (transaction) => {
    // The rows first: a push locks the links that it needs. Those that it holds are skipped; for those that we hold it waits, and sees them gone.
    const { rows: candidates } = await sql<{ readonly repository_id: number; readonly digest: Digest }>`
      select l.repository_id, l.digest from blob_link l
      where ${inPage} and ${NOT_NEEDED}
      for update of l skip locked`.execute(transaction);
    if (candidates.length === 0) {
      return [];
    }
    // What was needed is asked again: this statement sees what pushes committed after the first one began.
    const { rows } = await sql<DroppedLink>`
      delete from blob_link l using repository r, unnest(
        ${candidates.map((each) => each.repository_id)}::bigint[], ${candidates.map((each) => each.digest)}::text[]
      ) as u (repository_id, digest)
      where r.id = l.repository_id and l.repository_id = u.repository_id and l.digest = u.digest collate "C"
        and ${NOT_NEEDED}
      returning r.name as repository, l.digest, l.size_bytes as "sizeBytes"`.execute(transaction);
    return rows;
  });
  return { dropped, next };
}

/** See `RegistryStorageStore`. Whoever puts something into a repository holds its row (`ensureRepository`). */
export async function dropEmptyRepositories({ db }: StoreContext, createdBefore: Date): Promise<number> {
  const isEmpty = sql`not exists (select 1 from manifest m where m.repository_id = r.id)
    and not exists (select 1 from blob_link l where l.repository_id = r.id)`;
  return await db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ readonly id: number }>`
      select r.id from repository r where r.created_at < ${createdBefore} and ${isEmpty}
      for update of r skip locked`.execute(transaction);
    const { numAffectedRows } = await sql`
      delete from repository r where r.id = any(${rows.map(({ id }) => id)}::bigint[]) and ${isEmpty}`.execute(
      transaction,
    );
    return Number(numAffectedRows ?? 0n);
  });
}

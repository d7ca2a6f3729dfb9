// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import { withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";
import type { ContentRemoval } from "./stores.ts";

const MAX_TAGS = 10;

/**
 * Deletes a manifest (with its tags) or the link of a blob from a repository, unless a manifest there refers to it;
 * with `isUntagged` a manifest that has a tag stays, too.
 */
export async function removeContent(
  { db }: StoreContext,
  table: "manifest" | "blob_link",
  content: { readonly repository: string; readonly digest: Digest; readonly isUntagged?: boolean },
): Promise<ContentRemoval> {
  const { repository, digest, isUntagged = false } = content;
  return await db.transaction().execute(async (transaction) => {
    // the row itself first: a push that needs it takes the same one, and so either sees it gone or is seen below
    const { rows: found } = await sql<{ readonly id: number }>`
      select r.id from ${sql.table(table)} m join repository r on r.id = m.repository_id
      where r.name = ${withoutNul(repository)} and m.digest = ${digest}
      for update of m`.execute(transaction);
    const id = found[0]?.id;
    if (id === undefined) {
      return { state: "unknown" };
    }
    const { rows: needing } = await sql<{ readonly manifest_digest: Digest }>`
      select manifest_digest from manifest_reference
      where repository_id = ${id} and digest = ${digest} and manifest_digest <> ${digest}
        and kind = ${table === "manifest" ? "manifest" : "blob"}
      limit 1`.execute(transaction);
    const by = needing[0]?.manifest_digest;
    if (by !== undefined) {
      return { state: "needed", by };
    }
    if (isUntagged) {
      // whoever tags it takes its row, too
      const { rows: tags } = await sql<{ readonly name: string }>`
        select name from tag where repository_id = ${id} and digest = ${digest} order by name limit ${MAX_TAGS}`.execute(
        transaction,
      );
      if (tags.length > 0) {
        return { state: "tagged", tags: tags.map(({ name }) => name) };
      }
    }
    if (table === "manifest") {
      await sql`delete from tag where repository_id = ${id} and digest = ${digest}`.execute(transaction);
    }
    await sql`delete from ${sql.table(table)} where repository_id = ${id} and digest = ${digest}`.execute(transaction);
    return { state: "deleted" };
  });
}

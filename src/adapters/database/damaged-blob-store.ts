// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import type { DamagedBlob, DamagedBlobStore } from "./damaged-blob.ts";
import { withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";

/** Whether a repository has it, as blob or manifest. */
const IS_HELD = sql<boolean>`(exists (select 1 from blob_link l where l.digest = d.digest)
  or exists (select 1 from manifest m where m.digest = d.digest))`;

/** See {@link DamagedBlobStore}. */
export function createDamagedBlobStore({ db, clusterId, clock }: StoreContext): DamagedBlobStore {
  return {
    async note(digest, condition) {
      await db
        .insertInto("damaged_blob")
        .values({ cluster_id: clusterId, digest, condition, found_at: clock.now() })
        .onConflict((conflict) => conflict.column("digest").doUpdateSet({ condition }))
        .execute();
    },

    async forget(digest) {
      await db.deleteFrom("damaged_blob").where("digest", "=", digest).execute();
    },

    async find(digest) {
      const row = await db.selectFrom("damaged_blob").selectAll().where("digest", "=", digest).executeTakeFirst();
      return row === undefined ? undefined : { digest, condition: row.condition, foundAt: row.found_at.toISOString() };
    },

    async forgetUnheld() {
      const { numAffectedRows } = await sql`delete from damaged_blob d where not ${IS_HELD}`.execute(db);
      return Number(numAffectedRows ?? 0n);
    },

    async list({ after, limit }) {
      const { rows } = await sql<{
        readonly digest: Digest;
        readonly condition: DamagedBlob["condition"];
        readonly found_at: Date;
      }>`
        select digest, condition, found_at from damaged_blob d
        where digest > ${withoutNul(after ?? "")} and ${IS_HELD} order by digest limit ${limit}`.execute(db);
      return rows.map(({ digest, condition, found_at }) => ({ digest, condition, foundAt: found_at.toISOString() }));
    },

    async count() {
      const { rows } = await sql<{ readonly damaged: number; readonly missing: number }>`
        select count(*) filter (where condition = 'damaged') as damaged,
          count(*) filter (where condition = 'missing') as missing
        from damaged_blob d where ${IS_HELD}`.execute(db);
      return rows[0] ?? { damaged: 0, missing: 0 };
    },
  };
}

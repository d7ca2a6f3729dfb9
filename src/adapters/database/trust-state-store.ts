// SPDX-License-Identifier: Apache-2.0
import { digestOf } from "#base";
import type { TrustStateStore } from "#signatures";
import { storableText } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";

/** Of a key as people see it; the digest of the whole key tells keys apart. */
const MAX_SHOWN_KEY = 1_000;

/** What was seen of TUF repositories, kept for all processes of the cluster. */
export function createTrustStateStore({ db, clusterId, clock }: StoreContext): TrustStateStore {
  return {
    async read(key) {
      const row = await db
        .selectFrom("trust_state")
        .select("state")
        .where("key_digest", "=", digestOf(key))
        .executeTakeFirst();
      return row === undefined ? undefined : new Uint8Array(row.state);
    },

    async replace(key, expected, next) {
      const state = Buffer.from(next);
      const updated = clock.now();
      if (expected === undefined) {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto("trust_state")
          .values({
            cluster_id: clusterId,
            key_digest: digestOf(key),
            key: storableText(key, MAX_SHOWN_KEY),
            state,
            updated_at: updated,
          })
          .onConflict((conflict) => conflict.column("key_digest").doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n;
      }
      // One statement: whoever comes second waits for the row and then finds that it is no longer what was expected.
      const { numUpdatedRows } = await db
        .updateTable("trust_state")
        .set({ state, updated_at: updated })
        .where("key_digest", "=", digestOf(key))
        .where("state", "=", Buffer.from(expected))
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What was seen of TUF repositories. A key may hold a long URL, which no index could hold, so that its digest is the
 * primary key; the key itself is there for people.
 */
export const trustState: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table trust_state (
          cluster_id uuid not null,
          key_digest text collate "C" primary key,
          key text not null,
          state bytea not null,
          updated_at timestamptz not null
        )`,
      )
      .execute(db);
  },
};

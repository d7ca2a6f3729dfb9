// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What of the storage is damaged, over restarts; and when somebody last signed in at an OIDC provider. */
export const damagedBlobs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  },
};

const STATEMENTS: readonly string[] = [
  `create table damaged_blob (
    cluster_id uuid not null,
    digest text collate "C" primary key,
    condition text not null check (condition in ('damaged', 'missing')),
    found_at timestamptz not null
  )`,
  "alter table account add column signed_in_at timestamptz",
  // when they did is not known: their time begins with this version
  "update account set signed_in_at = now() where issuer is not null",
];

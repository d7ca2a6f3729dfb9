// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Under which names advisories are looked up for the packages of an image (of a Debian image those of the source packages), so that a
 * newer advisory database leads to the images that it concerns. Images of earlier versions have none until their findings are made
 * again, which then is each time. The ids of vulnerabilities that a vendor clears stand there, too, with `(cleared)` as ecosystem.
 * Of each report it is kept which version of the matching made it: those of another one are made again, whatever they are about.
 */
export const scannedSubjects: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  },
};

const STATEMENTS: readonly string[] = [
  `create table scanned_subject (
    cluster_id uuid not null,
    digest text collate "C" not null,
    ecosystem text collate "C" not null,
    name text collate "C" not null,
    primary key (digest, ecosystem, name)
  )`,
  "create index scanned_subject_name on scanned_subject (ecosystem, name, digest)",
  "alter table scan add column matching_version integer",
];

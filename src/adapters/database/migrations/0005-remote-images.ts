// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What replicas share about images of other registries. `scan.origin` tells their scans from those of our own images,
 * which the scanner role looks after; `scan.lease_until` lets another replica take over from one that vanished with its
 * machine, whose database connection may seem alive for hours.
 */
export const remoteImages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  },
};

const STATEMENTS: readonly string[] = [
  `create table remote_image (
    cluster_id uuid not null,
    digest text collate "C" primary key,
    registry text not null,
    repository text not null,
    media_type text not null,
    kind text not null check (kind in ('image', 'index', 'artifact')),
    children text,
    config text,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null
  )`,
  "create index remote_image_last_seen on remote_image (last_seen_at)",
  "alter table scan add column origin text check (origin in ('remote'))",
  "alter table scan add column lease_until timestamptz",
  // a gate without blobs asks which repository has a digest
  "create index manifest_digest on manifest (digest)",
  "create index blob_link_digest on blob_link (digest)",
];

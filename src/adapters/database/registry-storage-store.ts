// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, sql } from "kysely";
import type { Digest } from "#base";
import { removeUnheld } from "./content-lock.ts";
import { dropEmptyRepositories, dropUnneededLinks, NOT_NEEDED } from "./drop-unneeded-links.ts";
import { isUnderReadable } from "./list-images.ts";
import type { ContentHolder, ManifestUse, RegistryStorageStore, TagRecord } from "./registry-storage.ts";
import { withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";

const MAX_TAGS_OF_HOLDER = 10;

/** The part of the registry's store that storage works with. */
export function createRegistryStorageStore(context: StoreContext): RegistryStorageStore {
  const { db } = context;
  return {
    dropUnneededLinks: (walk) => dropUnneededLinks(context, walk),
    dropEmptyRepositories: (createdBefore) => dropEmptyRepositories(context, createdBefore),
    removeUnheld: (digest, remove) => removeUnheld(context, digest, remove),

    async countLinks() {
      const { rows } = await sql<{ readonly links: number }>`select count(*) as links from blob_link`.execute(db);
      return rows[0]?.links ?? 0;
    },

    async countHolders(digests, options) {
      const remains =
        options === undefined ? sql`true` : sql`not (l.linked_at < ${options.without.linkedBefore} and ${NOT_NEEDED})`;
      const { rows } = await sql<{ readonly digest: Digest; readonly holders: number }>`
        select digest, count(*) as holders from (
          select l.digest from blob_link l where l.digest = any(${[...digests]}::text[]) and ${remains}
          union all
          select m.digest from manifest m where m.digest = any(${[...digests]}::text[])) held
        group by digest`.execute(db);
      return new Map(rows.map(({ digest, holders }) => [digest, holders]));
    },

    async listHeld({ after, limit }) {
      const from = after ?? "";
      const { rows } = await sql<{ readonly digest: Digest; readonly size_bytes: number }>`
        select digest, max(size_bytes) as size_bytes from (
          (select distinct on (digest) digest, size_bytes from blob_link where digest > ${from} order by digest limit ${limit})
          union all
          (select distinct on (digest) digest, size_bytes from manifest where digest > ${from} order by digest limit ${limit})
        ) held group by digest order by digest limit ${limit}`.execute(db);
      return rows.map(({ digest, size_bytes }) => ({ digest, sizeBytes: size_bytes }));
    },

    async findHolders(digest, limit) {
      const { rows } = await sql<ContentHolder>`
        select r.name as repository, h.kind, array(
          select t.name from tag t where t.repository_id = r.id and (t.digest = ${digest} or t.digest in (
            select f.manifest_digest from manifest_reference f where f.repository_id = r.id and f.digest = ${digest}
            union
            select g.manifest_digest from manifest_reference f
            join manifest_reference g on g.repository_id = r.id and g.digest = f.manifest_digest
            where f.repository_id = r.id and f.digest = ${digest}))
          order by t.name limit ${MAX_TAGS_OF_HOLDER}) as tags
        from (
          select repository_id, min(kind) as kind from (
            select repository_id, 'manifest' as kind from manifest where digest = ${digest}
            union all
            select repository_id, 'blob' from blob_link where digest = ${digest}) held
          group by repository_id
        ) h join repository r on r.id = h.repository_id
        order by r.name limit ${limit}`.execute(db);
      return rows;
    },

    async totalUsage() {
      const { rows } = await sql<{
        readonly bytes: number;
        readonly blobs: number;
        readonly manifests: number;
        readonly repositories: number;
        readonly tags: number;
      }>`
        select coalesce(sum(size_bytes), 0)::bigint as bytes,
          count(*) filter (where not is_manifest) as blobs,
          count(*) filter (where is_manifest) as manifests,
          (select count(*) from repository) as repositories, (select count(*) from tag) as tags
        from (
          select digest, max(size_bytes) as size_bytes, bool_or(is_manifest) as is_manifest from (
            select digest, size_bytes, false as is_manifest from blob_link
            union all
            select digest, size_bytes, true from manifest) held
          group by digest
        ) content`.execute(db);
      return rows[0] ?? { bytes: 0, blobs: 0, manifests: 0, repositories: 0, tags: 0 };
    },

    async listUsage({ prefix, after, limit, readable }) {
      const isReadable = readable === undefined ? sql`true` : isUnderReadable(readable);
      const { rows } = await sql<{
        readonly name: string;
        readonly bytes: number;
        readonly manifests: number;
        readonly tags: number;
        readonly pushed_at: Date | null;
        readonly pulled_at: Date | null;
      }>`
        select r.name,
          (select coalesce(sum(size_bytes), 0)::bigint from (
            select digest, size_bytes from blob_link where repository_id = r.id
            union
            select digest, size_bytes from manifest where repository_id = r.id) held) as bytes,
          (select count(*) from manifest where repository_id = r.id) as manifests,
          (select count(*) from tag where repository_id = r.id) as tags,
          (select max(pushed_at) from manifest where repository_id = r.id) as pushed_at,
          (select max(pulled_at) from manifest where repository_id = r.id) as pulled_at
        from repository r
        where ${isUnder(sql`r.name`, prefix ?? "")} and r.name > ${withoutNul(after ?? "")} and ${isReadable}
        order by r.name limit ${limit}`.execute(db);
      return rows.map((row) => ({
        repository: row.name,
        bytes: row.bytes,
        manifests: row.manifests,
        tags: row.tags,
        ...(row.pushed_at === null ? {} : { pushedAt: row.pushed_at.toISOString() }),
        ...(row.pulled_at === null ? {} : { pulledAt: row.pulled_at.toISOString() }),
      }));
    },

    async sumUnder(prefix, among) {
      const { rows } = await sql<{
        readonly bytes: number;
        readonly present: Readonly<Record<Digest, number>> | null;
      }>`
        select coalesce(sum(size_bytes), 0)::bigint as bytes,
          json_object_agg(digest, size_bytes) filter (where digest = any(${[...among]}::text[])) as present
        from (
          select l.digest, l.size_bytes from blob_link l join repository r on r.id = l.repository_id
          where ${isUnder(sql`r.name`, prefix)}
          union
          select m.digest, m.size_bytes from manifest m join repository r on r.id = m.repository_id
          where ${isUnder(sql`r.name`, prefix)}
        ) held`.execute(db);
      return {
        bytes: rows[0]?.bytes ?? 0,
        present: new Map(Object.entries(rows[0]?.present ?? {}) as [Digest, number][]),
      };
    },

    async notePulls(pulls) {
      const repositories = pulls.map(({ repository }) => withoutNul(repository));
      const digests = pulls.map(({ digest }) => digest);
      const tags = pulls.map(({ tag }) => (tag === undefined ? null : withoutNul(tag)));
      const times = pulls.map(({ at }) => at);
      // in one order, so that two processes that note the same pulls never wait for each other in a circle
      await db.transaction().execute(async (transaction) => {
        await sql`
          with pulled as (
            select r.id, u.digest, max(u.at) as at
            from unnest(${repositories}::text[], ${digests}::text[], ${times}::timestamptz[]) as u (repository, digest, at)
            join repository r on r.name = u.repository collate "C"
            group by r.id, u.digest),
          locked as (
            select m.repository_id, m.digest, p.at from manifest m
            join pulled p on p.id = m.repository_id and p.digest collate "C" = m.digest
            order by m.repository_id, m.digest for no key update of m)
          update manifest m set pulled_at = greatest(m.pulled_at, l.at) from locked l
          where m.repository_id = l.repository_id and m.digest = l.digest`.execute(transaction);
        await sql`
          with pulled as (
            select r.id, u.tag, max(u.at) as at
            from unnest(${repositories}::text[], ${tags}::text[], ${times}::timestamptz[]) as u (repository, tag, at)
            join repository r on r.name = u.repository collate "C"
            where u.tag is not null group by r.id, u.tag),
          locked as (
            select t.repository_id, t.name, p.at from tag t
            join pulled p on p.id = t.repository_id and p.tag collate "C" = t.name
            order by t.repository_id, t.name for no key update of t)
          update tag t set pulled_at = greatest(t.pulled_at, l.at) from locked l
          where t.repository_id = l.repository_id and t.name = l.name`.execute(transaction);
      });
    },

    async listTagRecords(repository, { after, limit }) {
      const { rows } = await sql<{
        readonly name: string;
        readonly digest: Digest;
        readonly pushed_by: string;
        readonly pushed_at: Date;
        readonly pulled_at: Date | null;
      }>`
        select t.name, t.digest, t.pushed_by, t.pushed_at, t.pulled_at
        from tag t join repository r on r.id = t.repository_id
        where r.name = ${withoutNul(repository)} and t.name > ${withoutNul(after ?? "")}
        order by t.name limit ${limit}`.execute(db);
      return rows.map(
        (row): TagRecord => ({
          name: row.name,
          digest: row.digest,
          pushedBy: row.pushed_by,
          pushedAt: row.pushed_at.toISOString(),
          ...(row.pulled_at === null ? {} : { pulledAt: row.pulled_at.toISOString() }),
        }),
      );
    },

    async listManifests(repository, { after, limit }) {
      const { rows } = await sql<{
        readonly digest: Digest;
        readonly kind: ManifestUse["kind"];
        readonly size_bytes: number;
        readonly subject: Digest | null;
        readonly is_tagged: boolean;
        readonly is_listed: boolean;
        readonly pushed_at: Date;
        readonly pulled_at: Date | null;
      }>`
        select m.digest, m.kind, m.size_bytes, m.subject, m.pushed_at, m.pulled_at,
          exists (select 1 from tag t where t.repository_id = m.repository_id and t.digest = m.digest) as is_tagged,
          exists (select 1 from manifest_reference f
            where f.repository_id = m.repository_id and f.digest = m.digest and f.kind = 'manifest') as is_listed
        from manifest m join repository r on r.id = m.repository_id
        where r.name = ${withoutNul(repository)} and m.digest > ${after ?? ""}
        order by m.digest limit ${limit}`.execute(db);
      return rows.map(
        (row): ManifestUse => ({
          digest: row.digest,
          kind: row.kind,
          sizeBytes: row.size_bytes,
          ...(row.subject === null ? {} : { subject: row.subject }),
          isTagged: row.is_tagged,
          isListed: row.is_listed,
          pushedAt: row.pushed_at.toISOString(),
          ...(row.pulled_at === null ? {} : { pulledAt: row.pulled_at.toISOString() }),
        }),
      );
    },
  };
}

/** Names under a prefix: the repository of that name and all below it. `/` to `0` is every name that goes on after the slash, in the order of "C". */
function isUnder(name: RawBuilder<unknown>, prefix: string): RawBuilder<unknown> {
  const text = withoutNul(prefix);
  return text === "" ? sql`true` : sql`(${name} = ${text} or (${name} >= ${`${text}/`} and ${name} < ${`${text}0`}))`;
}

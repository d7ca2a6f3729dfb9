// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, sql } from "kysely";
import type { Digest } from "#base";
import { withoutNul } from "./storable-text.ts";
import type { Queries } from "./store-context.ts";
import type { ManifestRecord, RegistryStore } from "./stores.ts";

interface ImageRow {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly pushed_at: Date;
  readonly pulled_at: Date | null;
  readonly pushed_by: string;
  readonly size_bytes: number;
  readonly kind: ManifestRecord["kind"];
}

/**
 * Whether a tag is an image of its own. Signatures, attestations and SBOMs that clients keep under `sha256-<hex>` tags
 * (distribution-spec "Referrers Tag Schema"; cosign's `.sig`, `.att`, `.sbom`) are shown with the image that they are
 * about. The name alone hides nothing: what has an image in it is listed, whatever it is called.
 */
const IS_IMAGE = sql`(t.name !~ '^sha(256-[0-9a-f]{64}|512-[0-9a-f]{64,128})([.](sig|att|sbom))?$' or exists (
  select 1 from manifest h
  where h.repository_id = t.repository_id and h.digest = t.digest and (h.kind = 'image' or (h.kind = 'index' and exists (
    select 1 from manifest_reference c
    left join manifest k on k.repository_id = c.repository_id and k.digest = c.digest
    where c.repository_id = t.repository_id and c.manifest_digest = t.digest and c.kind = 'manifest'
      and k.kind is distinct from 'artifact')))))`;

/** Whether the longest of the prefixes that the repository `r` lies under is readable. */
export function isUnderReadable(
  prefixes: readonly { readonly prefix: string; readonly isReadable: boolean }[],
): RawBuilder<boolean> {
  return sql<boolean>`coalesce((
    select g."isReadable" from jsonb_to_recordset(${JSON.stringify(prefixes)}::jsonb) as g(prefix text, "isReadable" boolean)
    where g.prefix = '' or r.name = g.prefix or starts_with(r.name, g.prefix || '/')
    order by length(g.prefix) desc limit 1), false)`;
}

/**
 * The tags of images, newest push first. What was pulled by its digest was pulled, too: most clients ask for the digest of a tag first. The size is that of the manifest with everything it names, each digest once; for an index
 * also what its children (as far as they are here) name.
 */
export async function listImages(
  queries: Queries,
  page: Parameters<RegistryStore["listImages"]>[0],
): ReturnType<RegistryStore["listImages"]> {
  const inRepository = page.repository === undefined ? sql`true` : sql`r.name = ${withoutNul(page.repository)}`;
  const isReadable = page.readable === undefined ? sql`true` : isUnderReadable(page.readable);
  const { rows } = await sql<ImageRow>`
    select p.repository, p.tag, p.digest, p.pushed_at, p.pushed_by, greatest(p.pulled_at, m.pulled_at) as pulled_at, m.kind,
      (m.size_bytes + coalesce(s.bytes, 0))::bigint as size_bytes
    from (
      select r.name as repository, t.name as tag, t.digest, t.pushed_at, t.pushed_by, t.pulled_at, t.repository_id
      from tag t join repository r on r.id = t.repository_id
      where ${inRepository} and ${isReadable} and ${IS_IMAGE}
      order by t.pushed_at desc, r.name, t.name
      limit ${page.limit} offset ${page.offset}
    ) p
    join manifest m on m.repository_id = p.repository_id and m.digest = p.digest
    left join lateral (
      select sum(d.size_bytes) as bytes
      from (
        select distinct on (f.digest) f.digest, f.size_bytes
        from manifest_reference f
        where f.repository_id = p.repository_id
          and (f.manifest_digest = p.digest
            or f.manifest_digest in (
              select c.digest from manifest_reference c
              where c.repository_id = p.repository_id and c.manifest_digest = p.digest and c.kind = 'manifest'))
        order by f.digest, f.size_bytes
      ) d
    ) s on true
    order by p.pushed_at desc, p.repository, p.tag`.execute(queries);
  const { rows: counted } = await sql<{ readonly total: number }>`
    select count(*) as total from tag t join repository r on r.id = t.repository_id
    where ${inRepository} and ${isReadable} and ${IS_IMAGE}`.execute(queries);
  return {
    total: counted[0]?.total ?? 0,
    images: rows.map((row) => ({
      repository: row.repository,
      tag: row.tag,
      digest: row.digest,
      pushedAt: row.pushed_at.toISOString(),
      pushedBy: row.pushed_by,
      ...(row.pulled_at === null ? {} : { pulledAt: row.pulled_at.toISOString() }),
      sizeBytes: row.size_bytes,
      kind: row.kind,
    })),
  };
}

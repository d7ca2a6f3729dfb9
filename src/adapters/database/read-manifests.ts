// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, sql } from "kysely";
import type { Digest } from "#base";
import { withoutNul } from "./storable-text.ts";
import type { Queries } from "./store-context.ts";
import type { ManifestRecord, ReferrerRecord, RegistryStore } from "./stores.ts";

interface ManifestRow {
  readonly repository: string;
  readonly digest: Digest;
  readonly media_type: string;
  readonly kind: ManifestRecord["kind"];
  readonly size_bytes: number;
  readonly artifact_type: string | null;
  readonly subject: Digest | null;
  readonly platform: string | null;
  readonly pushed_by: string;
  readonly pushed_at: Date;
  readonly references: readonly (readonly [digest: Digest, kind: "blob" | "manifest", sizeBytes: number])[];
}

/** The manifests (`m`) of a repository (`r`) for which the condition holds, with their references, oldest push first. */
export async function manifestsWhere(
  queries: Queries,
  repository: string,
  condition: RawBuilder<unknown>,
): Promise<readonly ManifestRecord[]> {
  const { rows } = await sql<ManifestRow>`
    select r.name as repository, m.digest, m.media_type, m.kind, m.size_bytes, m.artifact_type, m.subject, m.platform,
      m.pushed_by, m.pushed_at,
      coalesce(
        (select jsonb_agg(jsonb_build_array(f.digest, f.kind, f.size_bytes) order by f.position)
         from manifest_reference f where f.repository_id = m.repository_id and f.manifest_digest = m.digest),
        '[]'::jsonb
      ) as references
    from manifest m join repository r on r.id = m.repository_id
    where r.name = ${withoutNul(repository)} and ${condition}
    order by m.pushed_at, m.digest`.execute(queries);
  return rows.map(toManifestRecord);
}

/** What has the digest as its subject; see `RegistryStore.findReferrers`. */
export async function referrersOf(
  queries: Queries,
  repository: string,
  { subject, page }: { readonly subject: Digest; readonly page: Parameters<RegistryStore["findReferrers"]>[2] },
): Promise<readonly ReferrerRecord[]> {
  const { after = "", artifactType, limit } = page ?? {};
  const { rows } = await sql<Omit<ManifestRow, "references">>`
    select r.name as repository, m.digest, m.media_type, m.kind, m.size_bytes, m.artifact_type, m.subject, m.platform,
      m.pushed_by, m.pushed_at
    from manifest m join repository r on r.id = m.repository_id
    where r.name = ${withoutNul(repository)} and m.subject = ${subject} and m.digest > ${withoutNul(after)}
      and ${artifactType === undefined ? sql`true` : sql`m.artifact_type = ${withoutNul(artifactType)}`}
    order by ${page === undefined ? sql`m.pushed_at, m.digest` : sql`m.digest`}
    ${limit === undefined ? sql`` : sql`limit ${limit}`}`.execute(queries);
  return rows.map(toReferrerRecord);
}

function toManifestRecord(row: ManifestRow): ManifestRecord {
  return {
    ...toReferrerRecord(row),
    references: row.references.map(([digest, kind, sizeBytes]) => ({ digest, kind, sizeBytes })),
  };
}

function toReferrerRecord(row: Omit<ManifestRow, "references">): ReferrerRecord {
  return {
    repository: row.repository,
    digest: row.digest,
    mediaType: row.media_type,
    kind: row.kind,
    sizeBytes: row.size_bytes,
    ...(row.artifact_type === null ? {} : { artifactType: row.artifact_type }),
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.platform === null ? {} : { platform: row.platform }),
    pushedBy: row.pushed_by,
    pushedAt: row.pushed_at.toISOString(),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Digest, Severity } from "#base";
import type { HoldingImage, HoldingQuery, ScanIndexStore } from "./scan-index.ts";
import { withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";

/** What is listed of one image; a name with a `*` may stand for all that it has. */
const MAX_SHOWN = 20;
const MAX_PLACES = 20;

interface HeldRow {
  readonly digest: Digest;
  readonly total: number;
  readonly packages: readonly { readonly type: string; readonly name: string; readonly version: string }[] | null;
  readonly vulnerabilities: readonly { readonly id: string; readonly severity: Severity }[] | null;
  readonly running: number;
  readonly registry: string | null;
  readonly repository: string | null;
}

interface PlaceRow {
  readonly digest: Digest;
  readonly repository: string;
  readonly tag: string | null;
}

/** Which images hold a package or a vulnerability. */
export function createScanIndexStore({ db }: StoreContext): ScanIndexStore {
  return {
    async findHolding(query) {
      const packages = packageConditions(query);
      const findings = query.vulnerability === undefined ? undefined : matches(sql`f.id`, query.vulnerability);
      if (packages === undefined && findings === undefined) {
        return { total: 0, images: [] };
      }
      const held =
        packages === undefined
          ? sql`select distinct f.digest from scanned_finding f where ${findings}`
          : sql`select distinct p.digest from scanned_package p where ${packages} ${
              findings === undefined
                ? sql``
                : sql`and exists (select 1 from scanned_finding f where f.digest = p.digest and ${findings})`
            }`;
      const { rows } = await sql<HeldRow>`
        with held as (${held}), page as (
          select digest, count(*) over () as total from held order by digest limit ${query.limit} offset ${query.offset})
        select page.digest, page.total, i.registry, i.repository,
          (select count(*) from running_image n where n.digest = page.digest and n.gone_at is null) as running,
          ${
            packages === undefined
              ? sql`null`
              : sql`(select json_agg(x) from (select p.type, p.name, p.version from scanned_package p
                  where p.digest = page.digest and ${packages} order by 1, 2, 3 limit ${sql.lit(MAX_SHOWN)}) x)`
          } as packages,
          ${
            findings === undefined
              ? sql`null`
              : sql`(select json_agg(x) from (select f.id, f.severity from scanned_finding f
                  where f.digest = page.digest and ${findings} order by f.id limit ${sql.lit(MAX_SHOWN)}) x)`
          } as vulnerabilities
        from page left join remote_image i on i.digest = page.digest
        order by page.digest`.execute(db);
      const places = await findPlaces(rows.map((row) => row.digest));
      return { total: rows[0]?.total ?? 0, images: rows.map((row) => toImage(row, places.get(row.digest) ?? [])) };
    },
  };

  async function findPlaces(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, HoldingImage["places"]>> {
    if (digests.length === 0) {
      return new Map();
    }
    const asked = sql`any(${[...digests]}::text[])`;
    const { rows } = await sql<PlaceRow>`
      select m.digest, r.name as repository, t.name as tag
      from manifest m join repository r on r.id = m.repository_id
      left join tag t on t.repository_id = m.repository_id and t.digest = m.digest
      where m.digest = ${asked}
      union
      select f.digest, r.name, t.name
      from manifest_reference f join repository r on r.id = f.repository_id
      join tag t on t.repository_id = f.repository_id and t.digest = f.manifest_digest
      where f.digest = ${asked} and f.kind = 'manifest'
      order by 2, 3 nulls last`.execute(db);
    const places = new Map<Digest, HoldingImage["places"]>();
    for (const { digest, repository, tag } of rows) {
      const known = places.get(digest) ?? [];
      // without a tag only where no tag leads to it
      const isNews = tag !== null || !known.some((each) => each.repository === repository);
      if (isNews && known.length < MAX_PLACES) {
        places.set(digest, [...known, { repository, ...(tag === null ? {} : { tag }) }]);
      }
    }
    return places;
  }
}

function packageConditions({
  packageName,
  packageVersion,
  packageType,
}: HoldingQuery): RawBuilder<SqlBool> | undefined {
  return packageName === undefined
    ? undefined
    : sql<SqlBool>`${matches(sql`p.name`, packageName)}
        and ${packageVersion === undefined ? sql`true` : matches(sql`p.version`, packageVersion)}
        and ${packageType === undefined ? sql`true` : sql`p.type = ${withoutNul(packageType)}`}`;
}

/** The whole text in any case, or with a `*` at the end its beginning. */
function matches(column: RawBuilder<unknown>, asked: string): RawBuilder<SqlBool> {
  const text = withoutNul(asked);
  if (!text.endsWith("*")) {
    return sql<SqlBool>`lower(${column}) = lower(${text})`;
  }
  const beginning = text.slice(0, -1).replaceAll(/[\\%_]/gu, (character) => `\\${character}`);
  return sql<SqlBool>`lower(${column}) like lower(${beginning}) || '%'`;
}

function toImage(row: HeldRow, places: HoldingImage["places"]): HoldingImage {
  const { digest, registry, repository } = row;
  return {
    digest,
    places,
    ...(registry === null || repository === null ? {} : { remote: { registry, repository } }),
    running: row.running,
    packages: row.packages ?? [],
    vulnerabilities: row.vulnerabilities ?? [],
  };
}

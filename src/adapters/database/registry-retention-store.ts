// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, sql } from "kysely";
import type { Digest } from "#base";
import type { RegistryRetentionStore } from "./registry-retention.ts";
import { withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";

export function createRegistryRetentionStore({ db }: StoreContext): RegistryRetentionStore {
  return {
    async listTagUses(repository) {
      const { rows } = await sql<{ tag: string; digest: Digest; pushed_at: Date; pulled_at: Date | null }>`
        select t.name as tag, t.digest, t.pushed_at, greatest(t.pulled_at, m.pulled_at) as pulled_at
        from repository r join tag t on t.repository_id = r.id
          join manifest m on m.repository_id = r.id and m.digest = t.digest
        where r.name = ${withoutNul(repository)}
        order by t.name`.execute(db);
      return rows.map(({ tag, digest, pushed_at, pulled_at }) => ({
        tag,
        digest,
        pushedAt: pushed_at,
        ...(pulled_at === null ? {} : { pulledAt: pulled_at }),
      }));
    },

    async listUnnamed(repository, { before, except, gone, limit }) {
      function isHere(column: string): RawBuilder<boolean> {
        return sql`not (${sql.ref(column)} = any(${[...gone]}::text[]))`;
      }
      const { rows } = await sql<{ digest: Digest; pushed_at: Date }>`
        select m.digest, m.pushed_at from repository r join manifest m on m.repository_id = r.id
        where r.name = ${withoutNul(repository)} and m.pushed_at < ${before}::timestamptz and ${isHere("m.digest")}
          and not exists (select 1 from tag t where t.repository_id = r.id and t.digest = m.digest
            and not (t.name = any(${[...except]}::text[])))
          and not exists (select 1 from manifest_reference f where f.repository_id = r.id and f.digest = m.digest
            and f.kind = 'manifest' and f.manifest_digest <> m.digest and ${isHere("f.manifest_digest")})
          and not exists (select 1 from manifest a where a.repository_id = r.id and a.subject = m.digest
            and ${isHere("a.digest")})
          and (m.subject is null or not exists
            (select 1 from manifest s where s.repository_id = r.id and s.digest = m.subject
              and ${isHere("s.digest")}))
        order by m.pushed_at, m.digest limit ${limit}`.execute(db);
      return rows.map(({ digest, pushed_at }) => ({ digest, pushedAt: pushed_at }));
    },
  };
}

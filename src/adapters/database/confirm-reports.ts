// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import { MATCHING_VERSION } from "#findings";
import type { Schema } from "./schema.ts";
import { withoutNul } from "./storable-text.ts";
import type { Queries } from "./store-context.ts";
import type { ReportChange } from "./stores.ts";
import { CLEARED, toIndexedSubject } from "./write-scan-index.ts";

/** Rows that are locked at once: a scan that ends meanwhile waits for so many. */
const BATCH = 500;
const MAX_CVE = 64;

/** What the change is about, as it stands in the index. */
interface Concerned {
  readonly ecosystems: readonly string[];
  readonly names: readonly string[];
  readonly cves: readonly string[] | "all";
}

/** See `ScanStore.confirmReports`. */
export async function confirmReports(db: Kysely<Schema>, change: ReportChange): Promise<number> {
  const indexed = change.subjects.map(toIndexedSubject);
  const { cves } = change;
  const concerned = {
    ecosystems: indexed.map(([ecosystem]) => ecosystem),
    names: indexed.map(([, name]) => name),
    cves: cves === "all" ? cves : cves.map((cve) => withoutNul(cve.slice(0, MAX_CVE)).toLowerCase()),
  };
  let confirmed = 0;
  for (let after = ""; ; ) {
    // Two statements, each of which sees what is committed when it begins: the index that the second one reads is that of the
    // reports that the first one locked, whatever scan ended before.
    const transaction = db.transaction().setIsolationLevel("read committed");
    const batch = await transaction.execute(async (queries) => {
      const digests = await lockBatch(queries, change.from, after);
      return { digests, confirmed: digests.length === 0 ? 0 : await confirm(queries, digests, change.to, concerned) };
    });
    confirmed += batch.confirmed;
    const last = batch.digests.at(-1);
    if (last === undefined) {
      return confirmed;
    }
    after = last;
  }
}

/** Whoever is changing a report is not waited for, so nobody waits in a circle: that report is made again. */
async function lockBatch(queries: Queries, from: string, after: string): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly digest: string }>`
    select digest from scan
    where digest > ${after} and database_digest = ${from} and matching_version = ${MATCHING_VERSION}
      and state = 'done' and analyzers is not null
    order by digest limit ${BATCH} for update skip locked`.execute(queries);
  return rows.map(({ digest }) => digest);
}

async function confirm(queries: Queries, digests: readonly string[], to: string, of: Concerned): Promise<number> {
  const isRated = of.cves === "all" ? sql`true` : sql`r.id = any(${of.cves}::text[])`;
  // no row of the index: who knows what the image has
  const { numAffectedRows } = await sql`
    with locked as materialized (
      select digest from unnest(${digests}::text[]) as l (digest)
    ), concerned as materialized (
      select s.digest from unnest(${of.ecosystems}::text[], ${of.names}::text[]) as c (ecosystem, name)
        join scanned_subject s on s.ecosystem = c.ecosystem and s.name = c.name
        join locked l on l.digest = s.digest
      union
      select r.digest from (
        select f.digest, lower(f.id) as id from scanned_finding f join locked l on l.digest = f.digest
        union all
        select s.digest, s.name from scanned_subject s join locked l on l.digest = s.digest where s.ecosystem = ${CLEARED}
      ) r where ${isRated}
    )
    update scan set database_digest = ${to} from locked l
    where scan.digest = l.digest
      and exists (select 1 from scanned_subject s where s.digest = scan.digest)
      and not exists (select 1 from concerned c where c.digest = scan.digest)`.execute(queries);
  return Number(numAffectedRows ?? 0n);
}

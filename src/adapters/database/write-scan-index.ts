// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import { withoutNul } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";

/** Packages (and ids of findings) of one image that are found by their names: half a million of a hostile one are not. */
const MAX_ROWS = 20_000;
const MAX_NAME = 200;

/** Brings the index of packages and vulnerabilities up to date with the report. What is there already is not written again. */
export async function writeScanIndex(
  { clusterId }: Pick<StoreContext, "clusterId">,
  queries: Queries,
  digest: Digest,
  report: Pick<ScanReport, "inventory" | "findings"> | undefined,
): Promise<void> {
  const packages = new Map<string, readonly string[]>();
  for (const { type, name, version } of report?.inventory.packages ?? []) {
    const row = [type, cut(name), cut(version)];
    packages.set(row.join("\n"), row);
    if (packages.size >= MAX_ROWS) {
      break;
    }
  }
  const findings = new Map<string, string>();
  for (const { id, aliases, severity } of report?.findings ?? []) {
    for (const each of [id, ...aliases].map(cut)) {
      // worst first
      findings.set(each, findings.get(each) ?? severity);
    }
    if (findings.size >= MAX_ROWS) {
      break;
    }
  }
  const [types, names, versions] = [0, 1, 2].map((at) => [...packages.values()].map((row) => row[at] ?? ""));
  await sql`with wanted as (
      select * from unnest(${types}::text[], ${names}::text[], ${versions}::text[]) as w (type, name, version)
    ), gone as (
      delete from scanned_package p where p.digest = ${digest} and not exists (
        select 1 from wanted w where w.type = p.type and w.name = p.name and w.version = p.version)
    )
    insert into scanned_package (cluster_id, digest, type, name, version)
    select ${clusterId}::uuid, ${digest}, type, name, version from wanted on conflict do nothing`.execute(queries);
  await sql`with wanted as (
      select * from unnest(${[...findings.keys()]}::text[], ${[...findings.values()]}::text[]) as w (id, severity)
    ), gone as (
      delete from scanned_finding f where f.digest = ${digest} and not exists (select 1 from wanted w where w.id = f.id)
    )
    insert into scanned_finding (cluster_id, digest, id, severity)
    select ${clusterId}::uuid, ${digest}, id, severity from wanted
    on conflict (digest, id) do update set severity = excluded.severity
      where scanned_finding.severity <> excluded.severity`.execute(queries);
}

/** Names end up in an index, whose entries are small. */
function cut(name: string): string {
  return withoutNul(name.slice(0, MAX_NAME));
}

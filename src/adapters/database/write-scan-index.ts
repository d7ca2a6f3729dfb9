// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import { type AdvisorySubject, type ScanReport, subjectsOf } from "#findings";
import { withoutNul } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";

/** Packages (and ids of findings) of one image that are found by their names: half a million of a hostile one are not. */
const MAX_ROWS = 20_000;
const MAX_NAME = 200;
/** Stands as ecosystem beside the ids of what a vendor clears: no search finds them, and what is said anew of them concerns the report. */
export const CLEARED = "(cleared)";

/** Brings the index of packages, vulnerabilities and names of advisories up to date with the report. What is there already is not written again. */
export async function writeScanIndex(
  { clusterId }: Pick<StoreContext, "clusterId">,
  queries: Queries,
  digest: Digest,
  report: Pick<ScanReport, "inventory" | "findings" | "suppressed"> | undefined,
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
  // an image that has no names here is taken for one that everything concerns
  const subjects = findings.size >= MAX_ROWS ? [] : subjectsIn(report);
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
  const [ecosystems, subjectNames] = [subjects.map(([ecosystem]) => ecosystem), subjects.map(([, name]) => name)];
  await sql`with wanted as (
      select distinct * from unnest(${ecosystems}::text[], ${subjectNames}::text[]) as w (ecosystem, name)
    ), gone as (
      delete from scanned_subject s where s.digest = ${digest} and not exists (
        select 1 from wanted w where w.ecosystem = s.ecosystem and w.name = s.name)
    )
    insert into scanned_subject (cluster_id, digest, ecosystem, name)
    select ${clusterId}::uuid, ${digest}, ecosystem, name from wanted on conflict do nothing`.execute(queries);
}

function subjectsIn(
  report: Pick<ScanReport, "inventory" | "suppressed"> | undefined,
): readonly (readonly [ecosystem: string, name: string])[] {
  const subjects = report === undefined ? [] : subjectsOf(report.inventory).map(toIndexedSubject);
  const cleared = new Set<string>();
  for (const { finding } of report?.suppressed ?? []) {
    if (finding.kind === "vulnerability") {
      for (const each of [finding.id, ...finding.aliases]) {
        cleared.add(cut(each).toLowerCase());
      }
    }
  }
  return subjects.length === 0 || subjects.length + cleared.size >= MAX_ROWS
    ? []
    : [...subjects, ...[...cleared].map((id) => [CLEARED, id] as const)];
}

/** Ecosystem and name as they stand in the index; names that are cut may mean several packages. */
export function toIndexedSubject({ ecosystem, packageName }: AdvisorySubject): readonly [string, string] {
  return [cut(ecosystem), cut(packageName)];
}

/** Names end up in an index, whose entries are small. */
function cut(name: string): string {
  return withoutNul(name.slice(0, MAX_NAME));
}

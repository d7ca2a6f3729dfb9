// SPDX-License-Identifier: Apache-2.0
import {
  type Advisory,
  compareSeverity,
  ecosystemFamily,
  NVD_SOURCE,
  SEVERITIES,
  type SeverityRecord,
  type SeverityStatement,
  severityStatementOf,
} from "#advisories";
import type { Shard } from "./open-shard.ts";
import type { StoredRecord } from "./stored-record.ts";

/** The row of what a catalogue of CVEs says. */
export function toSeverityRow(record: SeverityRecord, source: string): StoredRecord {
  const { cve, modified } = record;
  const variant = record.source === NVD_SOURCE ? "" : record.source;
  return { scope: "", name: cve, id: cve, source, variant, modified, body: bodyOf(record) };
}

/** The rows of what an advisory says of its CVEs beyond its package; see {@link derivedSource}. */
export function severityRowsOf(advisory: Advisory, source: string): readonly StoredRecord[] {
  const said = severityStatementOf(advisory);
  if (said === undefined) {
    return [];
  }
  const body = bodyOf(said.statement);
  const { id, modified } = advisory;
  const derived = derivedSource(source, ecosystemFamily(advisory.ecosystem));
  return said.cves.map((name) => ({ scope: "", name, id, source: derived, variant: "", modified, body }));
}

/**
 * The source that rows made from advisories carry: the shard has no ecosystems, and an import of npm's archive must replace what came
 * of npm's alone.
 */
export function derivedSource(source: string, family: string): string {
  return `${source}/${family}`;
}

/** The source, and the family of ecosystems, that rows were derived from. */
export function originOfDerived(derived: string): { readonly source: string; readonly family: string } {
  const end = derived.lastIndexOf("/");
  return { source: derived.slice(0, Math.max(0, end)), family: derived.slice(end + 1) };
}

/** What the rows of one CVE say, sorted by who says it. Who says several things (one record for each ecosystem) means the worst. */
export function severitiesOfRecords(
  records: readonly StoredRecord[],
  shard: Pick<Shard, "malformed">,
): readonly SeverityStatement[] {
  const bySource = new Map<string, SeverityStatement>();
  for (const record of records) {
    const statement = statementOf(record);
    if (statement === undefined) {
      throw shard.malformed(record);
    }
    const known = bySource.get(statement.source);
    if (known === undefined || compareSeverity(statement.severity, known.severity) < 0) {
      bySource.set(statement.source, statement);
    }
  }
  return [...bySource.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
}

function bodyOf({ source, severity, cvssVector }: SeverityStatement): string {
  return JSON.stringify([severity, source, ...(cvssVector === undefined ? [] : [cvssVector])]);
}

function statementOf({ body }: StoredRecord): SeverityStatement | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (
    !Array.isArray(value) ||
    value.length < 2 ||
    value.length > 3 ||
    !value.every((each) => typeof each === "string")
  ) {
    return undefined;
  }
  const [severity, source = "", cvssVector] = value;
  const known = SEVERITIES.find((each) => each === severity);
  return known === undefined
    ? undefined
    : { source, severity: known, ...(cvssVector === undefined ? {} : { cvssVector }) };
}

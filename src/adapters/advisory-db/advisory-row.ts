// SPDX-License-Identifier: Apache-2.0
import { type Advisory, type AffectedRange, SEVERITIES, type Severity, versionSchemeOf } from "#advisories";

/** One row of table `advisories`. */
export interface AdvisoryRow {
  readonly ecosystem: string;
  readonly package: string;
  readonly id: string;
  readonly modified: string;
  /** JSON of the rest, without empty lists; keys always in one order, so that equal advisories are equal bytes. */
  readonly body: string;
}

interface Body {
  readonly severity: Severity;
  readonly severitySource?: string;
  readonly cvssVector?: string;
  readonly summary?: string;
  readonly url?: string;
  readonly aliases?: readonly string[];
  readonly upstream?: readonly string[];
  readonly ranges?: readonly AffectedRange[];
  readonly versions?: readonly string[];
}

/** The row of an advisory. The scheme is left out: a later program that can compare more schemes reads the same file better. */
export function toRow(advisory: Advisory): AdvisoryRow {
  const body: Body = {
    severity: advisory.severity,
    ...(advisory.severitySource === undefined ? {} : { severitySource: advisory.severitySource }),
    ...(advisory.cvssVector === undefined ? {} : { cvssVector: advisory.cvssVector }),
    ...(advisory.summary === "" ? {} : { summary: advisory.summary }),
    ...(advisory.url === undefined ? {} : { url: advisory.url }),
    ...(advisory.aliases.length === 0 ? {} : { aliases: advisory.aliases }),
    ...(advisory.upstream.length === 0 ? {} : { upstream: advisory.upstream }),
    ...(advisory.ranges.length === 0 ? {} : { ranges: advisory.ranges }),
    ...(advisory.versions.length === 0 ? {} : { versions: advisory.versions }),
  };
  return {
    ecosystem: advisory.ecosystem,
    package: advisory.packageName,
    id: advisory.id,
    modified: advisory.modified,
    body: JSON.stringify(body),
  };
}

/** The advisory of a row; `undefined` when its body is not what `toRow` writes. */
export function fromRow(row: AdvisoryRow): Advisory | undefined {
  let body: Body | null;
  try {
    body = JSON.parse(row.body) as Body | null;
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null || !SEVERITIES.includes(body.severity)) {
    return undefined;
  }
  const { aliases = [], upstream = [], ranges = [], versions = [], summary = "", ...rest } = body;
  if (![aliases, upstream, ranges, versions].every(Array.isArray)) {
    return undefined;
  }
  const scheme = versionSchemeOf(row.ecosystem);
  return {
    id: row.id,
    aliases,
    upstream,
    ecosystem: row.ecosystem,
    packageName: row.package,
    ...(scheme === undefined ? {} : { scheme }),
    ranges,
    versions,
    ...rest,
    summary,
    modified: row.modified,
  };
}

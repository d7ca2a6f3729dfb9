// SPDX-License-Identifier: Apache-2.0
import {
  type Advisory,
  type AffectedRange,
  canonicalPackageName,
  SEVERITIES,
  type Severity,
  versionSchemeOf,
} from "#advisories";
import type { StoredRecord } from "./stored-record.ts";

type Optional = Pick<
  Advisory,
  "severitySource" | "cvssVector" | "url" | "status" | "module" | "architectures" | "published"
>;

interface Body extends Optional {
  readonly severity: Severity;
  readonly summary?: string;
  readonly aliases?: readonly string[];
  readonly upstream?: readonly string[];
  readonly ranges?: readonly AffectedRange[];
  readonly versions?: readonly string[];
}

const STATUSES: readonly unknown[] = [
  undefined,
  "notAffected",
  "willNotFix",
  "deferred",
  "underInvestigation",
  "endOfLife",
] satisfies readonly (Advisory["status"] | undefined)[];

/** The row of an advisory. The scheme is left out: a later program that can compare more schemes reads the same file better. */
export function toRow(advisory: Advisory, source: string): StoredRecord {
  const body: Body = {
    severity: advisory.severity,
    ...present("severitySource", advisory.severitySource),
    ...present("cvssVector", advisory.cvssVector),
    ...(advisory.summary === "" ? {} : { summary: advisory.summary }),
    ...present("url", advisory.url),
    ...present("published", advisory.published),
    ...present("status", advisory.status),
    ...present("module", advisory.module),
    ...present("architectures", advisory.architectures),
    ...(advisory.aliases.length === 0 ? {} : { aliases: advisory.aliases }),
    ...(advisory.upstream.length === 0 ? {} : { upstream: advisory.upstream }),
    ...(advisory.ranges.length === 0 ? {} : { ranges: advisory.ranges }),
    ...(advisory.versions.length === 0 ? {} : { versions: advisory.versions }),
  };
  return {
    scope: advisory.ecosystem,
    name: canonicalPackageName(advisory.ecosystem, advisory.packageName),
    id: advisory.id,
    source,
    variant: variantOf(advisory),
    modified: advisory.modified,
    body: JSON.stringify(body),
  };
}

function variantOf({ module, status, architectures }: Advisory): string {
  return module === undefined && status === undefined && architectures === undefined
    ? ""
    : [module ?? "", status ?? "", architectures?.join(",") ?? ""].join("|");
}

/** The advisory of a row; `undefined` when its body is not what `toRow` writes. */
export function fromRow(row: StoredRecord): Advisory | undefined {
  let body: Body | null;
  try {
    body = JSON.parse(row.body) as Body | null;
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null || !SEVERITIES.includes(body.severity)) {
    return undefined;
  }
  const { aliases = [], upstream = [], ranges = [], versions = [], architectures = [], summary = "" } = body;
  if (![aliases, upstream, ranges, versions, architectures].every(Array.isArray)) {
    return undefined;
  }
  // an unknown status must not be read as none: "not affected" of a later word would turn into a finding, or worse
  if (!STATUSES.includes(body.status)) {
    return undefined;
  }
  const scheme = versionSchemeOf(row.scope);
  return {
    ...body,
    id: row.id,
    aliases,
    upstream,
    ecosystem: row.scope,
    packageName: row.name,
    ...(scheme === undefined ? {} : { scheme }),
    ranges,
    versions,
    summary,
    modified: row.modified,
  };
}

function present<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: V });
}

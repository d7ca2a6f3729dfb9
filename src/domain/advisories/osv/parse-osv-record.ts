// SPDX-License-Identifier: Apache-2.0
import { LIMITS, type Limits, messageOf } from "#base";
import type { Advisory, AffectedRange } from "../advisory.ts";
import { canonicalEcosystem } from "../canonical-ecosystem.ts";
import { ecosystemFamily, isKnownEcosystem, versionSchemeOf } from "../ecosystem.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import { isInRange } from "../judge-version.ts";
import { compareSeverity } from "../severity.ts";
import { UNKNOWN_TIME } from "../unknown-time.ts";
import { moduleInSummary, severityInSummary } from "./erratum-summary.ts";
import { stretchesOf } from "./osv-ranges.ts";
import { type OsvSeverity, severityOfOsv } from "./osv-severity.ts";
import { summaryOf, urlOf } from "./osv-text.ts";

/** Why a record, or a part of it, could not be taken. `message` is for people (English, no full stop). */
export interface OsvProblem {
  readonly code: "RECORD_TOO_LARGE" | "RECORD_NOT_JSON" | "RECORD_MALFORMED" | "AFFECTED_MALFORMED";
  readonly message: string;
}

/** What is left out on purpose; counted, so that an import can say what it did not take. */
export type OsvSkip =
  /** The record was withdrawn by its source. */
  | "withdrawn"
  /** An erratum that mends bugs or brings features, and names no vulnerability. */
  | "noVulnerability"
  /** A range of commits: images hold versions, not commits. */
  | "gitRange"
  /** An ecosystem that OSV 1.7 does not list. */
  | "unknownEcosystem"
  /** An `affected` entry without a package (of commits only). */
  | "noPackage"
  /** The entry says, in effect, that no version is affected. */
  | "nothingAffected"
  /** An entry of the NVD that nobody has rated yet. */
  | "noSeverity";

/** What one OSV record gave. `id` is absent when not even that could be read. */
export interface ParsedOsvRecord {
  readonly id?: string;
  readonly advisories: readonly Advisory[];
  readonly problems: readonly OsvProblem[];
  readonly skipped: Readonly<Partial<Record<OsvSkip, number>>>;
}

const ZERO_YEAR = "0001-";
const MAX_ID_LENGTH = 256;
const MAX_NAME_LENGTH = 1_024;
const MAX_VERSION_LENGTH = 1_024;

/** A package's entries of one record, gathered while reading. */
interface Draft {
  readonly ranges: AffectedRange[];
  readonly versions: Set<string>;
  severity: OsvSeverity;
}

/**
 * Reads one record in the OSV format 1.x (https://ossf.github.io/osv-schema/, written against 1.7): one advisory for each
 * package and ecosystem that it names, sorted by ecosystem and package. Never throws: what cannot be read is in `problems`.
 * A malformed `affected` entry loses that entry only. `json` is text, bytes, or a value that was parsed before.
 */
export function parseOsvRecord(
  json: Uint8Array | string | JsonObject,
  limits: Pick<Limits, "maxAdvisoryBytes"> = LIMITS,
): ParsedOsvRecord {
  let value: unknown = json;
  if (typeof json === "string" || json instanceof Uint8Array) {
    if (json.length > limits.maxAdvisoryBytes) {
      return refused("RECORD_TOO_LARGE", `the record is larger than ${limits.maxAdvisoryBytes} bytes`);
    }
    try {
      value = JSON.parse(typeof json === "string" ? json : Buffer.from(json).toString("utf8"));
    } catch (error) {
      return refused("RECORD_NOT_JSON", `the record is not JSON: ${messageOf(error)}`);
    }
  }
  const record = objectOf(value);
  const id = textOf(record?.["id"], MAX_ID_LENGTH);
  if (record === undefined || id === undefined) {
    return refused("RECORD_MALFORMED", "the record has no id");
  }
  if (record["withdrawn"] !== undefined && record["withdrawn"] !== null) {
    return { id, advisories: [], problems: [], skipped: { withdrawn: 1 } };
  }
  if (NO_SECURITY_ERRATUM.test(id) && !namesVulnerability(record, id)) {
    return { id, advisories: [], problems: [], skipped: { noVulnerability: 1 } };
  }
  const modified = modifiedOf(record);
  if (modified === undefined) {
    return { id, ...refused("RECORD_MALFORMED", `${id} has no valid "modified" time`) };
  }
  return readAffected(record, id, modified);
}

function readAffected(record: JsonObject, id: string, modified: string): ParsedOsvRecord {
  const problems: OsvProblem[] = [];
  const skipped: Partial<Record<OsvSkip, number>> = {};
  const drafts = new Map<string, Draft>();
  for (const [index, each] of arrayOf(record["affected"]).entries()) {
    const affected = objectOf(each);
    if (affected === undefined || (affected["package"] !== undefined && objectOf(affected["package"]) === undefined)) {
      problems.push({
        code: "AFFECTED_MALFORMED",
        message: `${id}: affected[${index}] is not an object with a package`,
      });
      continue;
    }
    const reason = gather(affected, record, id, { drafts, skipped });
    if (reason !== undefined) {
      problems.push({ code: "AFFECTED_MALFORMED", message: `${id}: affected[${index}] ${reason}` });
    }
  }
  const shared = {
    id,
    aliases: idsOf(record["aliases"], id),
    upstream: upstreamOf(record, id),
    summary: summaryOf(record),
    ...urlOf(record, id),
    modified,
    ...publishedOf(record),
  };
  const advisories = [...drafts.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, draft]) => toAdvisory(shared, key, draft));
  return { id, advisories, problems, skipped };
}

/**
 * Of modules whose releases are no module versions, Go's database says "every version" in `ranges`, for tools that know module
 * versions only, and the releases in `custom_ranges` (https://go.dev/doc/security/vuln/database, "Schema").
 */
function rangesOf(affected: JsonObject, ecosystem: string): readonly unknown[] {
  const custom = ecosystem === "Go" ? arrayOf(objectOf(affected["ecosystem_specific"])?.["custom_ranges"]) : [];
  return custom.length > 0 ? custom : arrayOf(affected["ranges"]);
}

/** Go's database writes the zero time of its language, which is none; a record is not older than its publication. */
function modifiedOf(record: JsonObject): string | undefined {
  const modified = timeOf(record["modified"]);
  return modified?.startsWith(ZERO_YEAR) === true ? (publishedOf(record).published ?? UNKNOWN_TIME) : modified;
}

function publishedOf(record: JsonObject): Pick<Advisory, "published"> {
  const published = timeOf(record["published"]);
  return published === undefined || published.startsWith(ZERO_YEAR) ? {} : { published };
}

/** Adds one `affected` entry to the drafts; returns why it is malformed, or `undefined`. */
function gather(
  affected: JsonObject,
  record: JsonObject,
  id: string,
  into: { readonly drafts: Map<string, Draft>; readonly skipped: Partial<Record<OsvSkip, number>> },
): string | undefined {
  const { drafts, skipped } = into;
  const named = objectOf(affected["package"]);
  if (named === undefined) {
    count(skipped, "noPackage");
    return undefined;
  }
  const written = textOf(named["ecosystem"], MAX_NAME_LENGTH);
  const ecosystem = written === undefined ? undefined : canonicalEcosystem(written);
  const name = textOf(named["name"], MAX_NAME_LENGTH);
  if (ecosystem === undefined || name === undefined || /\p{Cc}/u.test(ecosystem + name)) {
    return "has no valid package name and ecosystem";
  }
  if (!isKnownEcosystem(ecosystem)) {
    count(skipped, "unknownEcosystem");
    return undefined;
  }
  const ranges: AffectedRange[] = [];
  let gitRanges = 0;
  for (const each of rangesOf(affected, ecosystem)) {
    const range = objectOf(each);
    if (range?.["type"] === "GIT") {
      gitRanges += 1;
      continue;
    }
    const stretches =
      range?.["type"] === "ECOSYSTEM" || range?.["type"] === "SEMVER"
        ? stretchesOf(range, versionSchemeOf(ecosystem))
        : undefined;
    if (stretches === undefined) {
      return "has a malformed range";
    }
    ranges.push(...stretches);
  }
  count(skipped, "gitRange", gitRanges);
  const versions = arrayOf(affected["versions"]).filter(
    (version) => textOf(version, MAX_VERSION_LENGTH) !== undefined,
  ) as string[];
  if (ranges.length === 0 && versions.length === 0) {
    count(skipped, "nothingAffected");
    return undefined;
  }
  const severity = severityOfOsv(record, affected, id, ecosystem);
  const key = `${ecosystem}\0${name}`;
  const draft = drafts.get(key) ?? { ranges: [], versions: new Set<string>(), severity };
  draft.ranges.push(...ranges);
  for (const version of versions) {
    draft.versions.add(version);
  }
  if (compareSeverity(severity.severity, draft.severity.severity) < 0) {
    draft.severity = severity;
  }
  drafts.set(key, draft);
  return undefined;
}

function toAdvisory(
  shared: Pick<Advisory, "id" | "aliases" | "upstream" | "summary" | "url" | "modified" | "published">,
  key: string,
  draft: Draft,
): Advisory {
  const [ecosystem = "", packageName = ""] = key.split("\0");
  const scheme = versionSchemeOf(ecosystem);
  const ranges = [...new Map(draft.ranges.map((range) => [JSON.stringify(range), range])).values()];
  const module = scheme === "rpm" ? moduleInSummary(shared.summary, ranges) : undefined;
  return {
    ...shared,
    ecosystem,
    packageName,
    ...(scheme === undefined ? {} : { scheme }),
    ...(module === undefined ? {} : { module }),
    ranges,
    // sources list every affected version beside the range that says the same: megabytes for nothing
    versions: [...draft.versions]
      .filter((version) => !ranges.some((range) => isInRange(scheme, range, version) === true))
      .sort(),
    ...ratedBySummary(draft.severity, shared.summary, { ecosystem, scheme }),
  };
}

function ratedBySummary(
  severity: OsvSeverity,
  summary: string,
  { ecosystem, scheme }: { readonly ecosystem: string; readonly scheme: string | undefined },
): OsvSeverity {
  const word = severity.severity === "unknown" && scheme === "rpm" ? severityInSummary(summary) : undefined;
  return word === undefined ? severity : { ...severity, severity: word, severitySource: ecosystemFamily(ecosystem) };
}

function idsOf(value: unknown, own: string): readonly string[] {
  const ids = arrayOf(value).filter(
    (each): each is string => textOf(each, MAX_ID_LENGTH) !== undefined && each !== own,
  );
  return [...new Set(ids)].sort();
}

/** Errata of some distributions (ALSA, RLSA, RHSA …) name the vulnerabilities that they fix only as `related`. */
function upstreamOf(record: JsonObject, id: string): readonly string[] {
  const upstream = idsOf(record["upstream"], id);
  const isErratum = /^(?:AL[SBE]A|RL[SB]A|RXSA|RH[SBE]A|ELSA|MGASA|SUSE-[SRFO]U|openSUSE-[SR]U|OESA)-/.test(id);
  if (upstream.length > 0 || idsOf(record["aliases"], id).length > 0) {
    return upstream;
  }
  // Ubuntu's records before schema 1.7 have the CVE in their id alone, and as `related`
  const own = /^(?:UBUNTU|DEBIAN|ALPINE)-(CVE-\d{4}-\d{4,10})$/.exec(id)?.[1];
  if (own !== undefined) {
    return [own];
  }
  return isErratum ? idsOf(record["related"], id).filter((each) => each.startsWith("CVE-")) : [];
}

/** Bug fix (BA) and enhancement (EA) errata of the Red Hat family: who has not installed one is not vulnerable. */
const NO_SECURITY_ERRATUM = /^(?:AL|RL|RH|EL)[BE]A-/;

function namesVulnerability(record: JsonObject, id: string): boolean {
  return ["aliases", "upstream", "related"].some((field) =>
    idsOf(record[field], id).some((each) => each.startsWith("CVE-")),
  );
}

/** The time to the second in UTC; Go writes the year 1 for "never". */
function timeOf(value: unknown): string | undefined {
  const text = textOf(value, 64);
  const time = text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function count(skipped: Partial<Record<OsvSkip, number>>, reason: OsvSkip, by = 1): void {
  if (by > 0) {
    skipped[reason] = (skipped[reason] ?? 0) + by;
  }
}

function refused(code: OsvProblem["code"], message: string): Omit<ParsedOsvRecord, "id"> {
  return { advisories: [], problems: [{ code, message }], skipped: {} };
}

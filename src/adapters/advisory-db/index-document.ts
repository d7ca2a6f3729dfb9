// SPDX-License-Identifier: Apache-2.0
import { type AdvisoryDatabaseInfo, ecosystemFamily } from "#advisories";
import { type Digest, digestOf, isDigest, LIMITS } from "#base";
import { AdvisoryDatabaseError } from "./errors.ts";
import { FORMAT_VERSION } from "./schema.ts";
import { EXPLOITATION_SHARD, shardKind } from "./shard-kind.ts";
import type { SourceNote } from "./stored-record.ts";

/** One shard, as the index document describes it. */
export interface ShardEntry {
  /** Ecosystem family, or `exploitation`, `severity` or `support`. */
  readonly name: string;
  /** Of the content: the sorted rows. */
  readonly digest: Digest;
  readonly records: number;
  /** RFC 3339: the newest time among its rows and sources. */
  readonly newest: string;
  /** Records of each ecosystem. */
  readonly scopes: Readonly<Record<string, number>>;
  readonly sources: readonly SourceNote[];
}

/** What `index.json` holds, and the config of the artifact: which shards make up the database. */
export interface IndexDocument {
  readonly format: number;
  readonly isBundled: boolean;
  /** Sorted by name, each once. */
  readonly shards: readonly ShardEntry[];
}

const MAX_SHARDS = 500;
const MAX_NAME = 128;

/** The document as text: equal documents are equal bytes. */
export function renderIndexDocument(document: IndexDocument): string {
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

/** What goes into reports. The digest is over names and digests of the shards; dates and places do not change it. */
export function infoOf(document: IndexDocument): AdvisoryDatabaseInfo {
  const advisories = document.shards.filter((shard) => shardKind(shard.name) === "advisories");
  // rows in another family's shard are found by nobody: they must not count as knowledge of that ecosystem
  const ecosystems = advisories.flatMap((shard) =>
    Object.entries(shard.scopes).filter(([scope]) => ecosystemFamily(scope) === shard.name),
  );
  const sources = document.shards.find((shard) => shard.name === EXPLOITATION_SHARD)?.sources ?? [];
  const exploitation = (["kev", "epss"] as const).filter((name) => sources.some(({ source }) => source === name));
  return {
    digest: digestOf(document.shards.map((shard) => `${shard.name} ${shard.digest}\n`).join("")),
    date: document.shards.reduce((newest, shard) => (shard.newest > newest ? shard.newest : newest), ""),
    advisories: advisories.reduce((sum, shard) => sum + shard.records, 0),
    isBundled: document.isBundled,
    ecosystems: Object.fromEntries(ecosystems.sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(exploitation.length === 0 ? {} : { exploitation }),
  };
}

/** Reads the document of a file or an artifact. Throws `ADVISORY_DATABASE_NEWER`, `…_OLDER` and `…_CORRUPT`; `place` names it. */
export function parseIndexDocument(bytes: Uint8Array, place: string): IndexDocument {
  if (bytes.length > LIMITS.maxAdvisoryIndexBytes) {
    throw corrupt(place, `it is larger than ${LIMITS.maxAdvisoryIndexBytes} bytes`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw corrupt(place, "it is not JSON", error);
  }
  const document = fieldsOf(value);
  const format = document["format"];
  if (typeof format === "number" && format > FORMAT_VERSION) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_NEWER",
      `${place} has format version ${format}, made by a newer Haechi; this one reads version ${FORMAT_VERSION}. Update Haechi, or build the database again with this version`,
      { details: { file: place, version: format, supported: FORMAT_VERSION } },
    );
  }
  if (format !== FORMAT_VERSION || typeof document["isBundled"] !== "boolean" || !Array.isArray(document["shards"])) {
    throw corrupt(place, `it is not an index of format version ${FORMAT_VERSION}`);
  }
  if (document["shards"].length > MAX_SHARDS) {
    throw corrupt(place, `it lists more than ${MAX_SHARDS} shards`);
  }
  const shards = document["shards"].map((each, index) => {
    const shard = toShard(each);
    if (shard === undefined) {
      throw corrupt(place, `shards[${index}] is malformed`);
    }
    return shard;
  });
  if (shards.some(({ name }, index) => index > 0 && name <= (shards[index - 1]?.name ?? ""))) {
    throw corrupt(place, "its shards are not sorted, or one is listed twice");
  }
  return { format, isBundled: document["isBundled"], shards };
}

function toShard(value: unknown): ShardEntry | undefined {
  const { name, digest, records, newest, scopes, sources } = fieldsOf(value);
  const isValid =
    isText(name, MAX_NAME) &&
    typeof digest === "string" &&
    isDigest(digest) &&
    isCount(records) &&
    isText(newest, 64, 0) &&
    isObject(scopes) &&
    Object.entries(scopes).every(([scope, count]) => isText(scope, MAX_NAME, 0) && isCount(count)) &&
    Array.isArray(sources) &&
    sources.every(isSource);
  return isValid
    ? {
        name,
        digest,
        records,
        newest,
        scopes: scopes as ShardEntry["scopes"],
        sources: (sources as SourceNote[]).map(toSource),
      }
    : undefined;
}

function isSource(value: unknown): value is SourceNote {
  const fields = fieldsOf(value);
  return ["source", "scope", "location", "newest", "licence", "attribution"].every((key) =>
    isText(fields[key], 2_048, 0),
  );
}

function toSource({ source, scope, location, newest, licence, attribution }: SourceNote): SourceNote {
  return { source, scope, location, newest, licence, attribution };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** Text for people comes out of it: no control characters. */
function isText(value: unknown, maxLength: number, minLength = 1): value is string {
  return (
    typeof value === "string" &&
    value.length >= minLength &&
    value.length <= maxLength &&
    !/[\p{Cc}\p{Cf}]/u.test(value)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function corrupt(place: string, why: string, cause?: unknown): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError("ADVISORY_DATABASE_CORRUPT", `${place} is damaged: ${why}`, {
    cause,
    details: { file: place },
  });
}

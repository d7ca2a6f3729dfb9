// SPDX-License-Identifier: Apache-2.0
import { statSync } from "node:fs";
import { join } from "node:path";
import {
  type Advisory,
  type AdvisoryDatabaseInfo,
  type AdvisorySource,
  type Exploitation,
  ecosystemFamily,
  type SeverityStatement,
  type SupportPeriod,
  supportKeysOf,
} from "#advisories";
import { messageOf } from "#base";
import type { Distribution } from "#packages";
import { fromRow } from "./advisory-row.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { exploitationOfRecords } from "./exploitation-row.ts";
import { checkShardHeader } from "./file-header.ts";
import { readIndexBytes } from "./folder-writer.ts";
import { type IndexDocument, infoOf, parseIndexDocument, type ShardEntry } from "./index-document.ts";
import { Shard } from "./open-shard.ts";
import { INDEX_FILE, type OriginNote, readOrigin } from "./origin-note.ts";
import { severitiesOfRecords } from "./severity-row.ts";
import { EXPLOITATION_SHARD, SEVERITY_SHARD, SUPPORT_SHARD, shardPath } from "./shard-kind.ts";
import type { StoredRecord } from "./stored-record.ts";
import { supportOfRecord } from "./support-row.ts";

/** An open database folder. A version that replaces it does not disturb it: open again to see the new one. */
export interface AdvisoryDatabase extends AdvisorySource, Disposable {
  /** The folder. */
  readonly file: string;
  readonly sizeBytes: number;
  /** The shards with their sources, as the index lists them. */
  readonly shards: readonly ShardEntry[];
  /** Where it was fetched from; absent when it was built or imported here. */
  readonly origin?: OriginNote;
  /** What is known about attacks with a CVE. */
  exploitationOf(cve: string): Exploitation | undefined;
  /** What sources say about how bad a CVE is, whatever package it is in. */
  severitiesOf(cve: string): readonly SeverityStatement[];
  /** Support of a distribution release; `undefined` when nobody has imported it. */
  supportOf(distribution: Distribution): SupportPeriod | undefined;
  /** Every record of a shard in the order of its key; none of a shard that there is not. */
  recordsOf(shard: string): Iterable<StoredRecord>;
  /** Reads everything and compares the digests; takes about a second for a million advisories per gigahertz. Throws `ADVISORY_DATABASE_CORRUPT`. */
  verify(): void;
}

/** A version that is replaced between reading its index and opening its shards is read again so often. */
const MAX_ATTEMPTS = 5;

/**
 * Opens a database folder for reading. Refuses a missing folder, other things, another format version (single files of
 * version 1 among them) and damage, each with its own code of {@link AdvisoryDatabaseError}. Costs milliseconds whatever
 * the size; a shard is looked into when something is asked of it.
 */
export function openAdvisoryDatabase(path: string): AdvisoryDatabase {
  assertFolder(path);
  for (let attempt = 1; ; attempt += 1) {
    const bytes = readIndex(path);
    const document = parseIndexDocument(bytes, join(path, INDEX_FILE));
    try {
      return new FolderDatabase(path, document, bytes);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || Buffer.from(readIndex(path)).equals(bytes)) {
        throw error;
      }
    }
  }
}

function assertFolder(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new AdvisoryDatabaseError("ADVISORY_DATABASE_MISSING", `there is no advisory database at ${path}`);
  }
  if (!stat.isDirectory()) {
    // tells version 1, something newer and something foreign apart
    checkShardHeader(path);
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_FOREIGN",
      `${path} is a single shard of a database; name the folder with ${INDEX_FILE}`,
      { details: { file: path } },
    );
  }
}

function readIndex(path: string): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readIndexBytes(path);
  } catch (error) {
    throw new AdvisoryDatabaseError("ADVISORY_DATABASE_FOREIGN", `cannot read ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (bytes === undefined) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_FOREIGN",
      `${path} is not an advisory database of Haechi: it has no ${INDEX_FILE}`,
      { details: { file: path } },
    );
  }
  return bytes;
}

class FolderDatabase implements AdvisoryDatabase {
  readonly file: string;
  readonly info: AdvisoryDatabaseInfo;
  readonly sizeBytes: number;
  readonly shards: readonly ShardEntry[];
  readonly origin?: OriginNote;
  readonly #shards: ReadonlyMap<string, Shard>;

  constructor(path: string, document: IndexDocument, index: Uint8Array) {
    this.file = path;
    this.info = infoOf(document);
    this.shards = document.shards;
    const origin = readOrigin(path, index);
    if (origin !== undefined) {
      this.origin = origin;
    }
    const open = new Map<string, Shard>();
    try {
      for (const entry of document.shards) {
        open.set(entry.name, new Shard(join(path, shardPath(entry.name, entry.digest)), entry));
      }
    } catch (error) {
      for (const shard of open.values()) {
        shard[Symbol.dispose]();
      }
      throw error;
    }
    this.#shards = open;
    this.sizeBytes = [...open.values()].reduce((sum, shard) => sum + shard.sizeBytes, index.length);
  }

  advisoriesFor(ecosystem: string, packageName: string): readonly Advisory[] {
    const shard = this.#shards.get(ecosystemFamily(ecosystem));
    return (
      shard?.find(ecosystem, packageName).map((row) => {
        const advisory = fromRow(row);
        if (advisory === undefined) {
          throw shard.malformed(row);
        }
        return advisory;
      }) ?? []
    );
  }

  exploitationOf(cve: string): Exploitation | undefined {
    const shard = this.#shards.get(EXPLOITATION_SHARD);
    return shard === undefined ? undefined : exploitationOfRecords(shard.find("", cve), shard, this.#newestOf("epss"));
  }

  severitiesOf(cve: string): readonly SeverityStatement[] {
    const shard = this.#shards.get(SEVERITY_SHARD);
    return shard === undefined ? [] : severitiesOfRecords(shard.find("", cve), shard);
  }

  supportOf(distribution: Distribution): SupportPeriod | undefined {
    const shard = this.#shards.get(SUPPORT_SHARD);
    for (const { scope, name } of shard === undefined ? [] : supportKeysOf(distribution)) {
      const [row] = shard?.find(scope, name) ?? [];
      if (row !== undefined && shard !== undefined) {
        return supportOfRecord(row, shard);
      }
    }
    return undefined;
  }

  recordsOf(shard: string): Iterable<StoredRecord> {
    return this.#shards.get(shard)?.records() ?? [];
  }

  verify(): void {
    for (const [name, shard] of this.#shards) {
      shard.verify();
      const listed = this.shards.find((each) => each.name === name)?.sources;
      if (JSON.stringify(shard.sources()) !== JSON.stringify(listed)) {
        throw new AdvisoryDatabaseError(
          "ADVISORY_DATABASE_CORRUPT",
          `${shard.path} is damaged: its sources are not those that the index lists`,
          { details: { file: shard.path } },
        );
      }
    }
  }

  #newestOf(source: string): string {
    const notes = this.shards.find((each) => each.name === EXPLOITATION_SHARD)?.sources ?? [];
    return notes.find((note) => note.source === source)?.newest ?? "";
  }

  [Symbol.dispose](): void {
    for (const shard of this.#shards.values()) {
      shard[Symbol.dispose]();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { AdvisorySubject } from "#findings";
import type { AdvisoryDatabase } from "./open-advisory-database.ts";
import { shardKind } from "./shard-kind.ts";
import type { StoredRecord } from "./stored-record.ts";

/** What another version of a database says differently. */
export interface DatabaseChange {
  /** Digests of the versions, as in {@link AdvisoryDatabaseInfo}. */
  readonly from: string;
  readonly to: string;
  /** Names of packages of which advisories were added, changed or taken back. */
  readonly subjects: readonly AdvisorySubject[];
  /** CVEs of which severity or exploitation is known otherwise; `all` when they are very many. */
  readonly cves: readonly string[] | "all";
}

/** Beyond this nearly every image is concerned, and a list of names costs more than it spares. */
const MAX_CHANGED = 50_000;
const ROWS_PER_STEP = 1_024;

/**
 * Compares the versions row by row where their shards differ; other work of the process goes on meanwhile. `undefined` when more has
 * changed than can be told by names: which ecosystems are known at all, which catalogues, until when distributions are supported.
 * Throws `ADVISORY_DATABASE_CORRUPT` for what cannot be read.
 */
export async function compareDatabases(
  old: AdvisoryDatabase,
  next: AdvisoryDatabase,
  maxChanged: number = MAX_CHANGED,
): Promise<DatabaseChange | undefined> {
  if (scopeOf(old.info) !== scopeOf(next.info)) {
    return undefined;
  }
  const subjects = new Map<string, AdvisorySubject>();
  const cves = new Set<string>();
  let areAllCves = epssDay(old) !== epssDay(next);
  for (const name of new Set([...old.shards, ...next.shards].map((shard) => shard.name))) {
    if (digestOf(old, name) === digestOf(next, name)) {
      continue;
    }
    const kind = shardKind(name);
    if (kind === "support") {
      return undefined;
    }
    for await (const row of changedRows(old.recordsOf(name), next.recordsOf(name))) {
      if (kind === "advisories") {
        subjects.set(`${row.scope}\0${row.name}`, { ecosystem: row.scope, packageName: row.name });
        if (subjects.size > maxChanged) {
          return undefined;
        }
      } else {
        cves.add(row.name);
        if (cves.size > maxChanged) {
          areAllCves = true;
          break;
        }
      }
    }
  }
  return {
    from: old.info.digest,
    to: next.info.digest,
    subjects: [...subjects.values()],
    cves: areAllCves ? "all" : [...cves],
  };
}

/** What reports say about the database itself: a new ecosystem closes gaps, whatever the names of packages. */
function scopeOf({ ecosystems, exploitation, isBundled }: AdvisoryDatabaseInfo): string {
  return JSON.stringify([Object.keys(ecosystems).sort(), exploitation ?? [], isBundled]);
}

/** Findings carry the day of their score, which is one for all. */
function epssDay({ shards }: AdvisoryDatabase): string | undefined {
  const notes = shards.find((shard) => shardKind(shard.name) === "exploitation")?.sources ?? [];
  return notes.find(({ source }) => source === "epss")?.newest.slice(0, 10);
}

function digestOf({ shards }: AdvisoryDatabase, name: string): string | undefined {
  return shards.find((shard) => shard.name === name)?.digest;
}

/** The rows that are in one of two sorted lists alone, or differ. */
async function* changedRows(old: Iterable<StoredRecord>, next: Iterable<StoredRecord>): AsyncGenerator<StoredRecord> {
  const [before, after] = [old[Symbol.iterator](), next[Symbol.iterator]()];
  try {
    let [a, b] = [before.next(), after.next()];
    for (let row = 1; a.done !== true || b.done !== true; row += 1) {
      const order = a.done === true ? 1 : b.done === true ? -1 : inKeyOrder(a.value, b.value);
      if (order < 0 && a.done !== true) {
        yield a.value;
      } else if (b.done !== true && (order > 0 || a.done === true || !isSame(a.value, b.value))) {
        yield b.value;
      }
      if (order <= 0) {
        a = before.next();
      }
      if (order >= 0) {
        b = after.next();
      }
      if (row % ROWS_PER_STEP === 0) {
        await new Promise((resume) => {
          setImmediate(resume);
        });
      }
    }
  } finally {
    before.return?.();
    after.return?.();
  }
}

/** As SQLite orders text: by the bytes of UTF-8, which for what lies beyond the plane of 16 bits is not the order of strings here. */
function inKeyOrder(a: StoredRecord, b: StoredRecord): number {
  for (const key of ["scope", "name", "id", "source", "variant"] as const) {
    if (a[key] !== b[key]) {
      return Buffer.compare(Buffer.from(a[key]), Buffer.from(b[key]));
    }
  }
  return 0;
}

function isSame(a: StoredRecord, b: StoredRecord): boolean {
  return a.modified === b.modified && a.body === b.body;
}

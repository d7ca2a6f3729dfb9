// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import {
  type Advisory,
  type AdvisoryDatabaseInfo,
  ecosystemFamily,
  type OsvSkip,
  originOf,
  type ParsedRecords,
} from "#advisories";
import { toRow } from "./advisory-row.ts";
import type { EcosystemSelection } from "./ecosystem-selection.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { toExploitationRow } from "./exploitation-row.ts";
import type { FolderWriter, WrittenShard } from "./folder-writer.ts";
import type { IndexDocument, ShardEntry } from "./index-document.ts";
import { EXPLOITATION_SHARD, SUPPORT_SHARD, shardPath } from "./shard-kind.ts";
import { ShardWriter } from "./shard-writer.ts";
import type { RecordFeed } from "./sources/record-feed.ts";
import type { StoredRecord } from "./stored-record.ts";
import { toSupportRow } from "./support-row.ts";

const MAX_PROBLEMS_SHOWN = 20;
const RECORDS_PER_TICK = 500;

/** Counts of what an import did. */
export interface ImportOutcome {
  /** Records read, and rows (one for each package) taken from them. */
  readonly records: number;
  readonly imported: number;
  /** Left out on purpose, by reason; `otherEcosystem`: not asked for. */
  readonly skipped: Readonly<Partial<Record<OsvSkip | "otherEcosystem", number>>>;
  /** The first problems, and how many there were: a broken record is left out and the rest is imported. */
  readonly problems: readonly { readonly origin: string; readonly message: string }[];
  readonly problemCount: number;
}

/** The newest time of each source in each scope of one feed. */
type Newest = Map<
  string,
  { readonly shard: string; readonly source: string; readonly scope: string; readonly time: string }
>;

interface Draft {
  readonly writer: ShardWriter;
  readonly scopes: { source: string; scope: string }[];
}

/** Feeds on their way into a database that is being written: rows go to the shard of their family. */
export class DatabaseImport implements Disposable {
  readonly #folder: FolderWriter;
  readonly #selection: EcosystemSelection;
  readonly #sourceName: string | undefined;
  readonly #drafts = new Map<string, Draft>();
  readonly #updated: { readonly source: string; readonly id: string }[] = [];
  readonly #skipped: Partial<Record<OsvSkip | "otherEcosystem", number>> = {};
  readonly #problems: { readonly origin: string; readonly message: string }[] = [];
  #records = 0;
  #imported = 0;
  #problemCount = 0;

  /** `sourceName`: in place of the word that feeds give themselves. */
  constructor(folder: FolderWriter, selection: EcosystemSelection, sourceName?: string) {
    this.#folder = folder;
    this.#selection = selection;
    this.#sourceName = sourceName;
  }

  get imported(): number {
    return this.#imported;
  }

  /** Takes everything of a feed. `onTick` is called now and then with the number read, and may throw to stop. */
  async take(feed: RecordFeed, onTick: (done: number) => void = () => undefined): Promise<void> {
    const newest: Newest = new Map();
    let done = 0;
    for await (const item of feed.items()) {
      if (done % RECORDS_PER_TICK === 0) {
        onTick(done);
        // parsing and SQLite do not wait for anything: let signals and other work through
        await new Promise((resume) => {
          setImmediate(resume);
        });
      }
      done += 1;
      this.#records += 1;
      if ("problem" in item) {
        this.#note(item.origin, item.problem);
      } else {
        this.#takeRecords(item.parsed, item.origin, { feed, newest });
      }
    }
    onTick(done);
    if (feed.isWhole && newest.size === 0) {
      throw new AdvisoryDatabaseError(
        "ADVISORY_SOURCE_EMPTY",
        `${feed.label} holds nothing for ${this.#selection.names.join(", ") || feed.family || "a known ecosystem"}; nothing was replaced`,
      );
    }
    const stated = feed.newest?.();
    for (const { shard, source, scope, time } of newest.values()) {
      const { licence, attribution } = originOf(source, scope);
      const latest = stated !== undefined && stated > time ? stated : time;
      const draft = this.#draft(shard);
      draft.writer.noteSource({ source, scope, location: feed.label, newest: latest, licence, attribution });
      if (feed.isWhole) {
        draft.scopes.push({ source, scope });
      }
    }
    if (feed.isWhole && feed.family !== undefined) {
      // an ecosystem that the archive no longer has must not stay
      const source = this.#sourceName ?? feed.source;
      for (const scope of this.#selection.within(feed.family)) {
        this.#draft(feed.family).scopes.push({ source, scope });
      }
    }
  }

  /** Refuses an import that took nothing at all. */
  assertNotEmpty(): void {
    if (this.#imported === 0 && this.#updated.length === 0) {
      const first = this.#problems[0];
      throw new AdvisoryDatabaseError(
        "ADVISORY_SOURCE_EMPTY",
        `the sources hold nothing that could be imported${first === undefined ? "" : ` (${first.origin}: ${first.message})`}`,
      );
    }
  }

  /** Joins what was taken with the rest of the old database and puts it in place. */
  finish(options: { readonly old: IndexDocument | undefined; readonly isBundled: boolean }): AdvisoryDatabaseInfo {
    const old = options.old?.shards ?? [];
    for (const entry of old) {
      // a record may have been in a shard that it is not in any more
      if (this.#updated.some(({ source }) => entry.sources.some((each) => each.source === source))) {
        this.#draft(entry.name);
      }
    }
    const kept: ShardEntry[] = old.filter((entry) => !this.#drafts.has(entry.name));
    const written: WrittenShard[] = [];
    for (const [name, draft] of this.#drafts) {
      const before = old.find((entry) => entry.name === name);
      if (before !== undefined) {
        draft.writer.carryOver(join(this.#folder.folder, shardPath(before.name, before.digest)), {
          scopes: draft.scopes,
          ids: this.#updated,
        });
      }
      const entry = draft.writer.finish();
      if (entry !== undefined) {
        written.push({ entry, path: draft.writer.path });
      }
    }
    return this.#folder.install({ written, kept, isBundled: options.isBundled });
  }

  outcome(): ImportOutcome {
    return {
      records: this.#records,
      imported: this.#imported,
      skipped: this.#skipped,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #takeRecords(
    parsed: ParsedRecords,
    origin: string,
    { feed, newest }: { readonly feed: RecordFeed; readonly newest: Newest },
  ): void {
    const source = this.#sourceName ?? parsed.source ?? feed.source;
    for (const problem of parsed.problems) {
      this.#note(origin, problem.message);
    }
    for (const [reason, count] of Object.entries(parsed.skipped) as [OsvSkip, number][]) {
      this.#skipped[reason] = (this.#skipped[reason] ?? 0) + count;
    }
    if (!feed.isWhole && parsed.id !== undefined && parsed.problems.length === 0) {
      this.#updated.push({ source, id: parsed.id });
    }
    for (const advisory of parsed.advisories ?? []) {
      if (this.#isWanted(advisory, feed)) {
        this.#add(ecosystemFamily(advisory.ecosystem), toRow(advisory, source), newest);
      } else {
        this.#skipped.otherEcosystem = (this.#skipped.otherEcosystem ?? 0) + 1;
      }
    }
    for (const { cve, knownExploited, epss } of parsed.exploitation ?? []) {
      if (knownExploited !== undefined) {
        this.#add(EXPLOITATION_SHARD, toExploitationRow(cve, { kev: knownExploited }, source), newest);
      }
      if (epss !== undefined) {
        this.#add(EXPLOITATION_SHARD, toExploitationRow(cve, { epss }, source), newest);
      }
    }
    for (const { scope, name, ...period } of parsed.support ?? []) {
      this.#add(SUPPORT_SHARD, toSupportRow({ scope, name }, period, source), newest);
    }
  }

  #isWanted(advisory: Advisory, feed: RecordFeed): boolean {
    const isForeign = feed.family !== undefined && ecosystemFamily(advisory.ecosystem) !== feed.family;
    return !isForeign && this.#selection.includes(advisory.ecosystem);
  }

  #add(shard: string, row: StoredRecord, newest: Newest): void {
    this.#draft(shard).writer.add(row);
    this.#imported += 1;
    const key = `${shard}\0${row.source}\0${row.scope}`;
    const known = newest.get(key);
    if (known === undefined || known.time < row.modified) {
      newest.set(key, { shard, source: row.source, scope: row.scope, time: row.modified });
    }
  }

  #draft(name: string): Draft {
    let draft = this.#drafts.get(name);
    if (draft === undefined) {
      draft = { writer: new ShardWriter(name, this.#folder.temporaryPath(name)), scopes: [] };
      this.#drafts.set(name, draft);
    }
    return draft;
  }

  #note(origin: string, message: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS_SHOWN) {
      this.#problems.push({ origin, message });
    }
  }

  [Symbol.dispose](): void {
    for (const { writer } of this.#drafts.values()) {
      writer[Symbol.dispose]();
    }
  }
}

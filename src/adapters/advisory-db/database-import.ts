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
import { derivedSource, originOfDerived, severityRowsOf, toSeverityRow } from "./severity-row.ts";
import { EXPLOITATION_SHARD, SEVERITY_SHARD, SUPPORT_SHARD, shardPath } from "./shard-kind.ts";
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
      const { licence, attribution } = termsOf(shard, source, scope);
      const latest = stated !== undefined && stated > time ? stated : time;
      const draft = this.#draft(shard);
      draft.writer.noteSource({ source, scope, location: feed.label, newest: latest, licence, attribution });
      if (feed.isWhole && this.#isReplaced(shard)) {
        draft.scopes.push({ source, scope });
      }
    }
    if (feed.isWhole && feed.family !== undefined) {
      // an ecosystem that the archive no longer has must not stay
      const source = this.#sourceName ?? feed.source;
      for (const scope of this.#selection.within(feed.family)) {
        this.#draft(feed.family).scopes.push({ source, scope });
      }
      if (this.#isReplaced(SEVERITY_SHARD)) {
        this.#draft(SEVERITY_SHARD).scopes.push({ source: derivedSource(source, feed.family), scope: "" });
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
    const updated = new Set(this.#updated.map(({ source }) => source));
    for (const entry of old) {
      // a record may have been in a shard that it is not in any more
      if (entry.sources.some(({ source }) => updated.has(source) || isDerivedOf(updated, entry, source))) {
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
          ids: this.#updatedIn(before),
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

  /** Rows that were made from advisories go with the record that they were made from. */
  #updatedIn(entry: ShardEntry): readonly { readonly source: string; readonly id: string }[] {
    if (entry.name !== SEVERITY_SHARD) {
      return this.#updated;
    }
    const derived = entry.sources.map((each) => ({
      derived: each.source,
      source: originOfDerived(each.source).source,
    }));
    return this.#updated.flatMap(({ source, id }) => [
      { source, id },
      ...derived.filter((each) => each.source === source).map((each) => ({ source: each.derived, id })),
    ]);
  }

  /**
   * What comes of one release of a family does not replace what advisories of the others say about CVEs: the shard of severities
   * keeps families apart, not releases.
   */
  #isReplaced(shard: string): boolean {
    return shard !== SEVERITY_SHARD || this.#selection.isOfFamilies;
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
        for (const row of severityRowsOf(advisory, source)) {
          this.#put(SEVERITY_SHARD, row, newest);
        }
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
    for (const record of parsed.severities ?? []) {
      this.#add(SEVERITY_SHARD, toSeverityRow(record, source), newest);
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
    this.#put(shard, row, newest);
    this.#imported += 1;
  }

  #put(shard: string, row: StoredRecord, newest: Newest): void {
    this.#draft(shard).writer.add(row);
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

/** Whether a source of the shard of severities was made from advisories of one of these sources. */
function isDerivedOf(sources: ReadonlySet<string>, entry: ShardEntry, source: string): boolean {
  return entry.name === SEVERITY_SHARD && sources.has(originOfDerived(source).source);
}

function termsOf(shard: string, source: string, scope: string): ReturnType<typeof originOf> {
  if (shard !== SEVERITY_SHARD) {
    return originOf(source, scope);
  }
  return originOf(source, originOfDerived(source).family);
}

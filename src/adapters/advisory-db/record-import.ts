// SPDX-License-Identifier: Apache-2.0
import { ecosystemFamily, type OsvSkip, parseOsvRecord } from "#advisories";
import type { Limits } from "#base";
import type { DatabaseWriter } from "./database-writer.ts";
import type { EcosystemSelection } from "./ecosystem-selection.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import type { RawRecord, RecordFeed } from "./sources/record-feed.ts";

const MAX_PROBLEMS_SHOWN = 20;
const RECORDS_PER_TICK = 500;

/** Feeds of records on their way into a database that is being written; counts what happened to them. */
export class RecordImport {
  readonly #writer: DatabaseWriter;
  readonly #selection: EcosystemSelection;
  readonly #limits: Pick<Limits, "maxAdvisoryBytes">;
  readonly #skipped: Partial<Record<OsvSkip | "otherEcosystem", number>> = {};
  readonly #problems: { readonly origin: string; readonly message: string }[] = [];
  /** Ecosystems and families whose old data must go. */
  readonly replaced: Set<string> = new Set();
  readonly updatedIds: Set<string> = new Set();
  #records = 0;
  #imported = 0;
  #problemCount = 0;

  constructor(writer: DatabaseWriter, selection: EcosystemSelection, limits: Pick<Limits, "maxAdvisoryBytes">) {
    this.#writer = writer;
    this.#selection = selection;
    this.#limits = limits;
  }

  get imported(): number {
    return this.#imported;
  }

  /** Takes every record of a feed. `onTick` is called now and then with the number read, and may throw to stop. */
  async take(feed: RecordFeed, onTick: (done: number) => void = () => undefined): Promise<void> {
    const newest = new Map<string, string>();
    let done = 0;
    for await (const record of feed.records()) {
      if (done % RECORDS_PER_TICK === 0) {
        onTick(done);
        // parsing and SQLite do not wait for anything: let signals and other work through
        await new Promise((resume) => {
          setImmediate(resume);
        });
      }
      done += 1;
      this.#takeRecord(record, feed, newest);
    }
    onTick(done);
    if (feed.isWhole) {
      const families = feed.family === undefined ? [...newest.keys()].map(ecosystemFamily) : [feed.family];
      if (newest.size === 0) {
        throw new AdvisoryDatabaseError(
          "ADVISORY_SOURCE_EMPTY",
          `${feed.label} holds no advisory for ${this.#selection.names.join(", ") || feed.family || "a known ecosystem"}; nothing was replaced`,
        );
      }
      for (const name of families.flatMap((family) => this.#selection.within(family))) {
        this.replaced.add(name);
      }
    }
    for (const [ecosystem, time] of newest) {
      this.#writer.noteImport(ecosystem, feed.label, time);
    }
  }

  /** Refuses an import that took nothing at all. */
  assertNotEmpty(): void {
    if (this.#imported === 0 && this.updatedIds.size === 0) {
      const first = this.#problems[0];
      throw new AdvisoryDatabaseError(
        "ADVISORY_SOURCE_EMPTY",
        `the sources hold no advisory that could be imported${first === undefined ? "" : ` (${first.origin}: ${first.message})`}`,
      );
    }
  }

  outcome(): {
    readonly records: number;
    readonly imported: number;
    readonly skipped: Readonly<Partial<Record<OsvSkip | "otherEcosystem", number>>>;
    readonly problems: readonly { readonly origin: string; readonly message: string }[];
    readonly problemCount: number;
  } {
    return {
      records: this.#records,
      imported: this.#imported,
      skipped: this.#skipped,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #takeRecord(record: RawRecord, feed: RecordFeed, newest: Map<string, string>): void {
    this.#records += 1;
    if ("problem" in record) {
      this.#note(record.origin, record.problem);
      return;
    }
    const parsed = parseOsvRecord(record.json, this.#limits);
    for (const problem of parsed.problems) {
      this.#note(record.origin, problem.message);
    }
    for (const [reason, count] of Object.entries(parsed.skipped) as [OsvSkip, number][]) {
      this.#skipped[reason] = (this.#skipped[reason] ?? 0) + count;
    }
    if (!feed.isWhole && parsed.id !== undefined && parsed.problems.length === 0) {
      this.updatedIds.add(parsed.id);
    }
    for (const advisory of parsed.advisories) {
      const isForeign = feed.family !== undefined && ecosystemFamily(advisory.ecosystem) !== feed.family;
      if (isForeign || !this.#selection.includes(advisory.ecosystem)) {
        this.#skipped.otherEcosystem = (this.#skipped.otherEcosystem ?? 0) + 1;
        continue;
      }
      this.#writer.add(advisory);
      this.#imported += 1;
      const known = newest.get(advisory.ecosystem);
      if (known === undefined || known < advisory.modified) {
        newest.set(advisory.ecosystem, advisory.modified);
      }
    }
  }

  #note(origin: string, message: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS_SHOWN) {
      this.#problems.push({ origin, message });
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import type { DatabaseLog } from "./database-log.ts";
import { DatabaseError } from "./errors.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";
import type { DecisionRecord, DecisionStore } from "./stores.ts";

/** Decisions in memory that are not stored yet. */
const MAX_QUEUED = 10_000;
const MAX_BATCH = 500;
const FLUSH_AFTER_MS = 200;
const RETRY_AFTER_MS = 2_000;
const MAX_NAME_CHARACTERS = 2_000;
/** An image may have thousands of vulnerabilities; the record keeps the worst (reasons are sorted). */
const MAX_REASONS = 100;

export interface DecisionStoreOptions {
  readonly log: DatabaseLog;
  /** Called with the number of decisions that were dropped because the queue was full. */
  readonly onLost: (count: number) => void;
}

/** Batches of decisions on their way to the database. `close` writes what is left and gives up on what cannot be written. */
export class BatchingDecisionStore implements DecisionStore {
  readonly #context: StoreContext;
  readonly #options: DecisionStoreOptions;
  #queue: DecisionRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(context: StoreContext, options: DecisionStoreOptions) {
    this.#context = context;
    this.#options = options;
  }

  record(decision: DecisionRecord): void {
    if (this.#queue.length >= MAX_QUEUED || this.#isClosed) {
      this.#options.onLost(1);
      return;
    }
    this.#queue.push(decision);
    if (this.#queue.length === MAX_BATCH) {
      this.#schedule(0);
    } else if (this.#timer === undefined) {
      this.#schedule(FLUSH_AFTER_MS);
    }
  }

  async list({ limit, reference }: Parameters<DecisionStore["list"]>[0]): ReturnType<DecisionStore["list"]> {
    const rows = await this.#context.db
      .selectFrom("decision")
      .selectAll()
      .$if(reference !== undefined, (query) =>
        // The index is on the hash: a reference may be longer than an index entry.
        query
          .where(sql`md5(reference)`, "=", sql`md5(${withoutNul(reference ?? "")})`)
          .where("reference", "=", withoutNul(reference ?? "")),
      )
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
    return rows.map(
      (row): DecisionRecord => ({
        gate: row.gate,
        actor: row.actor,
        reference: row.reference,
        ...(row.digest === null ? {} : { digest: row.digest as Digest }),
        ...(row.namespace === null ? {} : { namespace: row.namespace }),
        outcome: row.outcome,
        reasons: JSON.parse(row.reasons) as DecisionRecord["reasons"],
        ...(row.policy === null ? {} : { policy: JSON.parse(row.policy) as NonNullable<DecisionRecord["policy"]> }),
        requestId: row.request_id,
        durationMs: row.duration_ms,
        decidedAt: row.decided_at.toISOString(),
      }),
    );
  }

  /** Writes everything that is queued; throws when the database does not take it (it stays queued). */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const writing = this.#writing.then(async () => {
      while (this.#queue.length > 0) {
        const batch = this.#queue.slice(0, MAX_BATCH);
        await this.#insert(batch);
        this.#queue.splice(0, batch.length);
      }
    });
    this.#writing = writing.catch(() => undefined);
    await writing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.flush();
    } catch (error) {
      this.#options.log.error({ err: error, count: this.#queue.length }, "decisions were lost on closing");
      this.#options.onLost(this.#queue.length);
      this.#queue = [];
    }
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.flush().catch((error: unknown) => {
        this.#options.log.warn({ err: error, count: this.#queue.length }, "decisions could not be stored yet");
        if (!this.#isClosed) {
          this.#schedule(RETRY_AFTER_MS);
        }
      });
    }, afterMs);
    this.#timer.unref();
  }

  async #insert(batch: readonly DecisionRecord[]): Promise<void> {
    const { db, clusterId } = this.#context;
    try {
      await db
        .insertInto("decision")
        .values(batch.map((decision) => toRow(clusterId, decision)))
        .execute();
    } catch (error) {
      if (error instanceof DatabaseError) {
        throw error;
      }
      await this.#insertOneByOne(batch, error);
    }
  }

  /** One record that the database refuses (a bug) must not hold back all that come after it. */
  async #insertOneByOne(batch: readonly DecisionRecord[], error: unknown): Promise<void> {
    if (batch.length > 1) {
      for (const decision of batch) {
        await this.#insert([decision]);
      }
      return;
    }
    this.#options.log.error({ err: error, requestId: batch[0]?.requestId }, "the database refuses a decision record");
    this.#options.onLost(1);
  }
}

function toRow(clusterId: string, decision: DecisionRecord) {
  return {
    cluster_id: clusterId,
    gate: decision.gate,
    actor: storableText(decision.actor, MAX_NAME_CHARACTERS),
    reference: storableText(decision.reference, MAX_NAME_CHARACTERS),
    digest: decision.digest ?? null,
    namespace: decision.namespace === undefined ? null : storableText(decision.namespace, MAX_NAME_CHARACTERS),
    outcome: decision.outcome,
    reasons: JSON.stringify(decision.reasons.slice(0, MAX_REASONS)),
    policy: decision.policy === undefined ? null : JSON.stringify(decision.policy),
    request_id: storableText(decision.requestId, MAX_NAME_CHARACTERS),
    duration_ms: decision.durationMs,
    decided_at: decision.decidedAt,
  };
}

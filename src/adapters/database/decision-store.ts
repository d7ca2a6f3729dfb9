// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, type Selectable, type SqlBool, sql } from "kysely";
import type { Digest } from "#base";
import type { DatabaseLog } from "./database-log.ts";
import { DatabaseError } from "./errors.ts";
import type { Schema } from "./schema.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";
import type { DecisionQuery, DecisionRecord, DecisionStore, ListedDecision } from "./stores.ts";

/** Decisions in memory that are not stored yet. */
const MAX_QUEUED = 10_000;
const MAX_BATCH = 500;
const FLUSH_AFTER_MS = 200;
const RETRY_AFTER_MS = 2_000;
const MAX_NAME_CHARACTERS = 2_000;
/** An image may have thousands of vulnerabilities; the record keeps the worst (reasons are sorted). */
const MAX_REASONS = 100;

/** What `toRow` writes, and its type: a batch is one JSON text, since thousands of parameters would cost more than the reviews. */
const COLUMNS: Readonly<Record<keyof ReturnType<typeof toRow>, string>> = {
  gate: "text",
  actor: "text",
  reference: "text",
  digest: "text",
  namespace: "text",
  outcome: "text",
  reasons: "text",
  policy: "text",
  kind: "text",
  name: "text",
  operation: "text",
  webhook: "text",
  policy_generation: "text",
  exceptions: "text",
  passed_as: "text",
  request_id: "text",
  duration_ms: "double precision",
  decided_at: "timestamptz",
};
const NAMES = Object.keys(COLUMNS).join(", ");
const DEFINITIONS = Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(", ");

export interface DecisionStoreOptions {
  readonly log: DatabaseLog;
  /** Called with the number of decisions that were dropped because the queue was full. */
  readonly onLost: (count: number) => void;
}

/** Batches of decisions on their way to the database. `close` writes what is left and gives up on what cannot be written. */
export class BatchingDecisionStore implements DecisionStore {
  readonly #context: StoreContext;
  readonly #options: DecisionStoreOptions;
  /** Rows as JSON: one text each is little work for the garbage collector while they wait. */
  #queue: string[] = [];
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
    this.#queue.push(JSON.stringify(toRow(decision)));
    if (this.#queue.length === MAX_BATCH) {
      this.#schedule(0);
    } else if (this.#timer === undefined) {
      this.#schedule(FLUSH_AFTER_MS);
    }
  }

  async list(query: DecisionQuery): Promise<readonly ListedDecision[]> {
    const rows = await this.#context.db
      .selectFrom("decision")
      .selectAll()
      .where((where) => where.and(conditions(query)))
      .orderBy("id", "desc")
      .limit(query.limit)
      .execute();
    return rows.map(fromRow);
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

  async #insert(batch: readonly string[]): Promise<void> {
    const { db, clusterId } = this.#context;
    try {
      await sql`
        insert into decision (cluster_id, ${sql.raw(NAMES)})
        select ${clusterId}::uuid, ${sql.raw(NAMES)}
        from json_to_recordset(${`[${batch.join(",")}]`}::json) as rows (${sql.raw(DEFINITIONS)})`.execute(db);
    } catch (error) {
      if (error instanceof DatabaseError) {
        throw error;
      }
      await this.#insertOneByOne(batch, error);
    }
  }

  /** One record that the database refuses (a bug) must not hold back all that come after it. */
  async #insertOneByOne(batch: readonly string[], error: unknown): Promise<void> {
    if (batch.length > 1) {
      for (const row of batch) {
        await this.#insert([row]);
      }
      return;
    }
    const { request_id: requestId } = JSON.parse(batch[0] ?? "{}") as { readonly request_id?: string };
    this.#options.log.error({ err: error, requestId }, "the database refuses a decision record");
    this.#options.onLost(1);
  }
}

/** All that is given; the index on references is on their hash, as one may be longer than an index entry. */
function conditions(query: DecisionQuery): readonly RawBuilder<SqlBool>[] {
  const { before, reference, namespace, outcome, actor, digest, since, text } = query;
  return [
    ...(before === undefined ? [] : [sql<SqlBool>`id < ${before}`]),
    ...(reference === undefined
      ? []
      : [sql<SqlBool>`md5(reference) = md5(${withoutNul(reference)}) and reference = ${withoutNul(reference)}`]),
    ...(namespace === undefined ? [] : [sql<SqlBool>`namespace = ${withoutNul(namespace)}`]),
    ...(outcome === undefined ? [] : [sql<SqlBool>`outcome = ${outcome}`]),
    ...(actor === undefined ? [] : [sql<SqlBool>`actor = ${withoutNul(actor)}`]),
    ...(digest === undefined ? [] : [sql<SqlBool>`digest = ${withoutNul(digest)}`]),
    ...(since === undefined ? [] : [sql<SqlBool>`decided_at >= ${since}::timestamptz`]),
    ...(text === undefined
      ? []
      : [
          sql<SqlBool>`strpos(lower(concat_ws(' ', reference, namespace, kind, name, actor, policy, reasons)), lower(${withoutNul(text)})) > 0`,
        ]),
  ];
}

function fromRow(row: Selectable<Schema["decision"]>): ListedDecision {
  return {
    id: row.id,
    gate: row.gate,
    actor: row.actor,
    reference: row.reference,
    ...(row.digest === null ? {} : { digest: row.digest as Digest }),
    ...(row.namespace === null ? {} : { namespace: row.namespace }),
    outcome: row.outcome,
    reasons: JSON.parse(row.reasons) as DecisionRecord["reasons"],
    ...(row.policy === null ? {} : { policy: JSON.parse(row.policy) as NonNullable<DecisionRecord["policy"]> }),
    ...(row.kind === null ? {} : { kind: row.kind }),
    ...(row.name === null ? {} : { name: row.name }),
    ...(row.operation === null ? {} : { operation: row.operation }),
    ...(row.webhook === null ? {} : { webhook: row.webhook }),
    ...(row.policy_generation === null ? {} : { policyGeneration: row.policy_generation }),
    ...(row.exceptions === null
      ? {}
      : { exceptions: JSON.parse(row.exceptions) as NonNullable<DecisionRecord["exceptions"]> }),
    ...(row.passed_as === null ? {} : { passedAs: row.passed_as }),
    requestId: row.request_id,
    durationMs: row.duration_ms,
    decidedAt: row.decided_at.toISOString(),
  };
}

function toRow(decision: DecisionRecord) {
  return {
    gate: decision.gate,
    actor: storableText(decision.actor, MAX_NAME_CHARACTERS),
    reference: storableText(decision.reference, MAX_NAME_CHARACTERS),
    digest: decision.digest ?? null,
    namespace: decision.namespace === undefined ? null : storableText(decision.namespace, MAX_NAME_CHARACTERS),
    outcome: decision.outcome,
    reasons: JSON.stringify(decision.reasons.slice(0, MAX_REASONS)),
    policy: decision.policy === undefined ? null : JSON.stringify(decision.policy),
    kind: decision.kind === undefined ? null : storableText(decision.kind, MAX_NAME_CHARACTERS),
    name: decision.name === undefined ? null : storableText(decision.name, MAX_NAME_CHARACTERS),
    operation: decision.operation ?? null,
    webhook: decision.webhook ?? null,
    policy_generation: decision.policyGeneration ?? null,
    exceptions:
      decision.exceptions === undefined || decision.exceptions.length === 0
        ? null
        : JSON.stringify(decision.exceptions.slice(0, MAX_REASONS)),
    passed_as: decision.passedAs ?? null,
    request_id: storableText(decision.requestId, MAX_NAME_CHARACTERS),
    duration_ms: decision.durationMs,
    decided_at: decision.decidedAt,
  };
}

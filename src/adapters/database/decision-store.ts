// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, type Selectable, type SqlBool, sql } from "kysely";
import type { Digest } from "#base";
import type { DatabaseLog } from "./database-log.ts";
import { type DecisionContent, DecisionContents, IMAGE_COLUMNS, MAX_NAME_CHARACTERS } from "./decision-contents.ts";
import { DatabaseError } from "./errors.ts";
import type { Schema } from "./schema.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";
import type { DecisionQuery, DecisionRecord, DecisionStore, ListedDecision } from "./stores.ts";

/** Decisions in memory that are not stored yet. */
const MAX_QUEUED = 10_000;
/** Reviews that one statement writes. Under load each statement waits for many turns of the event loop: too few would not keep up. */
const MAX_BATCH = 1_000;
const FLUSH_AFTER_MS = 200;
const RETRY_AFTER_MS = 2_000;
/** Images of one row of `decision`; a review with more of them has several. Listed ids count by it. */
const MAX_PLACES = 64;

const IMAGE_NAMES = IMAGE_COLUMNS.join(", ");
const IMAGE_DEFINITIONS = IMAGE_COLUMNS.map((name) => `${name} text`).join(", ");

/** What is said of the images of one review, which all happened at once. */
interface OpenReview {
  readonly first: DecisionRecord;
  readonly decisions: DecisionRecord[];
}

interface WaitingReview {
  readonly content: DecisionContent;
  /** As JSON: one text is little work for the garbage collector while it waits. */
  readonly row: string;
  readonly decisions: number;
  readonly requestId: string;
}

export interface DecisionStoreOptions {
  readonly log: DatabaseLog;
  /** Called with the number of decisions that were dropped because the queue was full. */
  readonly onLost: (count: number) => void;
}

/** Batches of decisions on their way to the database. `close` writes what is left and gives up on what cannot be written. */
export class BatchingDecisionStore implements DecisionStore {
  readonly #context: StoreContext;
  readonly #options: DecisionStoreOptions;
  readonly #contents: DecisionContents;
  #queue: WaitingReview[] = [];
  /** Decisions of the queue and of the review that is still open. */
  #count = 0;
  #open: OpenReview | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(context: StoreContext, options: DecisionStoreOptions) {
    this.#context = context;
    this.#options = options;
    this.#contents = new DecisionContents(context.clusterId);
  }

  record(decision: DecisionRecord): void {
    if (this.#count >= MAX_QUEUED || this.#isClosed) {
      this.#options.onLost(1);
      return;
    }
    this.#count += 1;
    if (this.#open !== undefined && isOfReview(this.#open, decision)) {
      this.#open.decisions.push(decision);
    } else {
      this.#endReview();
      this.#open = { first: decision, decisions: [decision] };
    }
    if (this.#queue.length === MAX_BATCH && this.#open.decisions.length === 1) {
      this.#schedule(0);
    } else if (this.#timer === undefined) {
      this.#schedule(FLUSH_AFTER_MS);
    }
  }

  /** By the index on contents where it says which decisions are meant: those of one image are few among all. */
  async list(query: DecisionQuery): Promise<readonly ListedDecision[]> {
    const { before, reference, digest, limit } = query;
    const decisions = and([
      ...(before === undefined ? [] : [sql<SqlBool>`d.id <= ${Math.floor(before / MAX_PLACES)}::bigint`]),
      ...decisionConditions(query),
    ]);
    const images = and(imageConditions(query));
    const exactly = and([
      ...(before === undefined ? [] : [sql<SqlBool>`d.id * ${sql.lit(MAX_PLACES)} + i.place < ${before}::bigint`]),
      ...textConditions(query),
    ]);
    const isOfFew = (reference !== undefined || digest !== undefined) && query.text === undefined;
    // a row of `decision` may have one image too many for the page, so that one more is looked at
    const source = isOfFew
      ? sql`decided_image i cross join lateral (
          select * from decision d where d.content_id = i.content_id and ${decisions} order by d.id desc limit ${limit + 1}) d`
      : sql`decision d join decided_image i on i.content_id = d.content_id`;
    const { rows } = await sql<ListedRow>`
      select d.id * ${sql.lit(MAX_PLACES)} + i.place as listed_id,
        d.namespace, d.name, d.request_id, d.duration_ms, d.decided_at, i.*
      from ${source}
      where ${isOfFew ? sql`true` : decisions} and ${images} and ${exactly}
      order by d.id desc, i.place desc
      limit ${limit}`.execute(this.#context.db);
    return rows.map(fromRow);
  }

  /** Writes everything that is queued; throws when the database does not take it (it stays queued). */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endReview();
    const writing = this.#writing.then(async () => {
      while (this.#queue.length > 0) {
        const batch = this.#queue.slice(0, MAX_BATCH);
        await this.#insert(batch);
        this.#queue.splice(0, batch.length);
        this.#count -= decisionsOf(batch);
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
      this.#options.log.error({ err: error, count: this.#count }, "decisions were lost on closing");
      this.#options.onLost(this.#count);
      this.#queue = [];
      this.#count = 0;
    }
  }

  #endReview(): void {
    if (this.#open !== undefined) {
      const { first, decisions } = this.#open;
      const content = this.#contents.of(decisions);
      this.#open = undefined;
      this.#queue.push({
        content,
        row: JSON.stringify(toRow(first, content)),
        decisions: decisions.length,
        requestId: first.requestId,
      });
    }
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.flush().catch((error: unknown) => {
        this.#options.log.warn({ err: error, count: this.#count }, "decisions could not be stored yet");
        if (!this.#isClosed) {
          this.#schedule(RETRY_AFTER_MS);
        }
      });
    }, afterMs);
    this.#timer.unref();
  }

  async #insert(batch: readonly WaitingReview[]): Promise<void> {
    const { db, clusterId } = this.#context;
    try {
      await this.#insertContents(new Set(batch.map(({ content }) => content).filter(({ isStored }) => !isStored)));
      await sql`
        insert into decision (cluster_id, content_id, namespace, name, request_id, duration_ms, decided_at)
        select ${clusterId}::uuid, c, n, o, r, m, t
        from json_to_recordset(${`[${batch.map(({ row }) => row).join(",")}]`}::json)
          as rows (c uuid, n text, o text, r text, m double precision, t timestamptz)`.execute(db);
    } catch (error) {
      if (error instanceof DatabaseError) {
        throw error;
      }
      await this.#insertOneByOne(batch, error);
    }
  }

  /** Before the decisions that name them, so that none is ever without. */
  async #insertContents(contents: ReadonlySet<DecisionContent>): Promise<void> {
    if (contents.size === 0) {
      return;
    }
    const { db, clusterId } = this.#context;
    // Two replicas that write the same rows in different orders would wait for each other.
    const images = [...contents].toSorted((a, b) => (a.id < b.id ? -1 : 1)).flatMap((content) => content.images);
    await sql`
      insert into decided_image (cluster_id, content_id, place, ${sql.raw(IMAGE_NAMES)})
      select ${clusterId}::uuid, content_id, place, ${sql.raw(IMAGE_NAMES)}
      from json_to_recordset(${`[${images.join(",")}]`}::json)
        as rows (content_id uuid, place smallint, ${sql.raw(IMAGE_DEFINITIONS)})
      on conflict do nothing`.execute(db);
    for (const content of contents) {
      content.isStored = true;
    }
  }

  /** One record that the database refuses (a bug) must not hold back all that come after it. */
  async #insertOneByOne(batch: readonly WaitingReview[], error: unknown): Promise<void> {
    const [refused] = batch;
    if (batch.length > 1 || refused === undefined) {
      for (const review of batch) {
        await this.#insert([review]);
      }
      return;
    }
    this.#options.log.error({ err: error, requestId: refused.requestId }, "the database refuses a decision record");
    this.#options.onLost(refused.decisions);
  }
}

/** Rows of one review are one row: a review with many images would cost as many rows else. */
function isOfReview({ first, decisions }: OpenReview, decision: DecisionRecord): boolean {
  return (
    decision.requestId === first.requestId &&
    decision.decidedAt === first.decidedAt &&
    decision.durationMs === first.durationMs &&
    decision.namespace === first.namespace &&
    decision.name === first.name &&
    decisions.length < MAX_PLACES
  );
}

function decisionsOf(batch: readonly WaitingReview[]): number {
  return batch.reduce((sum, { decisions }) => sum + decisions, 0);
}

function and(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

function decisionConditions({ namespace, since }: DecisionQuery): readonly RawBuilder<SqlBool>[] {
  return [
    ...(namespace === undefined ? [] : [sql<SqlBool>`d.namespace = ${withoutNul(namespace)}`]),
    ...(since === undefined ? [] : [sql<SqlBool>`d.decided_at >= ${since}::timestamptz`]),
  ];
}

/** The index on references is on their hash, as one may be longer than an index entry. */
function imageConditions({ reference, outcome, actor, digest }: DecisionQuery): readonly RawBuilder<SqlBool>[] {
  return [
    ...(reference === undefined
      ? []
      : [sql<SqlBool>`md5(i.reference) = md5(${withoutNul(reference)}) and i.reference = ${withoutNul(reference)}`]),
    ...(outcome === undefined ? [] : [sql<SqlBool>`i.outcome = ${outcome}`]),
    ...(actor === undefined ? [] : [sql<SqlBool>`i.actor = ${withoutNul(actor)}`]),
    ...(digest === undefined ? [] : [sql<SqlBool>`i.digest = ${withoutNul(digest)}`]),
  ];
}

function textConditions({ text }: DecisionQuery): readonly RawBuilder<SqlBool>[] {
  return text === undefined
    ? []
    : [
        sql<SqlBool>`strpos(lower(concat_ws(' ', i.reference, d.namespace, i.kind, d.name, i.actor, i.policy, i.reasons)), lower(${withoutNul(text)})) > 0`,
      ];
}

type ListedRow = Omit<Selectable<Schema["decision"]>, "id"> &
  Selectable<Schema["decided_image"]> & { readonly listed_id: number };

function fromRow(row: ListedRow): ListedDecision {
  return {
    id: row.listed_id,
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

/** One letter each: the names are written, sent and read for every decision. */
function toRow(decision: DecisionRecord, content: DecisionContent) {
  const { namespace, name } = decision;
  return {
    c: content.id,
    ...(namespace === undefined ? {} : { n: storableText(namespace, MAX_NAME_CHARACTERS) }),
    ...(name === undefined ? {} : { o: storableText(name, MAX_NAME_CHARACTERS) }),
    r: storableText(decision.requestId, MAX_NAME_CHARACTERS),
    m: decision.durationMs,
    t: decision.decidedAt,
  };
}

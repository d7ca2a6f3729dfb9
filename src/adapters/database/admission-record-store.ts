// SPDX-License-Identifier: Apache-2.0
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { type Digest, digestOf } from "#base";
import type { DatabaseLog } from "./database-log.ts";
import { withoutNul } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { AdmissionRecordStore, AdmittedOwner, KnownImage } from "./stores.ts";

/** Records in memory that are not stored yet; further ones are dropped, which costs a check and never a pass. */
const MAX_QUEUED = 10_000;
/** Denials that wait because the database does not answer. */
const MAX_DENIALS = 20_000;
const MAX_BATCH = 500;
/** Batches of one kind that are written in one go: a flood of new names must not take the processor from reviews. */
const MAX_BATCHES = 2;
const FLUSH_AFTER_MS = 1_000;
const RETRY_AFTER_MS = 2_000;
/** The same record is not written again before; a denial in between makes it count again. */
const REPEAT_AFTER_MS = 60_000;
const MAX_REMEMBERED = 50_000;
/** What is longer is not remembered: cut, it could be mistaken for another. */
const MAX_REFERENCE_CHARACTERS = 2_000;
const MAX_OWNER_ROWS = 20;
const PRUNE_EVERY_MS = 60_000;
const MAX_PRUNED = 5_000;
const KNOWN_LIFE_MS = 24 * 3_600_000;
const OWNER_LIFE_MS = 30 * KNOWN_LIFE_MS;
/** Clocks of replicas differ a little: a denial counts that only seems to be the earlier one. */
const CLOCK_SKEW = "2 seconds";
const CLOCK_SKEW_MS = 2_000;

interface Denial {
  readonly key: string;
  readonly deniedAt: string;
}

/** What was admitted and denied, on its way to the database. `close` writes what is left. */
export class BatchingAdmissionRecordStore implements AdmissionRecordStore {
  readonly #context: StoreContext;
  readonly #log: DatabaseLog;
  /** By what identifies the row: of many Pods with the same image one record is written. */
  readonly #known = new Map<string, KnownImage>();
  readonly #denied = new Map<string, Denial>();
  readonly #owners = new Map<string, AdmittedOwner>();
  /** When a record was queued last, and when a denial came, by key: on the hot path nothing else is looked at. */
  readonly #recent = new Map<string, number>();
  readonly #recentDenials = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #prunedAtMs = Number.NEGATIVE_INFINITY;
  #areDenialsLost = false;
  #isClosed = false;

  constructor(context: StoreContext, log: DatabaseLog) {
    this.#context = context;
    this.#log = log;
  }

  recordKnown(image: KnownImage): void {
    const { namespace, reference, digest, policyGeneration } = image;
    const key = `${namespace}\n${policyGeneration}\n${digest}\n${reference}`;
    const now = performance.now();
    const since = Math.max(
      now - REPEAT_AFTER_MS,
      this.#recentDenials.get(denialKey("reference", namespace, reference)) ?? 0,
      this.#recentDenials.get(denialKey("digest", namespace, digest)) ?? 0,
    );
    if ((this.#recent.get(key) ?? Number.NEGATIVE_INFINITY) > since || reference.length > MAX_REFERENCE_CHARACTERS) {
      return;
    }
    if (this.#hasRoom()) {
      // So soon after a denial it may seem to be the earlier one: then the next allow is written as well.
      remember(this.#recent, key, now - since < CLOCK_SKEW_MS ? Number.NEGATIVE_INFINITY : now);
      this.#known.set(key, image);
      this.#schedule(FLUSH_AFTER_MS);
    }
  }

  recordDenied(image: Parameters<AdmissionRecordStore["recordDenied"]>[0]): void {
    const { namespace, reference, digest, deniedAt } = image;
    const keys = [
      denialKey("reference", namespace, reference),
      ...(digest === undefined ? [] : [denialKey("digest", namespace, digest)]),
    ];
    for (const key of keys) {
      remember(this.#recentDenials, key, performance.now());
      this.#denied.set(key, { key, deniedAt });
    }
    if (this.#denied.size > MAX_DENIALS) {
      // A denial that is lost would let something pass: rather nothing is known any more.
      this.#denied.clear();
      this.#known.clear();
      this.#recent.clear();
      this.#areDenialsLost = true;
    }
    this.#schedule(0);
  }

  recordOwner(owner: AdmittedOwner): void {
    let key = `${owner.namespace}\n${owner.uid}`;
    for (const { place, reference, digest } of owner.images) {
      key += `\n${place}\n${reference}\n${digest ?? ""}`;
    }
    const now = performance.now();
    if ((this.#recent.get(key) ?? Number.NEGATIVE_INFINITY) > now - REPEAT_AFTER_MS) {
      return;
    }
    if (this.#hasRoom()) {
      remember(this.#recent, key, now);
      this.#owners.set(key, owner);
      this.#schedule(FLUSH_AFTER_MS);
    }
  }

  async findKnown(asked: Parameters<AdmissionRecordStore["findKnown"]>[0]): Promise<Digest | undefined> {
    // A denial that still waits here must count.
    await this.flush();
    const row = await this.#context.db
      .selectFrom("known_image")
      .select("digest")
      .where("lookup_digest", "=", lookupDigest(asked))
      .where("admitted_at", ">", this.#before(KNOWN_LIFE_MS))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("denied_image")
              .select("denied_at")
              .where((where) =>
                where.or([
                  where("denied_image.key_digest", "=", where.ref("known_image.denied_by_reference")),
                  where("denied_image.key_digest", "=", where.ref("known_image.denied_by_digest")),
                ]),
              )
              .where(sql<SqlBool>`denied_at >= known_image.admitted_at - interval '${sql.raw(CLOCK_SKEW)}'`),
          ),
        ),
      )
      .orderBy("admitted_at", "desc")
      .limit(1)
      .executeTakeFirst();
    return row?.digest as Digest | undefined;
  }

  async findOwners({
    uid,
    namespace,
  }: Parameters<AdmissionRecordStore["findOwners"]>[0]): Promise<readonly AdmittedOwner[]> {
    await this.flush();
    const rows = await this.#context.db
      .selectFrom("admitted_owner")
      .select(["images", "used_at"])
      .where("owner_digest", "=", ownerDigest(uid, namespace))
      .where("used_at", ">", this.#before(OWNER_LIFE_MS))
      .orderBy("used_at", "desc")
      .limit(MAX_OWNER_ROWS)
      .execute();
    return rows.map((row) => ({
      uid,
      namespace,
      images: JSON.parse(row.images) as AdmittedOwner["images"],
      usedAt: row.used_at.toISOString(),
    }));
  }

  /** Writes everything that is queued; throws when the database does not take it (it stays queued). */
  async flush(): Promise<void> {
    if (this.#size() === 0) {
      await this.#writing;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writeNext(Number.POSITIVE_INFINITY);
  }

  async #writeNext(maxBatches: number): Promise<void> {
    const writing = this.#writing.then(() => this.#write(maxBatches));
    this.#writing = writing.catch(() => undefined);
    await writing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.flush();
    } catch (error) {
      this.#log.error({ err: error, count: this.#size() }, "records of admission were lost on closing");
    }
    clearTimeout(this.#timer);
  }

  #size(): number {
    return this.#known.size + this.#denied.size + this.#owners.size + (this.#areDenialsLost ? 1 : 0);
  }

  #hasRoom(): boolean {
    return !this.#isClosed && this.#known.size + this.#owners.size < MAX_QUEUED;
  }

  #schedule(afterMs: number): void {
    if (this.#isClosed || (this.#timer !== undefined && afterMs > 0)) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writeNext(MAX_BATCHES).then(
        () => {
          if (this.#size() > 0) {
            this.#schedule(FLUSH_AFTER_MS);
          }
        },
        (error: unknown) => {
          this.#log.warn({ err: error, count: this.#size() }, "records of admission could not be stored yet");
          this.#schedule(RETRY_AFTER_MS);
        },
      );
    }, afterMs);
    this.#timer.unref();
  }

  async #write(maxBatches: number): Promise<void> {
    if (this.#areDenialsLost) {
      await this.#context.db.deleteFrom("known_image").execute();
      this.#areDenialsLost = false;
    }
    // All denials, and first: what is known must not be seen without them.
    await this.#insert(this.#denied, Number.POSITIVE_INFINITY, (batch) => this.#insertDenied(batch));
    await this.#insert(this.#known, maxBatches, (batch) => this.#insertKnown(batch));
    await this.#insert(this.#owners, maxBatches, (batch) => this.#insertOwners(batch));
    await this.#prune();
  }

  /** In batches, oldest first; what could not be written stays queued. */
  async #insert<T>(
    queue: Map<string, T>,
    maxBatches: number,
    insert: (batch: readonly T[]) => Promise<void>,
  ): Promise<void> {
    for (let written = 0; queue.size > 0 && written < maxBatches; written += 1) {
      const batch = firstOf(queue, MAX_BATCH);
      await insert(batch.map(([, record]) => record));
      for (const [key, record] of batch) {
        // Unless a newer one took its place meanwhile.
        if (queue.get(key) === record) {
          queue.delete(key);
        }
      }
    }
  }

  async #insertKnown(batch: readonly KnownImage[]): Promise<void> {
    const rows = batch.map((image) => ({
      k: keyDigest(image.namespace, image.policyGeneration, image.digest, image.reference),
      l: lookupDigest(image),
      r: digestOf(denialKey("reference", image.namespace, image.reference)),
      d: digestOf(denialKey("digest", image.namespace, image.digest)),
      n: withoutNul(image.namespace),
      i: withoutNul(image.reference),
      g: image.digest,
      p: image.policyGeneration,
      t: image.admittedAt,
    }));
    await sql`
      insert into known_image (cluster_id, key_digest, lookup_digest, denied_by_reference, denied_by_digest, namespace,
        reference, digest, policy_generation, admitted_at)
      select ${this.#context.clusterId}::uuid, k, l, r, d, n, i, g, p, t
      from json_to_recordset(${jsonOf(rows)}::json)
        as rows (k text, l text, r text, d text, n text, i text, g text, p text, t timestamptz)
      on conflict (key_digest) do update set admitted_at = greatest(known_image.admitted_at, excluded.admitted_at)`.execute(
      this.#context.db,
    );
  }

  async #insertDenied(batch: readonly Denial[]): Promise<void> {
    const rows = batch.map(({ key, deniedAt }) => ({ k: digestOf(key), t: deniedAt }));
    await sql`
      insert into denied_image (cluster_id, key_digest, denied_at)
      select ${this.#context.clusterId}::uuid, k, t
      from json_to_recordset(${jsonOf(rows)}::json) as rows (k text, t timestamptz)
      on conflict (key_digest) do update set denied_at = greatest(denied_image.denied_at, excluded.denied_at)`.execute(
      this.#context.db,
    );
  }

  async #insertOwners(batch: readonly AdmittedOwner[]): Promise<void> {
    // One row for one set of places and references; the digests are those of the last allow.
    const rows = new Map(
      batch.map((owner) => {
        const places = owner.images.map(({ place, reference }) => [place, reference]);
        const key = keyDigest(owner.namespace, owner.uid, JSON.stringify(places));
        return [
          key,
          {
            k: key,
            o: ownerDigest(owner.uid, owner.namespace),
            u: withoutNul(owner.uid),
            n: withoutNul(owner.namespace),
            i: JSON.stringify(owner.images),
            t: owner.usedAt,
          },
        ];
      }),
    );
    await sql`
      insert into admitted_owner (cluster_id, key_digest, owner_digest, uid, namespace, images, used_at)
      select ${this.#context.clusterId}::uuid, k, o, u, n, i, t
      from json_to_recordset(${jsonOf([...rows.values()])}::json)
        as rows (k text, o text, u text, n text, i text, t timestamptz)
      on conflict (key_digest) do update
        set images = excluded.images, used_at = greatest(admitted_owner.used_at, excluded.used_at)`.execute(
      this.#context.db,
    );
  }

  /** Bounded, so that no review ever waits behind it for long. */
  async #prune(): Promise<void> {
    const now = performance.now();
    if (now < this.#prunedAtMs + PRUNE_EVERY_MS) {
      return;
    }
    this.#prunedAtMs = now;
    const { db } = this.#context;
    await prune(db, "known_image", sql`admitted_at < ${this.#before(KNOWN_LIFE_MS)}`);
    // What a denial ends is gone by then.
    await prune(db, "denied_image", sql`denied_at < ${this.#before(KNOWN_LIFE_MS)}`);
    await prune(db, "admitted_owner", sql`used_at < ${this.#before(OWNER_LIFE_MS)}`);
  }

  #before(ms: number): Date {
    return new Date(this.#context.clock.now().getTime() - ms);
  }
}

function firstOf<T>(queue: ReadonlyMap<string, T>, count: number): readonly (readonly [string, T])[] {
  const first: (readonly [string, T])[] = [];
  for (const entry of queue) {
    if (first.length === count) {
      break;
    }
    first.push(entry);
  }
  return first;
}

async function prune(
  db: Queries,
  table: "known_image" | "denied_image" | "admitted_owner",
  isOld: RawBuilder<unknown>,
): Promise<void> {
  const name = sql.table(table);
  await sql`delete from ${name} where key_digest in (select key_digest from ${name} where ${isOld} limit ${MAX_PRUNED})`.execute(
    db,
  );
}

/**
 * A batch as one parameter, since binding thousands of them costs more than the rows. In order: two replicas that write
 * the same rows in different orders would wait for each other.
 */
function jsonOf(rows: readonly { readonly k: string }[]): string {
  return JSON.stringify(rows.toSorted((a, b) => (a.k < b.k ? -1 : 1)));
}

function remember(map: Map<string, number>, key: string, value: number): void {
  if (map.size >= MAX_REMEMBERED) {
    map.clear();
  }
  map.set(key, value);
}

/** No part can imitate another: each is written as JSON. */
function keyDigest(...parts: readonly string[]): string {
  return digestOf(JSON.stringify(parts));
}

function lookupDigest(asked: Pick<KnownImage, "namespace" | "reference" | "policyGeneration">): string {
  return keyDigest(asked.namespace, asked.reference, asked.policyGeneration);
}

function ownerDigest(uid: string, namespace: string): string {
  return keyDigest(uid, namespace);
}

function denialKey(kind: "reference" | "digest", namespace: string, value: string): string {
  return `${kind}\n${namespace}\n${value}`;
}

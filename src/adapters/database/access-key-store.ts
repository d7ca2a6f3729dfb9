// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { AccessKeyRecord, AccessKeyStore, NewAccessKey } from "./access-key.ts";
import { accountQuery, toAccount } from "./account-query.ts";
import { unknownAccount } from "./account-store.ts";
import type { DatabaseLog } from "./database-log.ts";
import { DatabaseError } from "./errors.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { ServerEvent } from "./stores.ts";

/** One in use and one that takes its place. */
const MAX_USABLE = 2;
const MAX_DESCRIPTION_CHARACTERS = 200;
/** Keys that nobody can use stay in the inventory for so long. */
const KEPT_MS = 90 * 24 * 60 * 60_000;
/** A pull must not cost a write. */
const FLUSH_MS = 10_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface KeyRow {
  readonly id: string;
  readonly account_id: string;
  readonly account_name: string;
  readonly access_key: string;
  readonly description: string;
  readonly state: AccessKeyRecord["state"];
  readonly created_at: Date;
  readonly rotated_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
}

interface AccessKeyContext extends StoreContext {
  readonly notify: (queries: Queries, event: ServerEvent) => Promise<void>;
  readonly log: DatabaseLog;
}

/** Access keys. Closing writes when they were used last. */
export class BatchingAccessKeyStore implements AccessKeyStore {
  readonly #context: AccessKeyContext;
  readonly #uses = new Map<string, Date>();
  readonly #timer: NodeJS.Timeout;

  constructor(context: AccessKeyContext) {
    this.#context = context;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  async create(key: Parameters<AccessKeyStore["create"]>[0]): Promise<AccessKeyRecord> {
    const { accountId, description, expiresAt } = key;
    const now = this.#context.clock.now();
    return await this.#change(accountId, async (transaction) => {
      await this.#assertRoom(transaction, accountId);
      return await this.#insert(transaction, accountId, {
        ...key,
        description: storableText(description, MAX_DESCRIPTION_CHARACTERS),
        createdAt: now,
        expiresAt,
      });
    });
  }

  async list(accountId?: string): Promise<readonly AccessKeyRecord[]> {
    const query = keyQuery(this.#context.db).orderBy("access_key.created_at").orderBy("access_key.rotated_at");
    const rows = await (accountId === undefined ? query : query.where("account_id", "=", accountId)).execute();
    return rows.map(toRecord);
  }

  async find(id: string): Promise<AccessKeyRecord | undefined> {
    const row = UUID.test(id)
      ? await keyQuery(this.#context.db).where("access_key.id", "=", id).executeTakeFirst()
      : undefined;
    return row === undefined ? undefined : toRecord(row);
  }

  async findUsable(accessKey: string): ReturnType<AccessKeyStore["findUsable"]> {
    const { db, clock } = this.#context;
    const row = await keyQuery(db)
      .select("secret_hash")
      .where("access_key", "=", withoutNul(accessKey))
      .where("access_key.state", "=", "active")
      .where(isUnexpired(clock.now()))
      .executeTakeFirst();
    if (row === undefined) {
      return undefined;
    }
    const account = await accountQuery(db)
      .where("account.id", "=", row.account_id)
      .where("account.state", "=", "active")
      .executeTakeFirst();
    return account === undefined
      ? undefined
      : { key: toRecord(row), secretHash: row.secret_hash, account: toAccount(account) };
  }

  async rotate(
    id: string,
    next: NewAccessKey & { readonly overlapUntil: Date; readonly expiresAt?: Date },
  ): Promise<AccessKeyRecord> {
    const known = await this.find(id);
    if (known === undefined) {
      throw unknownKey(id);
    }
    return await this.#change(known.accountId, async (transaction) => {
      // Read again under the lock: somebody may have rotated it a moment ago.
      const old = await keyQuery(transaction)
        .where("access_key.id", "=", id)
        .where("access_key.state", "=", "active")
        .where(isUnexpired(this.#context.clock.now()))
        .executeTakeFirst();
      if (old === undefined) {
        throw unknownKey(id);
      }
      const ends = old.expires_at === null || old.expires_at > next.overlapUntil ? next.overlapUntil : old.expires_at;
      await transaction.updateTable("access_key").set({ expires_at: ends }).where("id", "=", id).execute();
      await this.#assertRoom(transaction, known.accountId);
      return await this.#insert(transaction, known.accountId, {
        ...next,
        description: old.description,
        createdAt: old.created_at,
        expiresAt: next.expiresAt,
      });
    });
  }

  async setState(id: string, state: AccessKeyRecord["state"]): Promise<void> {
    const known = await this.find(id);
    if (known === undefined) {
      throw unknownKey(id);
    }
    await this.#change(known.accountId, async (transaction) => {
      if (state === "active" && known.state === "disabled") {
        await this.#assertRoom(transaction, known.accountId);
      }
      await transaction.updateTable("access_key").set({ state }).where("id", "=", id).execute();
    });
  }

  async remove(id: string): Promise<boolean> {
    const known = await this.find(id);
    if (known === undefined) {
      return false;
    }
    await this.#change(known.accountId, async (transaction) => {
      await transaction.deleteFrom("access_key").where("id", "=", id).execute();
    });
    return true;
  }

  noteUse(id: string): void {
    this.#uses.set(id, this.#context.clock.now());
  }

  async flush(): Promise<void> {
    const uses = [...this.#uses];
    this.#uses.clear();
    if (uses.length === 0) {
      return;
    }
    try {
      await sql`
        update access_key set last_used_at = greatest(last_used_at, used.at)
        from (
          select unnest(${uses.map(([id]) => id)}::uuid[]) as id,
                 unnest(${uses.map(([, at]) => at.toISOString())}::timestamptz[]) as at
        ) as used
        where access_key.id = used.id
      `.execute(this.#context.db);
    } catch (error) {
      // The time of a use is not worth a failed pull; the next use is noted again.
      this.#context.log.warn({ err: error }, "cannot write when access keys were used last");
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Changes keys of one account, one change after the other. */
  async #change<T>(accountId: string, work: (transaction: Queries) => Promise<T>): Promise<T> {
    const { db, notify, clock } = this.#context;
    return await db.transaction().execute(async (transaction) => {
      const account = UUID.test(accountId)
        ? await transaction
            .selectFrom("account")
            .select("id")
            .where("id", "=", accountId)
            .forUpdate()
            .executeTakeFirst()
        : undefined;
      if (account === undefined) {
        throw unknownAccount(accountId);
      }
      await transaction
        .deleteFrom("access_key")
        .where("account_id", "=", accountId)
        .where("expires_at", "<", new Date(clock.now().getTime() - KEPT_MS))
        .execute();
      const result = await work(transaction);
      await notify(transaction, { type: "account-changed", accountId });
      return result;
    });
  }

  async #assertRoom(transaction: Queries, accountId: string): Promise<void> {
    const usable = await transaction
      .selectFrom("access_key")
      .select("id")
      .where("account_id", "=", accountId)
      .where("state", "=", "active")
      .where(isUnexpired(this.#context.clock.now()))
      .execute();
    if (usable.length >= MAX_USABLE) {
      throw new DatabaseError(
        "ACCESS_KEYS_FULL",
        `the account has ${MAX_USABLE} usable access keys already: disable or remove one first`,
      );
    }
  }

  async #insert(
    transaction: Queries,
    accountId: string,
    key: NewAccessKey & {
      readonly description: string;
      readonly createdAt: Date;
      readonly expiresAt: Date | undefined;
    },
  ): Promise<AccessKeyRecord> {
    const { id } = await transaction
      .insertInto("access_key")
      .values({
        cluster_id: this.#context.clusterId,
        account_id: accountId,
        access_key: key.accessKey,
        secret_hash: key.secretHash,
        description: key.description,
        state: "active",
        created_at: key.createdAt,
        rotated_at: this.#context.clock.now(),
        expires_at: key.expiresAt ?? null,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return toRecord(await keyQuery(transaction).where("access_key.id", "=", id).executeTakeFirstOrThrow());
  }
}

function isUnexpired(now: Date) {
  return sql<boolean>`(access_key.expires_at is null or access_key.expires_at > ${now})`;
}

function keyQuery(queries: Queries) {
  return queries
    .selectFrom("access_key")
    .innerJoin("account", "account.id", "access_key.account_id")
    .select([
      "access_key.id",
      "access_key.account_id",
      "account.name as account_name",
      "access_key.access_key",
      "access_key.description",
      "access_key.state",
      "access_key.created_at",
      "access_key.rotated_at",
      "access_key.last_used_at",
      "access_key.expires_at",
    ]);
}

function toRecord(row: KeyRow): AccessKeyRecord {
  return {
    id: row.id,
    accountId: row.account_id,
    accountName: row.account_name,
    accessKey: row.access_key,
    description: row.description,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    rotatedAt: row.rotated_at.toISOString(),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at.toISOString() }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
  };
}

function unknownKey(id: string): DatabaseError {
  return new DatabaseError("ACCESS_KEY_UNKNOWN", `there is no usable access key with the id ${id.slice(0, 100)}`);
}

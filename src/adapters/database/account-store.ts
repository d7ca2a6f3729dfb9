// SPDX-License-Identifier: Apache-2.0
import { type SelectQueryBuilder, sql } from "kysely";
import type { AccountGrant, AccountStore, ListedAccount, NewAccount } from "./account.ts";
import { type AccountRow, accountQuery, toAccount } from "./account-query.ts";
import { DatabaseError } from "./errors.ts";
import { sqlState } from "./postgres-errors.ts";
import type { Schema } from "./schema.ts";
import { withoutNul } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { ServerEvent } from "./stores.ts";

const UNIQUE_VIOLATION = "23505";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Accounts, their grants and sessions. */
export function createAccountStore(
  context: StoreContext & { readonly notify: (queries: Queries, event: ServerEvent) => Promise<void> },
): AccountStore {
  const { db, clusterId, clock, notify } = context;
  return {
    async createFirst(name, passwordHash) {
      return db.transaction().execute(async (transaction) => {
        // The row of the cluster is the lock: two processes that start at once must not both see an empty table.
        await lockAccounts(transaction);
        const some = await transaction.selectFrom("account").select("id").limit(1).executeTakeFirst();
        if (some !== undefined) {
          return false;
        }
        await transaction
          .insertInto("account")
          .values(accountRow({ name, passwordHash, role: "ADMIN" }))
          .execute();
        return true;
      });
    },

    async create(account) {
      try {
        return await db.transaction().execute(async (transaction) => {
          const { id } = await transaction
            .insertInto("account")
            .values(accountRow(account))
            .returning("id")
            .executeTakeFirstOrThrow();
          await putGrants(transaction, id, account.grants ?? []);
          return toAccount(await accountQuery(transaction).where("account.id", "=", id).executeTakeFirstOrThrow());
        });
      } catch (error) {
        if (sqlState(error) === UNIQUE_VIOLATION) {
          throw new DatabaseError("ACCOUNT_EXISTS", `there is an account named ${account.name} already`, {
            cause: error,
            details: { name: account.name },
          });
        }
        throw error;
      }
    },

    async list() {
      const rows = await listedQuery(db).orderBy("account.name").execute();
      return rows.map(toListedAccount);
    },

    async find(id) {
      if (!UUID.test(id)) {
        return undefined;
      }
      const row = await listedQuery(db).where("account.id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : toListedAccount(row);
    },

    async findByName(name) {
      const row = await accountQuery(db)
        .select("account.password_hash")
        .where(sql`lower(account.name)`, "=", sql`lower(${withoutNul(name)})`)
        .where("account.name", "=", withoutNul(name))
        .where("account.state", "=", "active")
        .executeTakeFirst();
      return row === undefined ? undefined : { ...toAccount(row), passwordHash: row.password_hash };
    },

    async findByIdentity({ issuer, subject }) {
      const row = await listedQuery(db)
        .where("account.issuer", "=", withoutNul(issuer))
        .where("account.subject", "=", withoutNul(subject))
        .executeTakeFirst();
      return row === undefined ? undefined : toListedAccount(row);
    },

    async noteSignIn(id) {
      await db.transaction().execute(async (transaction) => {
        await transaction.updateTable("account").set({ signed_in_at: clock.now() }).where("id", "=", id).execute();
        await notify(transaction, { type: "account-changed", accountId: id });
      });
    },

    async update(id, { role, state, grants }) {
      await change(id, async (transaction) => {
        if (role !== undefined || state !== undefined) {
          await transaction
            .updateTable("account")
            .set({ ...(role === undefined ? {} : { role }), ...(state === undefined ? {} : { state }) })
            .where("id", "=", id)
            .execute();
        }
        if (grants !== undefined) {
          await transaction.deleteFrom("account_grant").where("account_id", "=", id).execute();
          await putGrants(transaction, id, grants);
        }
        if (state === "disabled") {
          await transaction.deleteFrom("session").where("account_id", "=", id).execute();
        }
      });
    },

    async remove(id) {
      await change(id, async (transaction) => {
        await transaction.deleteFrom("account").where("id", "=", id).execute();
      });
    },

    async setPassword(accountId, passwordHash, { mustChange } = { mustChange: false }) {
      await db.transaction().execute(async (transaction) => {
        const account = await transaction
          .updateTable("account")
          .set({ password_hash: passwordHash, must_change_password: mustChange })
          .where("id", "=", accountId)
          .returning("id")
          .executeTakeFirst();
        if (account === undefined) {
          throw unknownAccount(accountId);
        }
        await transaction.deleteFrom("session").where("account_id", "=", accountId).execute();
        await notify(transaction, { type: "account-changed", accountId });
      });
    },

    async createSession(accountId, tokenHash, expiresAt) {
      const now = clock.now();
      await db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("session").where("expires_at", "<=", now).execute();
        await transaction
          .insertInto("session")
          .values({
            cluster_id: clusterId,
            token_hash: tokenHash,
            account_id: accountId,
            created_at: now,
            expires_at: expiresAt,
          })
          .execute();
      });
    },

    async findSession(tokenHash, now) {
      const row = await accountQuery(db)
        .innerJoin("session", "session.account_id", "account.id")
        .where("session.token_hash", "=", withoutNul(tokenHash))
        .where("session.expires_at", ">", now)
        .where("account.state", "=", "active")
        .executeTakeFirst();
      return row === undefined ? undefined : toAccount(row);
    },

    async endSession(tokenHash) {
      await db.deleteFrom("session").where("token_hash", "=", withoutNul(tokenHash)).execute();
    },
  };

  /** Somebody who sets the first password of an account is not the one who uses it, so it must be changed. */
  function accountRow(account: NewAccount) {
    const { name, role, passwordHash, kind = "person", identity } = account;
    return {
      cluster_id: clusterId,
      name,
      role,
      password_hash: passwordHash ?? "",
      must_change_password: passwordHash !== undefined,
      created_at: clock.now(),
      kind,
      ...(identity === undefined
        ? {}
        : { issuer: identity.issuer, subject: identity.subject, signed_in_at: clock.now() }),
    };
  }

  async function putGrants(queries: Queries, accountId: string, grants: readonly AccountGrant[]): Promise<void> {
    if (grants.length > 0) {
      const rows = grants.map(({ prefix, role }) => ({ cluster_id: clusterId, account_id: accountId, prefix, role }));
      await queries.insertInto("account_grant").values(rows).execute();
    }
  }

  /** Changes an account, unless that leaves nobody who could change it back. */
  async function change(id: string, work: (transaction: Queries) => Promise<void>): Promise<void> {
    await db.transaction().execute(async (transaction) => {
      // Two administrators who disable each other at once must not both succeed.
      await lockAccounts(transaction);
      const known = UUID.test(id)
        ? await transaction.selectFrom("account").select("id").where("id", "=", id).executeTakeFirst()
        : undefined;
      if (known === undefined) {
        throw unknownAccount(id);
      }
      await work(transaction);
      const administrator = await transaction
        .selectFrom("account")
        .select("id")
        .where("role", "=", "ADMIN")
        .where("state", "=", "active")
        .where("kind", "=", "person")
        .limit(1)
        .executeTakeFirst();
      if (administrator === undefined) {
        throw new DatabaseError("LAST_ADMINISTRATOR", "no administrator would be left");
      }
      await notify(transaction, { type: "account-changed", accountId: id });
    });
  }
}

async function lockAccounts(transaction: Queries): Promise<void> {
  await transaction.selectFrom("cluster").select("cluster_id").forUpdate().execute();
}

interface ListedRow extends AccountRow {
  readonly state: ListedAccount["state"];
  readonly issuer: string | null;
  readonly created_at: Date;
}

function listedQuery(queries: Queries): SelectQueryBuilder<Schema, "account", ListedRow> {
  return accountQuery(queries).select(["account.state", "account.issuer", "account.created_at"]);
}

function toListedAccount(row: ListedRow): ListedAccount {
  return {
    ...toAccount(row),
    state: row.state,
    ...(row.issuer === null ? {} : { issuer: row.issuer }),
    createdAt: row.created_at.toISOString(),
  };
}

export function unknownAccount(id: string): DatabaseError {
  return new DatabaseError("ACCOUNT_UNKNOWN", `there is no account with the id ${id.slice(0, 100)}`);
}

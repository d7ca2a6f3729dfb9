// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import { DatabaseError } from "./errors.ts";
import { sqlState } from "./postgres-errors.ts";
import { withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";
import type { Account, AccountStore, Role } from "./stores.ts";

const UNIQUE_VIOLATION = "23505";

interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly must_change_password: boolean;
}

export function createAccountStore({ db, clusterId, clock }: StoreContext): AccountStore {
  return {
    async createFirst(name, passwordHash) {
      return db.transaction().execute(async (transaction) => {
        // The row of the cluster is the lock: two processes that start at once must not both see an empty table.
        await transaction.selectFrom("cluster").select("cluster_id").forUpdate().execute();
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
        const row = await db
          .insertInto("account")
          .values(accountRow(account))
          .returning(["id", "name", "role", "must_change_password"])
          .executeTakeFirstOrThrow();
        return toAccount(row);
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

    async findByName(name) {
      const row = await db
        .selectFrom("account")
        .select(["id", "name", "role", "must_change_password", "password_hash"])
        .where(sql`lower(name)`, "=", sql`lower(${withoutNul(name)})`)
        .where("name", "=", withoutNul(name))
        .executeTakeFirst();
      return row === undefined ? undefined : { ...toAccount(row), passwordHash: row.password_hash };
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
          throw new DatabaseError("ACCOUNT_UNKNOWN", `there is no account with the id ${accountId}`);
        }
        await transaction.deleteFrom("session").where("account_id", "=", accountId).execute();
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
      const row = await db
        .selectFrom("session")
        .innerJoin("account", "account.id", "session.account_id")
        .select(["account.id", "account.name", "account.role", "account.must_change_password"])
        .where("session.token_hash", "=", withoutNul(tokenHash))
        .where("session.expires_at", ">", now)
        .executeTakeFirst();
      return row === undefined ? undefined : toAccount(row);
    },

    async endSession(tokenHash) {
      await db.deleteFrom("session").where("token_hash", "=", withoutNul(tokenHash)).execute();
    },
  };

  /** Whoever sets the first password of an account is not the one who uses it, so it must be changed. */
  function accountRow(account: { readonly name: string; readonly passwordHash: string; readonly role: Role }) {
    return {
      cluster_id: clusterId,
      name: account.name,
      role: account.role,
      password_hash: account.passwordHash,
      must_change_password: true,
      created_at: clock.now(),
    };
  }
}

function toAccount(row: AccountRow): Account {
  return { id: row.id, name: row.name, role: row.role, mustChangePassword: row.must_change_password };
}

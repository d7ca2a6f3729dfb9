// SPDX-License-Identifier: Apache-2.0
import { DatabaseError } from "./errors.ts";
import { isSealedWith, openSecret, SECRET_KEY_BYTES, sealSecret, wrongKey } from "./secret-envelope.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { SecretStore } from "./stores.ts";

/** Name under which the key check value is sealed; no secret may have it. */
const KEY_CHECK = "haechi:key-check";
const KEY_CHECK_VALUE = Buffer.from("this key opens the secrets of this database");

/** A value that opens with this key only. */
export function createKeyCheck(key: Uint8Array): Buffer {
  return sealSecret(key, KEY_CHECK, KEY_CHECK_VALUE);
}

/** Throws `SECRET_KEY_WRONG` unless the check value was made with this key. */
export function assertKey(key: Uint8Array, keyCheck: Uint8Array): void {
  try {
    openSecret(key, KEY_CHECK, keyCheck);
  } catch (error) {
    throw error instanceof DatabaseError && error.code === "SECRET_KEY_WRONG" ? error : wrongKey();
  }
}

/** Throws a plain error (a bug of the caller) unless the key has the right length. */
export function assertKeyLength(key: Uint8Array): void {
  if (key.length !== SECRET_KEY_BYTES) {
    throw new Error(`a secret key has ${SECRET_KEY_BYTES} bytes, not ${key.length}`);
  }
}

export function createSecretStore({ db, clusterId, clock }: StoreContext, firstKey: Uint8Array): SecretStore {
  let key = firstKey;

  return {
    get: (name) => read(db, name),

    async list(prefix) {
      const rows = await db
        .selectFrom("secret")
        .select("name")
        .where((where) => where.fn("starts_with", ["name", where.val(prefix)]))
        .orderBy("name")
        .execute();
      return rows.map(({ name }) => name);
    },

    async set(name, value) {
      await inTransactionWithKey(async (transaction) => write(transaction, name, value));
    },

    async getOrCreate(name, create) {
      const stored = await read(db, name);
      if (stored !== undefined) {
        return stored;
      }
      const value = await create();
      return inTransactionWithKey(async (transaction) => {
        const isFirst = await write(transaction, name, value, { replace: false });
        return isFirst ? value : ((await read(transaction, name)) ?? value);
      });
    },

    async rotate(newKey) {
      assertKeyLength(newKey);
      await db.transaction().execute(async (transaction) => {
        // Exclusive against inTransactionWithKey: nothing is sealed with the old key after this.
        const cluster = await transaction
          .selectFrom("cluster")
          .select("key_check")
          .forUpdate()
          .executeTakeFirstOrThrow();
        assertKey(key, cluster.key_check);
        for (const { name, envelope } of await transaction.selectFrom("secret").selectAll().execute()) {
          await transaction
            .updateTable("secret")
            .set({ envelope: sealSecret(newKey, name, openSecret(key, name, envelope)), updated_at: clock.now() })
            .where("name", "=", name)
            .execute();
        }
        await transaction
          .updateTable("cluster")
          .set({ key_check: createKeyCheck(newKey) })
          .execute();
      });
      key = newKey;
    },
  };

  async function read(queries: Queries, name: string): Promise<Uint8Array | undefined> {
    const row = await queries.selectFrom("secret").select("envelope").where("name", "=", name).executeTakeFirst();
    return row === undefined ? undefined : new Uint8Array(openSecret(key, name, row.envelope));
  }

  /** Whether it was written: with `replace: false` an existing secret stays. */
  async function write(
    queries: Queries,
    name: string,
    value: Uint8Array,
    { replace } = { replace: true },
  ): Promise<boolean> {
    const sealed = { envelope: sealSecret(key, name, value), updated_at: clock.now() };
    const { numInsertedOrUpdatedRows } = await queries
      .insertInto("secret")
      .values({ cluster_id: clusterId, name, ...sealed })
      .onConflict((conflict) =>
        replace ? conflict.column("name").doUpdateSet(sealed) : conflict.column("name").doNothing(),
      )
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** Another process may have rotated the key since we started: then nothing may be sealed with ours any more. */
  async function inTransactionWithKey<T>(body: (queries: Queries) => Promise<T>): Promise<T> {
    return db.transaction().execute(async (transaction) => {
      const cluster = await transaction.selectFrom("cluster").select("key_check").forShare().executeTakeFirstOrThrow();
      if (!isSealedWith(key, cluster.key_check)) {
        throw wrongKey();
      }
      return body(transaction);
    });
  }
}

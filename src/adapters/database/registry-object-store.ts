// SPDX-License-Identifier: Apache-2.0
import type { RegistryObject, RegistryObjectKind, RegistryObjectStore } from "./registry-object.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { ServerEvent } from "./stores.ts";

const MAX_ACTOR_CHARACTERS = 512;

interface ObjectRow {
  readonly kind: string;
  readonly name: string;
  readonly document: string;
  readonly updated_by: string;
  readonly updated_at: Date;
}

/** Documents of the registry's settings. */
export function createRegistryObjectStore(
  context: StoreContext & { readonly notify: (queries: Queries, event: ServerEvent) => Promise<void> },
): RegistryObjectStore {
  const { db, clusterId, clock, notify } = context;
  return {
    async list(kind) {
      const rows = await db
        .selectFrom("registry_object")
        .selectAll()
        .where("kind", "=", kind)
        .orderBy("name")
        .execute();
      return rows.map(toObject);
    },

    async find(kind, name) {
      const row = await db
        .selectFrom("registry_object")
        .selectAll()
        .where("kind", "=", kind)
        .where("name", "=", withoutNul(name))
        .executeTakeFirst();
      return row === undefined ? undefined : toObject(row);
    },

    async put({ kind, name, document, updatedBy }) {
      const values = {
        document: JSON.stringify(document),
        updated_by: storableText(updatedBy, MAX_ACTOR_CHARACTERS),
        updated_at: clock.now(),
      };
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("registry_object")
          .values({ cluster_id: clusterId, kind, name, ...values })
          .onConflict((conflict) => conflict.columns(["kind", "name"]).doUpdateSet(values))
          .execute();
        await notify(transaction, { type: "registry-changed", kind, name });
      });
    },

    async remove(kind, name) {
      return await db.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom("registry_object")
          .where("kind", "=", kind)
          .where("name", "=", withoutNul(name))
          .executeTakeFirstOrThrow();
        if (numDeletedRows > 0n) {
          await notify(transaction, { type: "registry-changed", kind, name });
        }
        return numDeletedRows > 0n;
      });
    },
  };
}

function toObject(row: ObjectRow): RegistryObject {
  return {
    kind: row.kind as RegistryObjectKind,
    name: row.name,
    document: JSON.parse(row.document) as unknown,
    updatedBy: row.updated_by,
    updatedAt: row.updated_at.toISOString(),
  };
}

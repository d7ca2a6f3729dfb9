// SPDX-License-Identifier: Apache-2.0
import { storableText } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";
import type { AuditEntry, AuditStore } from "./stores.ts";

const MAX_CHARACTERS = 2_000;

export function createAuditStore({ db, clusterId }: StoreContext): AuditStore {
  return {
    async append(entry) {
      await db
        .insertInto("audit_entry")
        .values({
          cluster_id: clusterId,
          actor: storableText(entry.actor, MAX_CHARACTERS),
          action: storableText(entry.action, MAX_CHARACTERS),
          target: storableText(entry.target, MAX_CHARACTERS),
          request_id: storableText(entry.requestId, MAX_CHARACTERS),
          remote_address: entry.remoteAddress === undefined ? null : storableText(entry.remoteAddress, MAX_CHARACTERS),
          at: entry.at,
        })
        .execute();
    },

    async list({ limit }) {
      const rows = await db.selectFrom("audit_entry").selectAll().orderBy("id", "desc").limit(limit).execute();
      return rows.map(
        (row): AuditEntry => ({
          actor: row.actor,
          action: row.action,
          target: row.target,
          requestId: row.request_id,
          ...(row.remote_address === null ? {} : { remoteAddress: row.remote_address }),
          at: row.at.toISOString(),
        }),
      );
    },
  };
}

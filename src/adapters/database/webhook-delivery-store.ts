// SPDX-License-Identifier: Apache-2.0
import { type Selectable, sql } from "kysely";
import type { Schema } from "./schema.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";
import type { WebhookDelivery, WebhookDeliveryStore } from "./webhook-delivery.ts";

const MAX_MESSAGE_CHARACTERS = 1_000;

type DeliveryRow = Selectable<Schema["webhook_delivery"]>;

/** Deliveries of webhooks; see {@link WebhookDeliveryStore}. */
export function createWebhookDeliveryStore({ db, clusterId, clock }: StoreContext): WebhookDeliveryStore {
  return {
    async add(deliveries) {
      if (deliveries.length === 0) {
        return [];
      }
      const now = clock.now();
      const rows = await db
        .insertInto("webhook_delivery")
        .values(
          deliveries.map(({ webhook, eventId, eventType, payload }) => ({
            cluster_id: clusterId,
            webhook,
            event_id: eventId,
            event_type: eventType,
            payload: withoutNul(payload),
            state: "pending" as const,
            attempts: 0,
            next_attempt_at: now,
            created_at: now,
          })),
        )
        .onConflict((conflict) => conflict.columns(["webhook", "event_id"]).doNothing())
        .returning("id")
        .execute();
      return rows.map(({ id }) => id);
    },

    async claim({ limit, leaseMs, except }) {
      const now = clock.now();
      const { rows } = await sql<DeliveryRow>`
        update webhook_delivery set attempts = attempts + 1,
          next_attempt_at = ${new Date(now.getTime() + leaseMs)}::timestamptz
        where id in (
          select id from webhook_delivery
          where finished_at is null and next_attempt_at <= ${now}::timestamptz
            and webhook <> all(${[...except]}::text[])
          order by next_attempt_at, id limit ${limit} for update skip locked)
        returning *`.execute(db);
      return rows.map(toDelivery).sort((one, other) => one.id - other.id);
    },

    async finish({ id, attempts }, { state, status, message, nextAttemptAt }) {
      const now = clock.now();
      await db
        .updateTable("webhook_delivery")
        .set({
          state,
          status: status ?? null,
          message: message === undefined ? null : storableText(message, MAX_MESSAGE_CHARACTERS),
          next_attempt_at: nextAttemptAt ?? now,
          finished_at: state === "pending" ? null : now,
        })
        .where("id", "=", id)
        .where("attempts", "=", attempts)
        .where("finished_at", "is", null)
        .execute();
    },

    async find(id) {
      const row = await db.selectFrom("webhook_delivery").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : toDelivery(row);
    },

    async list({ limit, before, webhook, state }) {
      let query = db.selectFrom("webhook_delivery").selectAll().orderBy("id", "desc").limit(limit);
      query = before === undefined ? query : query.where("id", "<", before);
      query = webhook === undefined ? query : query.where("webhook", "=", withoutNul(webhook));
      query = state === undefined ? query : query.where("state", "=", state);
      return (await query.execute()).map(toDelivery);
    },

    async redeliver(id) {
      const { numUpdatedRows } = await db
        .updateTable("webhook_delivery")
        .set({ state: "pending", attempts: 0, next_attempt_at: clock.now(), finished_at: null })
        .where("id", "=", id)
        .where("finished_at", "is not", null)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async removeOf(webhook) {
      await db.deleteFrom("webhook_delivery").where("webhook", "=", withoutNul(webhook)).execute();
    },

    async prune(before, limit) {
      const { numAffectedRows } = await sql`
        delete from webhook_delivery where id in (
          select id from webhook_delivery where finished_at < ${before}::timestamptz limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0n);
    },
  };
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    webhook: row.webhook,
    eventId: row.event_id,
    eventType: row.event_type,
    payload: row.payload,
    state: row.state,
    attempts: row.attempts,
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.message === null ? {} : { message: row.message }),
    nextAttemptAt: row.next_attempt_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  };
}

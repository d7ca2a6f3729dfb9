// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { DeliveryAnswer, SigningKeyAnswer, WebhookListAnswer } from "./webhook-answers.ts";

/** A table of webhooks. */
export function renderWebhooks({ webhooks }: WebhookListAnswer, translate: Translate): string {
  if (webhooks.length === 0) {
    return `${translate("registryWebhooks.none")}\n`;
  }
  return renderRows([
    [
      translate("registryWebhooks.column.name"),
      translate("registryWebhooks.column.state"),
      translate("registryWebhooks.column.prefix"),
      translate("registryWebhooks.column.url"),
      translate("registryWebhooks.column.events"),
    ],
    ...webhooks.map(({ name, webhook: { isEnabled, prefix = "", url, events } }) => [
      name,
      translate(isEnabled ? "registryWebhooks.on" : "registryWebhooks.off"),
      prefix === "" ? translate("registryWebhooks.all") : prefix,
      url,
      events === undefined ? translate("registryWebhooks.usual") : events.join(", "),
    ]),
  ]);
}

/** A table of deliveries, newest first. */
export function renderDeliveries(deliveries: readonly DeliveryAnswer[], translate: Translate): string {
  if (deliveries.length === 0) {
    return `${translate("registryWebhooks.noDeliveries")}\n`;
  }
  return renderRows([
    [
      translate("registryWebhooks.column.delivery"),
      translate("registryWebhooks.column.name"),
      translate("registryWebhooks.column.event"),
      translate("registryWebhooks.column.state"),
      translate("registryWebhooks.column.attempts"),
      translate("registryWebhooks.column.status"),
      translate("registryWebhooks.column.createdAt"),
      translate("registryWebhooks.column.message"),
    ],
    ...deliveries.map(({ id, webhook, eventType, state, attempts, status, createdAt, message = "" }) => [
      String(id),
      webhook,
      eventType,
      translate(`registryWebhooks.state.${state}`),
      String(attempts),
      status === undefined ? "" : String(status),
      createdAt,
      message,
    ]),
  ]);
}

/** The key, where one was made. */
export function renderSigningKey({ signingKey, previousUntil }: SigningKeyAnswer, translate: Translate): string {
  return [
    ...(signingKey === undefined ? [] : [translate("registryWebhooks.key", { key: signingKey })]),
    ...(previousUntil === undefined ? [] : [translate("registryWebhooks.previousUntil", { until: previousUntil })]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

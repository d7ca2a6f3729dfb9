// SPDX-License-Identifier: Apache-2.0
import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "#base";
import type { NewWebhookDelivery } from "#database";
import type { WebhookEvent } from "#registry";

/** Standard Webhooks, "Payload size"; longer lists are cut before. */
export const MAX_LISTED = 100;

/** Something that happened, as receivers are told. */
export interface DescribedEvent {
  /** Names it for ever. */
  readonly key: string;
  readonly type: WebhookEvent;
  /** RFC 3339. */
  readonly at: string;
  /** What it is about, e.g. `team/app:1.0`. */
  readonly subject: string;
  /** Those that it concerns, for the filters. */
  readonly repositories: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

type Payload = Pick<NewWebhookDelivery, "eventId" | "eventType" | "payload">;

/** CloudEvents 1.0 in the structured mode of its JSON format: the same bytes whenever it is made of the same event. */
export function toCloudEvent(event: DescribedEvent, clusterId: string): Payload {
  const id = uuidOf(`${clusterId} ${event.key}`);
  return render({ ...event, type: event.type, id }, clusterId);
}

/** What a webhook is tried with: not an event of the registry. */
export function createTestEvent(webhook: string, { clusterId, clock }: { clusterId: string; clock: Clock }): Payload {
  return render(
    { id: randomUUID(), type: "webhook.test", at: clock.now().toISOString(), subject: webhook, data: { webhook } },
    clusterId,
  );
}

function render(
  event: Pick<DescribedEvent, "at" | "subject" | "data"> & { readonly id: string; readonly type: string },
  clusterId: string,
): Payload {
  const eventType = `dev.haechi.${event.type}`;
  const payload = JSON.stringify({
    specversion: "1.0",
    id: event.id,
    source: `urn:uuid:${clusterId}`,
    type: eventType,
    subject: event.subject,
    time: event.at,
    datacontenttype: "application/json",
    data: event.data,
  });
  return { eventId: event.id, eventType, payload };
}

/** A UUID of version 8 (RFC 9562) that follows from the text. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

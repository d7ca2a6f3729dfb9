// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { WebhookDelivery } from "#database";
import { isRuleName, type Webhook, webhookSchema } from "#registry";

export interface WebhookBody {
  readonly name: string;
  readonly webhook: Webhook;
  /** Nothing that happened before is sent. */
  readonly since: string;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

const name = z.string().refine(isRuleName, "expected at most 64 of a-z 0-9 . _ -");

const webhookBodySchema: z.ZodType<WebhookBody> = z.strictObject({
  name: z.string(),
  webhook: webhookSchema,
  since: z.string().describe("nothing that happened before is sent"),
  updatedBy: z.string(),
  updatedAt: z.string(),
});

export const webhookListSchema: z.ZodType<{ readonly webhooks: readonly WebhookBody[] }> = z.strictObject({
  webhooks: z.array(webhookBodySchema),
});

export const putWebhookSchema: z.ZodType<{ readonly name: string; readonly webhook: Webhook }> = z.strictObject({
  name,
  webhook: webhookSchema,
});

export const webhookNameSchema: z.ZodType<{ readonly name: string }> = z.strictObject({ name });

export interface SigningKeyBody {
  readonly name: string;
  readonly signingKey?: string;
  readonly previousUntil?: string;
}

export const signingKeySchema: z.ZodType<SigningKeyBody> = z.strictObject({
  name: z.string(),
  signingKey: z.exactOptional(z.string()).describe("whsec_…; shown once, when it is made"),
  previousUntil: z.exactOptional(z.string()).describe("until then the key before signs along"),
});

/** A delivery without its payload. */
export type DeliveryBody = Omit<WebhookDelivery, "payload">;

const deliveryFields = {
  id: z.int().min(0),
  webhook: z.string(),
  eventId: z.string().describe("webhook-id, and the id of the CloudEvent"),
  eventType: z.string(),
  state: z.enum(["pending", "delivered", "failed"]).describe("failed: given up"),
  attempts: z.int().min(0),
  status: z.exactOptional(z.int()).describe("HTTP status of the last answer"),
  message: z.exactOptional(z.string()).describe("what was wrong with the last attempt"),
  nextAttemptAt: z.string(),
  createdAt: z.string(),
  finishedAt: z.exactOptional(z.string()),
};

export const deliverySchema: z.ZodType<WebhookDelivery> = z.strictObject({
  ...deliveryFields,
  payload: z.string().describe("the body, as it is sent"),
});

export const deliveryListSchema: z.ZodType<{ readonly deliveries: readonly DeliveryBody[] }> = z.strictObject({
  deliveries: z.array(z.strictObject(deliveryFields)).describe("newest first"),
});

export interface DeliveriesQuery {
  readonly limit: number;
  readonly before?: number;
  readonly webhook?: string;
  readonly state?: WebhookDelivery["state"];
}

const id = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const deliveriesQuerySchema: z.ZodType<DeliveriesQuery> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.exactOptional(id).describe("only older ones: the id of the last one of the page before"),
  webhook: z.exactOptional(name),
  state: z.exactOptional(z.enum(["pending", "delivered", "failed"])),
});

export const deliveryIdSchema: z.ZodType<{ readonly id: number }> = z.strictObject({ id });

z.globalRegistry.add(webhookListSchema, { id: "WebhookList" });
z.globalRegistry.add(deliverySchema, { id: "WebhookDelivery" });
z.globalRegistry.add(deliveryListSchema, { id: "WebhookDeliveryList" });

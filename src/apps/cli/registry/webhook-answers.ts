// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** What the server says of webhooks. Fields of a later server are passed over. */
export interface WebhookListAnswer {
  readonly webhooks: readonly {
    readonly name: string;
    readonly webhook: {
      readonly url: string;
      readonly events?: readonly string[];
      readonly prefix?: string;
      readonly isEnabled: boolean;
    };
  }[];
}

export const webhookListAnswer: z.ZodType<WebhookListAnswer> = z.object({
  webhooks: z.array(
    z.object({
      name: z.string(),
      webhook: z.object({
        url: z.string(),
        events: z.exactOptional(z.array(z.string())),
        prefix: z.exactOptional(z.string()),
        isEnabled: z.boolean(),
      }),
    }),
  ),
});

export interface SigningKeyAnswer {
  readonly name: string;
  readonly signingKey?: string;
  readonly previousUntil?: string;
}

export const signingKeyAnswer: z.ZodType<SigningKeyAnswer> = z.object({
  name: z.string(),
  signingKey: z.exactOptional(z.string()),
  previousUntil: z.exactOptional(z.string()),
});

export interface DeliveryAnswer {
  readonly id: number;
  readonly webhook: string;
  readonly eventType: string;
  readonly state: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly status?: number;
  readonly message?: string;
  readonly createdAt: string;
}

export const deliveryAnswer: z.ZodType<DeliveryAnswer> = z.object({
  id: z.number(),
  webhook: z.string(),
  eventType: z.string(),
  state: z.enum(["pending", "delivered", "failed"]),
  attempts: z.number(),
  status: z.exactOptional(z.number()),
  message: z.exactOptional(z.string()),
  createdAt: z.string(),
});

export const deliveryListAnswer: z.ZodType<{ readonly deliveries: readonly DeliveryAnswer[] }> = z.object({
  deliveries: z.array(deliveryAnswer),
});

// SPDX-License-Identifier: Apache-2.0
import type { Role, WebhookDelivery } from "#database";
import { parseWebhook, type StoredWebhook } from "#registry";
import type { ServerContext } from "../../context.ts";
import { createTestEvent, removeSigningKey, rotateSigningKey, writeSigningKey } from "../../webhooks/index.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import {
  deliveriesQuerySchema,
  deliveryIdSchema,
  deliveryListSchema,
  deliverySchema,
  putWebhookSchema,
  signingKeySchema,
  webhookListSchema,
  webhookNameSchema,
} from "../schemas/registry-webhooks.ts";
import { accountOf } from "../security/authenticate.ts";
import { createAudit } from "../views/append-audit.ts";

/** Events tell of all repositories and of people. */
const ADMINISTRATORS: readonly Role[] = ["ADMIN"];
const TAGS = ["registry webhooks"];

/** Webhooks: where events go, their keys, and what became of deliveries. Sending is not done here. */
export function addRegistryWebhookRoutes(app: ApiApp, context: ServerContext): void {
  const audit = createAudit(context);
  const { registryObjects, webhookDeliveries, secrets, events } = context.database;
  const place = { secrets, clock: context.clock };

  app.route({
    method: "GET",
    url: "/api/v1/registry/webhooks",
    config: { access: ADMINISTRATORS },
    schema: { operationId: "listWebhooks", tags: TAGS, response: { 200: webhookListSchema } },
    handler: async () => ({
      webhooks: (await registryObjects.list("webhook")).flatMap(({ name, document, updatedBy, updatedAt }) => {
        const stored = parseWebhook(document);
        if (stored === undefined) {
          return [];
        }
        const { since, ...webhook } = stored;
        return [{ name, webhook, since, updatedBy, updatedAt }];
      }),
    }),
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/webhook",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "putWebhook",
      tags: TAGS,
      body: putWebhookSchema,
      response: { 200: signingKeySchema },
    },
    handler: async (request) => {
      const { name, webhook } = request.body;
      const before = await findStored(name);
      // what happened while it was off, or not there, is not sent
      const since = before?.isEnabled === true ? before.since : context.clock.now().toISOString();
      await audit(request, "webhook-changed", `${name} ${webhook.url}`);
      const signingKey = await writeSigningKey(place, name);
      const document: StoredWebhook = { ...webhook, since };
      await registryObjects.put({ kind: "webhook", name, document, updatedBy: accountOf(request).name });
      return { name, ...(signingKey === undefined ? {} : { signingKey }) };
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/webhook",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "deleteWebhook",
      tags: TAGS,
      querystring: webhookNameSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.query;
      await assertKnown(name);
      await audit(request, "webhook-removed", name);
      await registryObjects.remove("webhook", name);
      await removeSigningKey(place, name);
      await webhookDeliveries.removeOf(name);
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/webhooks/rotate-key",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "rotateWebhookKey",
      tags: TAGS,
      body: webhookNameSchema,
      response: { 200: signingKeySchema },
    },
    handler: async (request) => {
      const { name } = request.body;
      await assertKnown(name);
      await audit(request, "webhook-key-rotated", name);
      return { name, ...(await rotateSigningKey(place, name)) };
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/webhooks/test",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "testWebhook",
      tags: TAGS,
      body: webhookNameSchema,
      response: { 202: deliverySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.body;
      await assertKnown(name);
      await audit(request, "webhook-tested", name);
      const event = createTestEvent(name, { clusterId: context.database.clusterId, clock: context.clock });
      const [id = 0] = await webhookDeliveries.add([{ webhook: name, ...event }]);
      await wake(name);
      return reply.code(202).send(await findDelivery(id));
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/webhooks/deliveries",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "listWebhookDeliveries",
      tags: TAGS,
      querystring: deliveriesQuerySchema,
      response: { 200: deliveryListSchema },
    },
    handler: async (request) => ({
      deliveries: (await webhookDeliveries.list(request.query)).map(({ payload: _, ...delivery }) => delivery),
    }),
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/webhooks/delivery",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "getWebhookDelivery",
      tags: TAGS,
      querystring: deliveryIdSchema,
      response: { 200: deliverySchema },
    },
    handler: async (request) => await findDelivery(request.query.id),
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/webhooks/redeliver",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "redeliverWebhook",
      tags: TAGS,
      body: deliveryIdSchema,
      response: { 202: deliverySchema },
    },
    handler: async (request, reply) => {
      const { id, webhook, eventType } = await findDelivery(request.body.id);
      await audit(request, "webhook-redelivered", `${webhook} ${eventType} (delivery ${id})`);
      if (!(await webhookDeliveries.redeliver(id))) {
        throw new ApiError("DELIVERY_UNDER_WAY", `delivery ${id} is on its way`);
      }
      await wake(webhook);
      return reply.code(202).send(await findDelivery(id));
    },
  });

  /** Whichever process sends looks at once. */
  async function wake(name: string): Promise<void> {
    await events.publish({ type: "registry-changed", kind: "webhook", name });
  }

  async function findStored(name: string): Promise<StoredWebhook | undefined> {
    const found = await registryObjects.find("webhook", name);
    return found === undefined ? undefined : parseWebhook(found.document);
  }

  async function assertKnown(name: string): Promise<void> {
    if ((await registryObjects.find("webhook", name)) === undefined) {
      throw new ApiError("WEBHOOK_UNKNOWN", `there is no webhook ${name}`);
    }
  }

  async function findDelivery(id: number): Promise<WebhookDelivery> {
    const delivery = await webhookDeliveries.find(id);
    if (delivery === undefined) {
      throw new ApiError("DELIVERY_UNKNOWN", `no delivery has the id ${id}`);
    }
    return delivery;
  }
}

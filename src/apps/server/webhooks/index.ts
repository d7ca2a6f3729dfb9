// SPDX-License-Identifier: Apache-2.0
export { createTestEvent } from "./cloud-event.ts";
export { removeSigningKey, rotateSigningKey, writeSigningKey } from "./signing-key.ts";
export { startWebhooks, type Webhooks, type WebhookTimes } from "./start-webhooks.ts";

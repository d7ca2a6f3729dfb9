// SPDX-License-Identifier: Apache-2.0
import { webhookDeliveryContract } from "../../../test/support/contracts/webhook-deliveries.ts";
import { describeWithDatabases } from "../../../test/support/postgres.ts";

describeWithDatabases("deliveries of webhooks, what happened, reports of others", webhookDeliveryContract);

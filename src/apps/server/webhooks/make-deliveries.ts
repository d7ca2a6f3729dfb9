// SPDX-License-Identifier: Apache-2.0
import type { NewWebhookDelivery } from "#database";
import { isWantedBy, parseWebhook, type StoredWebhook } from "#registry";
import type { ServerContext } from "../context.ts";
import { type DescribedEvent, toCloudEvent } from "./cloud-event.ts";
import { describeHappening } from "./describe-happening.ts";

const PAGE = 1_000;
const ADDED_AT_ONCE = 200;
/** ISMS-P, and checklists for accounts of clouds, ask for new secrets every 90 days. */
const KEY_AGE_MS = 90 * 24 * 3_600_000;
const MAX_KEYS = 1_000;

/** A webhook with the name that it is stored under. */
interface NamedWebhook {
  readonly name: string;
  readonly webhook: StoredWebhook;
}

/** Those that can be read and are switched on. */
async function listEnabledWebhooks({ database }: Pick<ServerContext, "database">): Promise<readonly NamedWebhook[]> {
  const objects = await database.registryObjects.list("webhook");
  return objects.flatMap(({ name, document }) => {
    const webhook = parseWebhook(document);
    return webhook?.isEnabled === true ? [{ name, webhook }] : [];
  });
}

/** Makes deliveries of what happened since the last time, in any process; returns how many. */
export async function makeDeliveries(context: ServerContext): Promise<number> {
  const { happenings } = context.database;
  const webhooks = await listEnabledWebhooks(context);
  if (webhooks.length === 0) {
    await happenings.saveCursor(await happenings.present());
    return 0;
  }
  const withPulls = webhooks.some(({ webhook }) => webhook.events?.includes("image.pulled") === true);
  let made = 0;
  for (let cursor = await happenings.cursor(), hasMore = true; hasMore; ) {
    const page = await happenings.read(cursor, { withPulls, limit: PAGE });
    const events: DescribedEvent[] = [];
    for (const happening of page.happenings) {
      // most were made already: what was read is read again for a while
      const isNews = webhooks.some(({ webhook }) => Date.parse(happening.at) >= Date.parse(webhook.since));
      const event = isNews ? await describeHappening(context, happening) : undefined;
      if (event !== undefined) {
        events.push(event);
      }
    }
    made += await add(context, webhooks, events);
    cursor = page.cursor;
    hasMore = page.hasMore;
    // after the deliveries: a process that dies in between reads again, and finds them there
    await happenings.saveCursor(cursor);
  }
  return made;
}

/** Reminds of keys that are to be rotated, once for each secret (and again when that was so long ago that it is forgotten). */
export async function makeKeyReminders(context: ServerContext): Promise<number> {
  const { database, clock } = context;
  const webhooks = await listEnabledWebhooks(context);
  const now = clock.now();
  const keys = await database.happenings.listOldKeys(new Date(now.getTime() - KEY_AGE_MS), MAX_KEYS);
  const events = keys.map(({ id, accessKey, account, rotatedAt }): DescribedEvent => {
    const data = { accessKey, account, rotatedAt };
    const key = `key ${id} ${rotatedAt}`;
    return { key, type: "key.due", at: now.toISOString(), subject: accessKey, repositories: [], data };
  });
  return await add(context, webhooks, events);
}

async function add(
  { database }: ServerContext,
  webhooks: readonly NamedWebhook[],
  events: readonly DescribedEvent[],
): Promise<number> {
  const deliveries = events.flatMap((event): readonly NewWebhookDelivery[] => {
    const wanting = webhooks.filter(({ webhook }) => isWantedBy(webhook, event));
    const payload = wanting.length === 0 ? undefined : toCloudEvent(event, database.clusterId);
    return payload === undefined ? [] : wanting.map(({ name }) => ({ webhook: name, ...payload }));
  });
  let made = 0;
  for (let at = 0; at < deliveries.length; at += ADDED_AT_ONCE) {
    made += (await database.webhookDeliveries.add(deliveries.slice(at, at + ADDED_AT_ONCE))).length;
  }
  return made;
}

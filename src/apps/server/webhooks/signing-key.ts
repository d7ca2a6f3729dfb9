// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clock } from "#base";
import type { SecretStore } from "#database";

/** Standard Webhooks, "Signature scheme": 24 to 64 bytes. */
const KEY_BYTES = 32;
/** How long receivers have to take a new key over. */
const OVERLAP_MS = 24 * 3_600_000;

interface StoredKey {
  readonly current: string;
  readonly previous?: string | undefined;
  /** RFC 3339. */
  readonly previousUntil?: string | undefined;
}

const schema: z.ZodType<StoredKey> = z.object({
  current: z.base64(),
  previous: z.base64().optional(),
  previousUntil: z.string().optional(),
});

interface KeyPlace {
  readonly secrets: Pick<SecretStore, "get" | "set">;
  readonly clock: Clock;
}

/** Makes the key of a webhook unless it has one; `undefined` then. As it is shown to people, once: `whsec_…`. */
export async function writeSigningKey(place: KeyPlace, webhook: string): Promise<string | undefined> {
  if ((await read(place, webhook)) !== undefined) {
    return undefined;
  }
  return await write(place, webhook, {});
}

/** Makes another key; the one before signs along until then. */
export async function rotateSigningKey(
  place: KeyPlace,
  webhook: string,
): Promise<{ readonly signingKey: string; readonly previousUntil: string }> {
  const before = await read(place, webhook);
  const previousUntil = new Date(place.clock.now().getTime() + OVERLAP_MS).toISOString();
  const signingKey = await write(
    place,
    webhook,
    before === undefined ? {} : { previous: before.current, previousUntil },
  );
  return { signingKey, previousUntil };
}

/** The secret store forgets nothing; an empty secret is none. */
export async function removeSigningKey({ secrets }: KeyPlace, webhook: string): Promise<void> {
  await secrets.set(nameOf(webhook), new Uint8Array());
}

/**
 * The value of `webhook-signature` (Standard Webhooks, "Webhook headers"): one for each key in force, over
 * `id.timestamp.body`. `undefined` without a key: then nothing is sent.
 */
export async function signPayload(
  place: KeyPlace,
  webhook: string,
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
): Promise<string | undefined> {
  const stored = await read(place, webhook);
  if (stored === undefined) {
    return undefined;
  }
  const { current, previous, previousUntil = "" } = stored;
  const isOldInForce = previous !== undefined && Date.parse(previousUntil) > place.clock.now().getTime();
  return [current, ...(isOldInForce ? [previous] : [])]
    .map((key) => {
      const mac = createHmac("sha256", Buffer.from(key, "base64"));
      return `v1,${mac.update(`${message.id}.${message.timestamp}.${message.body}`).digest("base64")}`;
    })
    .join(" ");
}

async function write(
  { secrets }: KeyPlace,
  webhook: string,
  before: Pick<StoredKey, "previous" | "previousUntil">,
): Promise<string> {
  const current = randomBytes(KEY_BYTES).toString("base64");
  await secrets.set(nameOf(webhook), Buffer.from(JSON.stringify({ current, ...before })));
  return `whsec_${current}`;
}

async function read({ secrets }: KeyPlace, webhook: string): Promise<StoredKey | undefined> {
  const bytes = await secrets.get(nameOf(webhook));
  if (bytes === undefined || bytes.length === 0) {
    return undefined;
  }
  const { success, data } = schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  return success ? data : undefined;
}

function nameOf(webhook: string): string {
  return `webhook/${webhook}`;
}

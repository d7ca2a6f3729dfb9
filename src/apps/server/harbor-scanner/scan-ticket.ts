// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type Digest, parseDigest } from "#base";
import type { SecretStore } from "#database";

const KEY_BYTES = 32;
const MAX_LENGTH = 4_096;

/** What the id of a scan request says: who asked, and which image they showed that they may read. */
export interface ScanTicket {
  readonly account: string;
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string | undefined;
  readonly mimeType: string;
  /** Tells credentials apart without holding them. */
  readonly who: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const schema = z.strictObject({
  account: z.string(),
  registry: z.string(),
  repository: z.string(),
  digest: z.string(),
  tag: z.string().optional(),
  mimeType: z.string(),
  who: z.string(),
  at: z.int(),
});

/** The id that every replica understands: nothing has to be kept for it, and nobody can make one up. */
export async function writeTicket(secrets: Pick<SecretStore, "getOrCreate">, ticket: ScanTicket): Promise<string> {
  const payload = Buffer.from(JSON.stringify(ticket)).toString("base64url");
  return `${payload}.${(await mac(secrets, payload)).toString("base64url")}`;
}

/** `undefined` for what we did not make. */
export async function readTicket(
  secrets: Pick<SecretStore, "getOrCreate">,
  id: string,
): Promise<ScanTicket | undefined> {
  if (id.length > MAX_LENGTH) {
    return undefined;
  }
  const [payload = "", found = "", ...rest] = id.split(".");
  const given = Buffer.from(found, "base64url");
  const expected = await mac(secrets, payload);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return undefined;
  }
  const { success, data } = schema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  const digest = success ? parseDigest(data.digest) : undefined;
  return success && digest !== undefined ? { ...data, digest } : undefined;
}

async function mac(secrets: Pick<SecretStore, "getOrCreate">, payload: string): Promise<Buffer> {
  const key = await secrets.getOrCreate("harbor-scanner-key", () => Promise.resolve(randomBytes(KEY_BYTES)));
  return createHmac("sha256", key).update(payload).digest();
}

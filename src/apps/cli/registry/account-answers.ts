// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { parseAnswer, type Server } from "./server-client.ts";

/** An account, as far as it is shown. */
export interface AccountAnswer {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly role: string;
  readonly state: string;
  readonly grants: readonly { readonly prefix: string; readonly role: string }[];
  readonly createdAt: string;
  readonly keys: { readonly usable: number; readonly rotationDue: number };
}

/** An access key, as far as it is shown. */
export interface KeyAnswer {
  readonly id: string;
  readonly account: string;
  readonly accessKey: string;
  readonly description: string;
  readonly state: string;
  readonly createdAt: string;
  readonly rotatedAt: string;
  readonly lastUsedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly rotateBy: string;
  readonly isRotationDue: boolean;
}

const account: z.ZodType<AccountAnswer> = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  role: z.string(),
  state: z.string(),
  grants: z.array(z.object({ prefix: z.string(), role: z.string() })),
  createdAt: z.string(),
  keys: z.object({ usable: z.number(), rotationDue: z.number() }),
});

const key: z.ZodType<KeyAnswer> = z.object({
  id: z.string(),
  account: z.string(),
  accessKey: z.string(),
  description: z.string(),
  state: z.string(),
  createdAt: z.string(),
  rotatedAt: z.string(),
  lastUsedAt: z.string().optional(),
  expiresAt: z.string().optional(),
  rotateBy: z.string(),
  isRotationDue: z.boolean(),
});

const accountList: z.ZodType<{ readonly accounts: readonly AccountAnswer[] }> = z.object({
  accounts: z.array(account),
});
const keyList: z.ZodType<{ readonly keys: readonly KeyAnswer[] }> = z.object({ keys: z.array(key) });

/** An account with the password that is told once. */
export const accountWithPassword: z.ZodType<{
  readonly account: AccountAnswer;
  readonly password?: string | undefined;
}> = z.object({ account, password: z.string().optional() });

/** A key with the secret that is told once. */
export const keyWithSecret: z.ZodType<{ readonly key: KeyAnswer; readonly secretKey: string }> = z.object({
  key,
  secretKey: z.string(),
});

export async function fetchAccounts(server: Server): Promise<readonly AccountAnswer[]> {
  return parseAnswer(server, accountList, await server.get("/api/v1/registry/accounts")).accounts;
}

/** The account of that name; throws UsageError when there is none. */
export async function fetchAccount(server: Server, name: string): Promise<AccountAnswer> {
  const found = (await fetchAccounts(server)).find((each) => each.name === name);
  if (found === undefined) {
    throw new UsageError("ARGUMENT_INVALID", `there is no account named "${name.slice(0, 100)}"`);
  }
  return found;
}

/** Keys of one's own, of another account, or of all. */
export async function fetchKeys(
  server: Server,
  of: { readonly account?: string | undefined; readonly isAll?: boolean } = {},
): Promise<readonly KeyAnswer[]> {
  const query = new URLSearchParams({
    ...(of.account === undefined ? {} : { account: of.account }),
    ...(of.isAll === true ? { all: "true" } : {}),
  });
  return parseAnswer(server, keyList, await server.get(`/api/v1/registry/keys?${query.toString()}`)).keys;
}

/** The key of that name or id among one's own, else among those of all accounts. Throws UsageError when there is none. */
export async function fetchKey(server: Server, name: string): Promise<KeyAnswer> {
  function isIt({ id, accessKey }: KeyAnswer): boolean {
    return accessKey === name || id === name;
  }
  const own = (await fetchKeys(server)).find(isIt);
  if (own !== undefined) {
    return own;
  }
  const found = (await fetchKeys(server, { isAll: true })).find(isIt);
  if (found === undefined) {
    throw new UsageError("ARGUMENT_INVALID", `there is no access key "${name.slice(0, 100)}"`);
  }
  return found;
}

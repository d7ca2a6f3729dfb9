// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import { createSessionToken, renderSessionCookie, SESSION_MS } from "./session-cookie.ts";

/** Begins a session of the account; returns the `Set-Cookie` value for its browser. */
export async function startSession(
  { database, clock }: Pick<ServerContext, "database" | "clock">,
  accountId: string,
  options: { readonly isSecure: boolean },
): Promise<string> {
  const { token, hash } = createSessionToken();
  const expiresAt = new Date(clock.now().getTime() + SESSION_MS);
  await database.accounts.createSession(accountId, hash, expiresAt);
  return renderSessionCookie(token, options);
}

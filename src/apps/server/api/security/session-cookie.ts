// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";

const NAME = "haechi_session";
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A session lasts a working day; the browser forgets the cookie with its window. */
export const SESSION_MS: number = 12 * 60 * 60_000;

/** A new session: the cookie's value (256 bits) and its SHA-256, which alone is stored. */
export function createSessionToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashToken(token) };
}

/** The hash of the session token in a `Cookie` header, or `undefined` when there is none of the right form. */
export function readSessionHash(cookieHeader: string | undefined): string | undefined {
  for (const pair of (cookieHeader ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (pair.slice(0, equals).trim() === NAME) {
      const token = pair.slice(equals + 1).trim();
      return TOKEN.test(token) ? hashToken(token) : undefined;
    }
  }
  return undefined;
}

/** The `Set-Cookie` value that starts a session. `Secure` is left out on plain HTTP, where browsers would drop it. */
export function renderSessionCookie(token: string, options: { readonly isSecure: boolean }): string {
  return `${NAME}=${token}; Path=/; HttpOnly; SameSite=Strict${options.isSecure ? "; Secure" : ""}`;
}

/** The `Set-Cookie` value that ends it. */
export function renderExpiredCookie(): string {
  return `${NAME}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;
}

function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

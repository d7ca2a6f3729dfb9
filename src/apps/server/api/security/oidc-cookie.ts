// SPDX-License-Identifier: Apache-2.0
import type { OidcLogin } from "#oidc";

const NAME = "haechi_oidc";
const PATH = "/api/v1/session/oidc";
const MAX_AGE_SECONDS = 600;
const WORD = /^[A-Za-z0-9_-]{20,128}$/;

/**
 * The `Set-Cookie` value that ties a login to this browser. `Lax`, since the way back comes from the provider's pages; only its own
 * path gets it.
 */
export function renderOidcCookie(
  { state, nonce, verifier }: OidcLogin,
  options: { readonly isSecure: boolean },
): string {
  const value = [state, nonce, verifier].join(".");
  return `${NAME}=${value}; Path=${PATH}; HttpOnly; SameSite=Lax; Max-Age=${MAX_AGE_SECONDS}${options.isSecure ? "; Secure" : ""}`;
}

/** The `Set-Cookie` value that ends it: a login is finished once. */
export function renderEndedOidcCookie(): string {
  return `${NAME}=; Path=${PATH}; HttpOnly; SameSite=Lax; Max-Age=0`;
}

/** The login that this browser began, or `undefined`. */
export function readOidcCookie(cookieHeader: string | undefined): OidcLogin | undefined {
  for (const pair of (cookieHeader ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (pair.slice(0, equals).trim() === NAME) {
      const [state = "", nonce = "", verifier = "", ...rest] = pair
        .slice(equals + 1)
        .trim()
        .split(".");
      const isWhole = rest.length === 0 && [state, nonce, verifier].every((word) => WORD.test(word));
      return isWhole ? { state, nonce, verifier } : undefined;
    }
  }
  return undefined;
}

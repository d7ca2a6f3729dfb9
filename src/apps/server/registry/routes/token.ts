// SPDX-License-Identifier: Apache-2.0

import { mayDo, mayReadSomewhere } from "../../accounts/account-rights.ts";
import type { Authenticator, RegistryLogin } from "../access/authenticator.ts";
import { grantScopes, TOKEN_LIFE_SECONDS, TOKEN_SERVICE, type TokenClaims } from "../access/bearer-token.ts";
import { parseScopes, type RequestedScopes } from "../access/scope.ts";
import { RegistryError } from "../errors.ts";
import type { RoutedRequest } from "./route.ts";

/**
 * `GET /token?service=…&scope=…`: a token for name and password, or an access key (Docker Registry v2 token authentication).
 * It grants the part of the scopes that the account may have; without an account, what anonymous users may.
 */
export async function issueToken({ exchange, parts }: RoutedRequest): Promise<void> {
  const service = exchange.query.get("service");
  if (service !== null && service !== TOKEN_SERVICE) {
    throw new RegistryError("DENIED", `tokens of this registry are for the service ${TOKEN_SERVICE}`);
  }
  const signedIn = await parts.authenticator.login(exchange);
  const scopes = parseScopes(exchange.query.getAll("scope"));
  const grants = signedIn === undefined ? grantNobody(parts.authenticator, scopes) : grantAccount(signedIn, scopes);
  if (grants === undefined) {
    throw new RegistryError("UNAUTHORIZED", exchange.translate("registry.unauthorized"), {
      headers: { "www-authenticate": 'Basic realm="Haechi registry"' },
    });
  }
  exchange.actor = grants.actor;
  const now = parts.clock.now();
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const endsAt = Math.floor((signedIn?.until?.getTime() ?? Number.POSITIVE_INFINITY) / 1_000);
  const expiresAt = Math.min(issuedAt + TOKEN_LIFE_SECONDS, endsAt);
  const token = parts.tokens.issue({ audience: TOKEN_SERVICE, ...grants, issuedAt, expiresAt });
  const body = { token, access_token: token, expires_in: expiresAt - issuedAt, issued_at: now.toISOString() };
  exchange.send(
    200,
    { "content-type": "application/json", "cache-control": "no-store" },
    Buffer.from(JSON.stringify(body)),
  );
}

type Grants = Omit<TokenClaims, "audience" | "issuedAt" | "expiresAt">;

function grantAccount({ account, credential }: RegistryLogin, scopes: RequestedScopes): Grants {
  return {
    actor: account.name,
    isAnonymous: false,
    accountId: account.id,
    credential,
    isCatalog: scopes.isCatalog && mayReadSomewhere(account),
    repositories: grantScopes(scopes.repositories, (action, repository) => mayDo(account, action, repository)),
  };
}

/** Absent: nothing that was asked for may be read without an account, so the client had better ask who somebody is. */
function grantNobody({ anonymousPull }: Authenticator, scopes: RequestedScopes): Grants | undefined {
  const repositories = grantScopes(
    scopes.repositories,
    (action, repository) => action === "pull" && anonymousPull(repository),
  );
  const isAnyGranted =
    repositories.length === 0 ? anonymousPull("") : repositories.some(([, actions]) => actions.length > 0);
  return isAnyGranted ? { actor: "anonymous", isAnonymous: true, isCatalog: false, repositories } : undefined;
}

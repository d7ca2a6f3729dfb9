// SPDX-License-Identifier: Apache-2.0
import { grantScopes, TOKEN_LIFE_SECONDS, TOKEN_SERVICE } from "../access/bearer-token.ts";
import { parseScopes } from "../access/scope.ts";
import { RegistryError } from "../errors.ts";
import type { RoutedRequest } from "./route.ts";

/**
 * `GET /token?service=…&scope=…`: a token for name and password (Docker Registry v2 token authentication). It grants
 * the part of the scopes that the account may have; without an account, what anonymous users may.
 */
export async function issueToken({ exchange, parts }: RoutedRequest): Promise<void> {
  const { anonymousPull } = parts.configuration;
  const service = exchange.query.get("service");
  if (service !== null && service !== TOKEN_SERVICE) {
    throw new RegistryError("DENIED", `tokens of this registry are for the service ${TOKEN_SERVICE}`);
  }
  const account = await parts.authenticator.login(exchange);
  if (account === undefined && !anonymousPull) {
    throw new RegistryError("UNAUTHORIZED", exchange.translate("registry.unauthorized"), {
      headers: { "www-authenticate": 'Basic realm="Haechi registry"' },
    });
  }
  exchange.actor = account?.name ?? "anonymous";
  const scopes = parseScopes(exchange.query.getAll("scope"));
  const repositories = grantScopes(account, scopes.repositories, anonymousPull);
  const now = parts.clock.now();
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const token = parts.tokens.issue({
    audience: TOKEN_SERVICE,
    actor: exchange.actor,
    isAnonymous: account === undefined,
    ...(account === undefined ? {} : { role: account.role }),
    isCatalog: account !== undefined && scopes.isCatalog,
    repositories,
    issuedAt,
    expiresAt: issuedAt + TOKEN_LIFE_SECONDS,
  });
  const body = { token, access_token: token, expires_in: TOKEN_LIFE_SECONDS, issued_at: now.toISOString() };
  exchange.send(
    200,
    { "content-type": "application/json", "cache-control": "no-store" },
    Buffer.from(JSON.stringify(body)),
  );
}

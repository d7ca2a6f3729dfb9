// SPDX-License-Identifier: Apache-2.0
import type { Exchange } from "../http/exchange.ts";
import type { Action } from "./access.ts";
import { TOKEN_SERVICE } from "./bearer-token.ts";

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

/**
 * The `WWW-Authenticate` header that leads a client to the token endpoint. The realm is absolute and has the host by
 * which this client reached us; whoever lies about it misleads only himself. Behind a TLS proxy it is https.
 */
export function bearerChallenge(
  exchange: Exchange,
  scope: { readonly repository: string; readonly actions: readonly Action[] } | "catalog" | undefined,
  error?: "invalid_token" | "insufficient_scope",
): string {
  const scopeText =
    scope === undefined
      ? undefined
      : scope === "catalog"
        ? "registry:catalog:*"
        : `repository:${scope.repository}:${scope.actions.join(",")}`;
  return [
    `Bearer realm="${originOf(exchange)}/token"`,
    `service="${TOKEN_SERVICE}"`,
    ...(scopeText === undefined ? [] : [`scope="${scopeText}"`]),
    ...(error === undefined ? [] : [`error="${error}"`]),
  ].join(",");
}

function originOf(exchange: Exchange): string {
  const scheme = exchange.isOverTls ? "https" : "http";
  const host = exchange.header("host") ?? "";
  if (HOST.test(host)) {
    return `${scheme}://${host}`;
  }
  const { localAddress = "127.0.0.1", localPort = 0 } = exchange.request.socket;
  return `${scheme}://${localAddress.includes(":") ? `[${localAddress}]` : localAddress}:${localPort}`;
}

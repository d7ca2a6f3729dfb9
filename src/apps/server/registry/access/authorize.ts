// SPDX-License-Identifier: Apache-2.0
import { RegistryError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Access, Action } from "./access.ts";
import { bearerChallenge } from "./challenge.ts";

/**
 * Returns when the access allows the action. Otherwise `UNAUTHORIZED` with the way to a token when one could help
 * (nobody is logged in, or the token was made for something else), else `DENIED`. Whether the repository exists plays
 * no part, so the answer does not tell.
 */
export function assertAllowed(exchange: Exchange, access: Access, action: Action, repository: string): void {
  if (access.allows(action, repository)) {
    return;
  }
  if (access.isAnonymous || access.couldAllow(action, repository)) {
    const actions: readonly Action[] = action === "push" || action === "delete" ? ["pull", action] : [action];
    throw new RegistryError("UNAUTHORIZED", exchange.translate("registry.unauthorized"), {
      headers: {
        "www-authenticate": bearerChallenge(
          exchange,
          { repository, actions },
          access.isAnonymous ? undefined : "insufficient_scope",
        ),
      },
    });
  }
  throw new RegistryError("DENIED", exchange.translate("registry.notPermitted", { action }));
}

// SPDX-License-Identifier: Apache-2.0
import type { Access, Action } from "../access/access.ts";
import type { Author } from "../content/registry-content.ts";
import type { Exchange } from "../http/exchange.ts";
import type { RegistryParts } from "../registry-parts.ts";

/** A request that was routed, authenticated and authorised. `repository` and `reference` are empty where the path has none. */
export interface RoutedRequest {
  readonly parts: RegistryParts;
  readonly exchange: Exchange;
  readonly access: Access;
  /** A valid repository name. */
  readonly repository: string;
  /** Tag, digest or upload id as written. */
  readonly reference: string;
}

/** Answers one method on one kind of path. */
export interface Route {
  /** What the access must allow in the repository; `account`: any login; `open`: nobody is asked who they are. */
  readonly needs: Action | "account" | "open";
  readonly handle: (request: RoutedRequest) => Promise<void>;
}

/** Who changes content with the request. */
export function authorOf({ exchange, access }: RoutedRequest): Author {
  return { actor: access.actor, requestId: exchange.requestId, remoteAddress: exchange.remoteAddress };
}

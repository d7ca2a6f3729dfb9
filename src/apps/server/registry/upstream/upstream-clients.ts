// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Configuration } from "#configuration";
import type { SecretStore } from "#database";
import type { RepositoryClient } from "#image-source";
import { ClientPool } from "../../images/client-pool.ts";
import { UPSTREAM_TIMEOUTS, type UpstreamRegistry, upstreamOptions } from "./upstream-options.ts";

/** Clients for repositories of other registries, with the credentials that settings, rules and jobs name. */
export class UpstreamClients implements AsyncDisposable {
  readonly #parts: { readonly configuration: Configuration; readonly secrets: Pick<SecretStore, "get"> };
  readonly #pool = new ClientPool(UPSTREAM_TIMEOUTS);

  constructor(parts: { readonly configuration: Configuration; readonly secrets: Pick<SecretStore, "get"> }) {
    this.#parts = parts;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]();
  }

  /** Nothing is sent yet. Throws `ImageSourceError` for settings or credentials that cannot be used. */
  async open(upstream: UpstreamRegistry, repository: string): Promise<RepositoryClient> {
    const options = await upstreamOptions(this.#parts, upstream);
    // a hash, so that no map holds a password longer than its client does
    const who = createHash("sha256")
      .update(JSON.stringify(options.credentials ?? null))
      .digest("hex");
    return await this.#pool.open({ registry: upstream.registry, repository }, who, options);
  }
}

// SPDX-License-Identifier: Apache-2.0
import type { Configuration, NamedValue } from "#configuration";
import type { HttpTimeouts } from "#http";
import { findRegistryUrl, type RegistryOptions, type RepositoryClient } from "#image-source";
import { ClientPool } from "./client-pool.ts";
import type { Candidate } from "./credential-candidates.ts";
import type { RemoteRepository } from "./remote-images.ts";

/** How registries are reached. */
export type RegistrySettings = Pick<Configuration, "images" | "proxy"> & {
  readonly allowPrivateAddresses: readonly string[];
};

/** A review lasts ten seconds: what does not answer by then is not waited for. */
const TIMEOUTS: HttpTimeouts = { connectMs: 5_000, headersMs: 10_000, bodyMs: 10_000, retryMs: 250 };

/** Clients for repositories of other registries, as each is to be reached. */
export class RepositoryClients implements AsyncDisposable {
  readonly #settings: RegistrySettings;
  readonly #pool = new ClientPool(TIMEOUTS);

  constructor(settings: RegistrySettings) {
    this.#settings = settings;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]();
  }

  /** How the registry is reached, as another process would need to know it. */
  optionsOf(registry: string): Pick<RegistryOptions, "caFile" | "plainHttp" | "proxy" | "allowPrivateAddresses"> {
    const { images, proxy, allowPrivateAddresses } = this.#settings;
    const caFile = valueOf(images.certificateAuthorities, registry);
    return {
      proxy,
      allowPrivateAddresses,
      ...(caFile === undefined ? {} : { caFile }),
      ...(images.plainHttp.includes(registry) ? { plainHttp: true } : {}),
    };
  }

  /** Base URL of the registry's API. */
  async urlOf(registry: string): Promise<URL> {
    return await findRegistryUrl(registry, this.optionsOf(registry));
  }

  /** Throws errors of `#image-source` for settings that cannot be used. Nothing is sent yet. */
  async open(place: RemoteRepository, { key, credentials }: Candidate): Promise<RepositoryClient> {
    const options = this.optionsOf(place.registry);
    return await this.#pool.open(place, key, { ...options, ...(credentials === undefined ? {} : { credentials }) });
  }
}

function valueOf(pairs: readonly NamedValue[], name: string): string | undefined {
  return pairs.find((pair) => pair.name === name)?.value;
}

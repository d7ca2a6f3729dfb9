// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import type { Configuration, NamedValue } from "#configuration";
import { createHttpClient, type HttpClient, type HttpTimeouts } from "#http";
import { findRegistryUrl, openRepository, type RegistryOptions, type RepositoryClient } from "#image-source";
import { LruMap } from "../registry/lru-map.ts";
import type { Candidate } from "./credential-candidates.ts";
import type { RemoteRepository } from "./remote-images.ts";

/** How registries are reached. */
export type RegistrySettings = Pick<Configuration, "images" | "proxy"> & {
  readonly allowPrivateAddresses: readonly string[];
};

const MAX_CLIENTS = 500;
const MAX_HTTP_CLIENTS = 64;
/** A review lasts ten seconds: what does not answer by then is not waited for. */
const TIMEOUTS: HttpTimeouts = { connectMs: 5_000, headersMs: 10_000, bodyMs: 10_000, retryMs: 250 };

/** Clients for repositories of other registries, each kept with its token, and the connections that they share. */
export class RepositoryClients implements AsyncDisposable {
  readonly #settings: RegistrySettings;
  readonly #http: Map<string, Promise<HttpClient>> = new Map();
  readonly #clients = new LruMap<string, Promise<RepositoryClient>>(MAX_CLIENTS);

  constructor(settings: RegistrySettings) {
    this.#settings = settings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#clients.clear();
    const clients = await Promise.allSettled(this.#http.values());
    this.#http.clear();
    for (const client of clients) {
      if (client.status === "fulfilled") {
        await client.value[Symbol.asyncDispose]();
      }
    }
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
  async open(place: RemoteRepository, candidate: Candidate): Promise<RepositoryClient> {
    const options = this.optionsOf(place.registry);
    const authority = options.caFile === undefined ? "" : `${options.caFile} ${await changedAt(options.caFile)}`;
    const key = `${place.registry}/${place.repository} ${candidate.key} ${authority}`;
    const known = this.#clients.get(key);
    if (known !== undefined) {
      return await known;
    }
    const opening = this.#open(place, candidate, { options, authority });
    this.#clients.set(key, opening);
    opening.catch(() => this.#clients.delete(key));
    return await opening;
  }

  async #open(
    place: RemoteRepository,
    { credentials }: Candidate,
    { options, authority }: { readonly options: RegistryOptions; readonly authority: string },
  ): Promise<RepositoryClient> {
    const http = await this.#shared(authority, options);
    return await openRepository(place, { ...options, http, ...(credentials === undefined ? {} : { credentials }) });
  }

  /** One for each authority, so that a CA that is trusted for one registry says nothing about another. */
  async #shared(authority: string, options: RegistryOptions): Promise<HttpClient> {
    const known = this.#http.get(authority);
    if (known !== undefined) {
      return await known;
    }
    const opening = createHttpClient({ ...options, timeouts: TIMEOUTS });
    this.#http.set(authority, opening);
    opening.catch(() => this.#http.delete(authority));
    const [oldest] = this.#http.keys();
    if (this.#http.size > MAX_HTTP_CLIENTS && oldest !== undefined) {
      // whoever uses it keeps it; its idle connections end by themselves
      this.#http.delete(oldest);
    }
    return await opening;
  }
}

/** The time of the last change, so that a renewed file is read again; empty when there is none. */
async function changedAt(path: string): Promise<string> {
  try {
    return String((await stat(path)).mtimeMs);
  } catch {
    return "";
  }
}

function valueOf(pairs: readonly NamedValue[], name: string): string | undefined {
  return pairs.find((pair) => pair.name === name)?.value;
}

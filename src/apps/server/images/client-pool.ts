// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { createHttpClient, type HttpClient, type HttpTimeouts } from "#http";
import { openRepository, type RegistryOptions, type RepositoryClient } from "#image-source";
import { LruMap } from "../registry/lru-map.ts";

const MAX_CLIENTS = 500;
const MAX_HTTP_CLIENTS = 64;

/** Clients for repositories of other registries, each kept with its token, and the connections that they share. */
export class ClientPool implements AsyncDisposable {
  readonly #timeouts: HttpTimeouts;
  readonly #http: Map<string, Promise<HttpClient>> = new Map();
  readonly #clients = new LruMap<string, Promise<RepositoryClient>>(MAX_CLIENTS);

  constructor(timeouts: HttpTimeouts) {
    this.#timeouts = timeouts;
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

  /**
   * `who` stands for the credentials in the options: whoever has others gets another client. Nothing is sent yet. Throws errors of
   * `#image-source` for settings that cannot be used.
   */
  async open(
    place: { readonly registry: string; readonly repository: string },
    who: string,
    options: Omit<RegistryOptions, "http" | "timeouts">,
  ): Promise<RepositoryClient> {
    const { caFile, plainHttp = false } = options;
    const authority = caFile === undefined ? "" : `${caFile} ${await changedAt(caFile)}`;
    const key = `${place.registry}/${place.repository} ${String(plainHttp)} ${who} ${authority}`;
    const known = this.#clients.get(key);
    if (known !== undefined) {
      return await known;
    }
    const opening = this.#open(place, authority, options);
    this.#clients.set(key, opening);
    opening.catch(() => this.#clients.delete(key));
    return await opening;
  }

  async #open(
    place: { readonly registry: string; readonly repository: string },
    authority: string,
    options: RegistryOptions,
  ): Promise<RepositoryClient> {
    return await openRepository(place, { ...options, http: await this.#shared(authority, options) });
  }

  /** One for each authority, so that a CA that is trusted for one registry says nothing about another. */
  async #shared(authority: string, options: RegistryOptions): Promise<HttpClient> {
    const known = this.#http.get(authority);
    if (known !== undefined) {
      return await known;
    }
    const opening = createHttpClient({ ...options, timeouts: this.#timeouts });
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

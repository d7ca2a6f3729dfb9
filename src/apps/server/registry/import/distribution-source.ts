// SPDX-License-Identifier: Apache-2.0
import { listRepositories, type RegistryOptions } from "#image-source";
import type { UpstreamClients } from "../upstream/upstream-clients.ts";
import type { UpstreamRegistry } from "../upstream/upstream-options.ts";
import { importNote } from "./import-note.ts";
import type { ImportSource } from "./import-source.ts";

/** Any registry that lists its repositories. Takes ownership of the clients. */
export function createDistributionSource(
  upstream: UpstreamRegistry,
  parts: { readonly clients: UpstreamClients; readonly options: RegistryOptions },
): ImportSource {
  const { clients, options } = parts;
  return {
    listRepositories: (signal) => listRepositories(upstream.registry, { ...options, signal }),
    async *listImages(repository, signal) {
      const client = await clients.open(upstream, repository);
      for await (const tag of client.listTags(signal)) {
        yield { tag };
      }
    },
    open: (repository) => clients.open(upstream, repository),
    describe: () =>
      Promise.resolve({
        accounts: [],
        settings: [],
        notes: [importNote("noAccountsAndRules")],
      }),
    [Symbol.asyncDispose]: () => clients[Symbol.asyncDispose](),
  };
}

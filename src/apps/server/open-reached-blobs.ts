// SPDX-License-Identifier: Apache-2.0
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { Configuration } from "#configuration";
import type { Database } from "#database";
import { createHttpClient, type HttpClient } from "#http";
import { openRepository, type RepositoryClient } from "#image-source";
import { createReplicaInspectToken, REPLICA_TOKEN_LIFE_MS } from "./registry/index.ts";
import { LruMap } from "./registry/lru-map.ts";

const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const MAX_REPOSITORIES = 500;
/** A token is not used in its last minute: clocks differ, and requests take time. */
const TOKEN_MARGIN_MS = 60_000;
const TIMEOUTS = { connectMs: 3_000, headersMs: 5_000, bodyMs: 5_000, retryMs: 200 };

/** A repository of our registry, for as long as its token lasts. */
interface Opened {
  readonly client: Promise<RepositoryClient>;
  readonly untilMs: number;
}

/**
 * What lies in our registry, as a process reads it that does not store it: over HTTP, also what the pull gate refuses,
 * so that the gate at admission comes to the verdict that the registry came to. Each token names one repository and lasts
 * minutes; it is made from the key that all replicas share through the database. Reads throw ImageSourceError when the
 * registry cannot be reached.
 */
export async function openReachedBlobs(options: {
  readonly configuration: Pick<Configuration, "images" | "registry">;
  readonly database: Pick<Database, "registry" | "secrets">;
  readonly clock: Clock;
}): Promise<Pick<BlobStore, "read"> & AsyncDisposable> {
  const { configuration, database, clock } = options;
  const registry = configuration.registry.reachableAt;
  const caFile = configuration.images.certificateAuthorities.find(({ name }) => name === registry)?.value;
  const http: HttpClient = await createHttpClient({ timeouts: TIMEOUTS, ...(caFile === undefined ? {} : { caFile }) });
  const kept = new LruMap<Digest, Uint8Array>(MAX_KEPT_BYTES);
  const opened = new LruMap<string, Opened>(MAX_REPOSITORIES);

  async function open(repository: string): Promise<RepositoryClient> {
    const nowMs = clock.now().getTime();
    const known = opened.get(repository);
    if (known !== undefined && nowMs < known.untilMs) {
      return await known.client;
    }
    const client = openClient(repository);
    opened.set(repository, { client, untilMs: nowMs + REPLICA_TOKEN_LIFE_MS - TOKEN_MARGIN_MS });
    client.catch(() => opened.delete(repository));
    return await client;
  }

  async function openClient(repository: string): Promise<RepositoryClient> {
    const host = registry ?? "";
    const token = await createReplicaInspectToken({ database, clock }, repository);
    // Inside of one installation; whoever wants TLS there names its authority.
    const transport = caFile === undefined ? { plainHttp: true } : { caFile };
    return await openRepository(
      { registry: host, repository },
      { ...transport, http, bearerToken: { host, token }, scopes: ["pull", "inspect"] },
    );
  }

  async function fetch(digest: Digest, maxBytes: number): Promise<Uint8Array | undefined> {
    const holder = await database.registry.findHolder(digest);
    if (registry === undefined || holder === undefined) {
      return undefined;
    }
    const client = await open(holder.repository);
    if (holder.kind === "manifest") {
      return (await client.readManifest(digest))?.bytes;
    }
    const link = await database.registry.findBlobLink(holder.repository, digest);
    return link === undefined
      ? undefined
      : await client.readBlob({ mediaType: "application/octet-stream", digest, size: link.sizeBytes }, maxBytes);
  }

  return {
    async read(digest, maxBytes) {
      const known = kept.get(digest);
      if (known !== undefined) {
        return known;
      }
      const bytes = await fetch(digest, maxBytes);
      if (bytes !== undefined) {
        kept.set(digest, bytes, bytes.length);
      }
      return bytes;
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

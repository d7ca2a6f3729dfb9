// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { createHttpClient, type HttpClient } from "#http";
import { listRepositories, openRepository, type RegistryOptions, type RepositoryClient } from "#image-source";
import { copiesRepository, namedRepositories, type ReplicationRule } from "#registry";
import type { RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import type { Author } from "../content/registry-content.ts";
import type { CopySource } from "../copy/copy-source.ts";
import type { CopyTarget } from "../copy/copy-target.ts";
import { createRemoteSource } from "../copy/remote-source.ts";
import { upstreamOptions } from "../upstream/upstream-options.ts";
import { createPushSource, createPushTarget } from "./push-ends.ts";
import { RateLimit } from "./rate-limit.ts";

const PAGE = 1_000;

/** The two repositories of a copy. */
export interface RepositoryPair extends AsyncDisposable {
  readonly source: CopySource;
  readonly target: CopyTarget;
  /** What the name leads to at the source, and at the destination. */
  findAtSource(name: string): Promise<Digest | undefined>;
  findAtTarget(name: string): Promise<Digest | undefined>;
  /** At the destination; false: there was none. */
  deleteAtTarget(name: string): Promise<boolean>;
}

/** Both registries of a rule, for one job. */
export interface ReplicationEnds extends AsyncDisposable {
  /** Names at the source that the rule is about, in order. */
  listRepositories(): Promise<readonly string[]>;
  /** All tags of a repository of the source, in order. */
  listTags(repository: string): Promise<readonly string[]>;
  openPair(repository: string, destination: string): Promise<RepositoryPair>;
}

/** Nothing is sent yet. Throws `ImageSourceError` for credentials and settings that cannot be used. */
export async function openReplicationEnds(
  run: RegistryJobRun,
  rule: ReplicationRule,
  author: Author,
): Promise<ReplicationEnds> {
  const { context, content, signal } = run;
  const { configuration, database } = context;
  const base = await upstreamOptions({ configuration, secrets: database.secrets }, rule);
  const http: HttpClient = await createHttpClient(base);
  const isPush = rule.direction === "push";
  const scopes = isPush ? ["pull", "push", ...(rule.copiesDeletions === true ? ["delete"] : [])] : ["pull"];
  const options: RegistryOptions = { ...base, http, scopes };
  const limit = rule.maxBytesPerSecond === undefined ? undefined : new RateLimit(rule.maxBytesPerSecond, signal);
  function open(repository: string): Promise<RepositoryClient> {
    return openRepository({ registry: rule.registry, repository }, options);
  }

  async function listLocalRepositories(): Promise<readonly string[]> {
    return await allPages((last) => database.registry.listRepositories({ ...last, limit: PAGE }));
  }

  return {
    async listRepositories() {
      const named = namedRepositories(rule);
      if (named !== undefined) {
        return [...new Set(named)].toSorted();
      }
      const all = isPush
        ? await listLocalRepositories()
        : await gather(listRepositories(rule.registry, { ...options, signal }));
      return [...new Set(all)].filter((repository) => copiesRepository(rule, repository)).toSorted();
    },

    async listTags(repository) {
      if (isPush) {
        return await allPages((last) => database.registry.listTags(repository, { ...last, limit: PAGE }));
      }
      await using client = await open(repository);
      return [...new Set(await gather(client.listTags(signal)))].toSorted();
    },

    async openPair(repository, destination) {
      const client = await open(isPush ? destination : repository);
      async function findHere(name: string): Promise<Digest | undefined> {
        const here = isPush
          ? await content.findManifest(repository, name)
          : await content.findWholeManifest(destination, name);
        return here?.digest;
      }
      function findThere(name: string): Promise<Digest | undefined> {
        return client.findDigest(name, signal);
      }
      return {
        source: isPush
          ? createPushSource({ content, store: database.registry, repository, client, limit })
          : createRemoteSource(
              client,
              { content, repository: destination },
              limit === undefined ? undefined : (chunks) => limit.throttle(chunks),
            ),
        target: isPush ? createPushTarget({ content, repository, client, signal }) : content,
        findAtSource: isPush ? findHere : findThere,
        findAtTarget: isPush ? findThere : findHere,
        async deleteAtTarget(name) {
          if (isPush) {
            return await client.deleteManifest(name, signal);
          }
          await content.deleteTag(destination, name, author);
          return true;
        },
        [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
      };
    },

    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

async function allPages(
  read: (last: { readonly last?: string }) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const all: string[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = await read(last === undefined ? {} : { last });
    if (page.length === 0) {
      return all;
    }
    all.push(...page);
  }
}

async function gather(names: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const name of names) {
    all.push(name);
  }
  return all;
}

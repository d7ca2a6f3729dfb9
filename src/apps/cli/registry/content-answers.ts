// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { fetchPages } from "./fetch-pages.ts";
import type { Server } from "./server-client.ts";

export interface RepositoryAnswer {
  readonly repository: string;
  readonly bytes: number;
  readonly manifests: number;
  readonly tags: number;
  readonly pushedAt?: string;
  readonly pulledAt?: string;
}

export interface TagAnswer {
  readonly name: string;
  readonly digest: string;
  readonly pushedBy: string;
  readonly pushedAt: string;
  readonly pulledAt?: string;
}

/** One repository, with how much it stores. */
export const repositoryAnswer: z.ZodType<RepositoryAnswer> = z.object({
  repository: z.string(),
  bytes: z.number(),
  manifests: z.number(),
  tags: z.number(),
  pushedAt: z.exactOptional(z.string()),
  pulledAt: z.exactOptional(z.string()),
});

const repositoriesAnswer: z.ZodType<{ readonly repositories: readonly RepositoryAnswer[] }> = z.object({
  repositories: z.array(repositoryAnswer),
});

const tagsAnswer: z.ZodType<{ readonly tags: readonly TagAnswer[] }> = z.object({
  tags: z.array(
    z.object({
      name: z.string(),
      digest: z.string(),
      pushedBy: z.string(),
      pushedAt: z.string(),
      pulledAt: z.exactOptional(z.string()),
    }),
  ),
});

/** Every repository under the prefix. */
export async function* fetchRepositories(server: Server, prefix: string): AsyncGenerator<RepositoryAnswer> {
  const pages = fetchPages(server, {
    path: "/api/v1/registry/repositories",
    query: { prefix },
    schema: repositoriesAnswer,
    itemsOf: ({ repositories }) => repositories,
    nameOf: ({ repository }) => repository,
  });
  for await (const { repositories } of pages) {
    yield* repositories;
  }
}

/** Every tag of the repository. */
export async function* fetchTags(server: Server, repository: string): AsyncGenerator<TagAnswer> {
  const pages = fetchPages(server, {
    path: "/api/v1/registry/tags",
    query: { repository },
    schema: tagsAnswer,
    itemsOf: ({ tags }) => tags,
    nameOf: ({ name }) => name,
  });
  for await (const { tags } of pages) {
    yield* tags;
  }
}

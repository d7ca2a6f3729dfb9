// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type RepositoryAnswer, repositoryAnswer } from "./content-answers.ts";
import { fetchPages } from "./fetch-pages.ts";
import type { Server } from "./server-client.ts";

/** How much a registry stores, as its server says. */
export interface UsageAnswer {
  readonly total: {
    readonly bytes: number;
    readonly blobs: number;
    readonly manifests: number;
    readonly repositories: number;
    readonly tags: number;
  };
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
  /** Absent from a server of an earlier version. */
  readonly damage?: { readonly damaged: number; readonly missing: number };
  /** Absent as `disk` is, and from a server of an earlier version. */
  readonly unfinished?: { readonly uploads: number; readonly bytes: number };
  readonly quotas: readonly {
    readonly prefix: string;
    readonly maxBytes: number;
    readonly usedBytes: number;
    readonly unfinishedBytes?: number;
  }[];
  readonly repositories: readonly RepositoryAnswer[];
}

const answer: z.ZodType<UsageAnswer> = z.object({
  total: z.object({
    bytes: z.number(),
    blobs: z.number(),
    manifests: z.number(),
    repositories: z.number(),
    tags: z.number(),
  }),
  disk: z.exactOptional(z.object({ freeBytes: z.number(), totalBytes: z.number() })),
  damage: z.exactOptional(z.object({ damaged: z.number(), missing: z.number() })),
  unfinished: z.exactOptional(z.object({ uploads: z.number(), bytes: z.number() })),
  quotas: z.array(
    z.object({
      prefix: z.string(),
      maxBytes: z.number(),
      usedBytes: z.number(),
      unfinishedBytes: z.exactOptional(z.number()),
    }),
  ),
  repositories: z.array(repositoryAnswer),
});

/** All figures, with the repositories under the prefix. Throws ServerError. */
export async function fetchUsage(server: Server, prefix: string): Promise<UsageAnswer> {
  const pages = fetchPages(server, {
    path: "/api/v1/registry/usage",
    query: { prefix },
    schema: answer,
    itemsOf: ({ repositories }) => repositories,
    nameOf: ({ repository }) => repository,
  });
  let usage: UsageAnswer | undefined;
  for await (const page of pages) {
    usage = { ...page, repositories: [...(usage?.repositories ?? []), ...page.repositories] };
  }
  if (usage === undefined) {
    throw new Error("a list has one page at least");
  }
  return usage;
}

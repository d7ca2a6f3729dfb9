// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Digest } from "#base";
import { parseDigest } from "#base";
import type { RepositoryUsage, TagRecord } from "#database";
import { isRepositoryPrefix } from "#registry";

export interface RepositoryListBody {
  readonly repositories: readonly RepositoryUsage[];
}

export interface TagListBody {
  readonly repository: string;
  readonly tags: readonly TagRecord[];
}

/** What was deleted, and by which name. */
export interface DeletedBody {
  readonly repository: string;
  readonly deleted: string;
}

const repository: z.ZodType<string> = z
  .string()
  .refine((text) => text !== "" && isRepositoryPrefix(text), "expected the name of a repository");
const tag = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, "expected a tag");
const digest: z.ZodType<Digest> = z
  .string()
  .max(200)
  .refine(
    (text): text is Digest => parseDigest(text) !== undefined,
    "expected a digest",
  ) as unknown as z.ZodType<Digest>;

export const repositoriesQuerySchema: z.ZodType<{
  readonly prefix?: string;
  readonly after?: string;
  readonly limit: number;
}> = z.strictObject({
  prefix: z.exactOptional(z.string().refine(isRepositoryPrefix, "expected a prefix of repositories")),
  after: z.exactOptional(z.string().max(255)).describe("only later ones: the last name of the page before"),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const tagsQuerySchema: z.ZodType<{
  readonly repository: string;
  readonly after?: string;
  readonly limit: number;
}> = z.strictObject({
  repository,
  after: z.exactOptional(z.string().max(128)).describe("only later ones: the last tag of the page before"),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const deleteTagQuerySchema: z.ZodType<{ readonly repository: string; readonly tag: string }> = z.strictObject({
  repository,
  tag,
});

export const deleteManifestQuerySchema: z.ZodType<{ readonly repository: string; readonly digest: Digest }> =
  z.strictObject({ repository, digest });

const usageSchema: z.ZodType<RepositoryUsage> = z.strictObject({
  repository: z.string(),
  bytes: z.number().describe("of everything in it; what it shares with others counts here, too"),
  manifests: z.number(),
  tags: z.number(),
  pushedAt: z.exactOptional(z.string()),
  pulledAt: z.exactOptional(z.string()),
});

export const repositoryListSchema: z.ZodType<RepositoryListBody> = z.strictObject({
  repositories: z.array(usageSchema).describe("in ASCII order"),
});

export const tagListSchema: z.ZodType<TagListBody> = z.strictObject({
  repository: z.string(),
  tags: z
    .array(
      z.strictObject({
        name: z.string(),
        digest,
        pushedBy: z.string(),
        pushedAt: z.string(),
        pulledAt: z.exactOptional(z.string()),
      }),
    )
    .describe("in ASCII order"),
});

export const deletedSchema: z.ZodType<DeletedBody> = z.strictObject({ repository: z.string(), deleted: z.string() });

z.globalRegistry.add(usageSchema, { id: "RegistryRepository" });
z.globalRegistry.add(repositoryListSchema, { id: "RegistryRepositoryList" });
z.globalRegistry.add(tagListSchema, { id: "RegistryTagList" });
z.globalRegistry.add(deletedSchema, { id: "RegistryDeleted" });

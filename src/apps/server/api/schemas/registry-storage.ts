// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { DamagedBlob } from "#database";
import type { StorageUsage } from "../../registry/storage/index.ts";

const bytes = z.number().int().min(0);
const count = z.int().min(0);

export interface UsageQuery {
  readonly prefix: string;
  readonly after?: string;
  readonly limit: number;
}

export const usageQuerySchema: z.ZodType<UsageQuery> = z.strictObject({
  prefix: z.string().max(255).default("").describe("only repositories under it; empty: all"),
  after: z.exactOptional(z.string().max(255)).describe("only those after this one: the last one of the page before"),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const storageUsageSchema: z.ZodType<StorageUsage> = z.strictObject({
  total: z
    .strictObject({ bytes, blobs: count, manifests: count, repositories: count, tags: count })
    .describe("each digest counts once, whatever repositories have it"),
  disk: z
    .exactOptional(z.strictObject({ freeBytes: bytes, totalBytes: bytes }))
    .describe("absent when another process stores the blobs"),
  damage: z
    .strictObject({ damaged: count, missing: count })
    .describe("blobs that are not what their digest says, or gone, and were not repaired yet"),
  unfinished: z
    .exactOptional(z.strictObject({ uploads: count, bytes }))
    .describe("uploads under the prefix that nobody finished yet; absent as disk is"),
  quotas: z.array(
    z.strictObject({
      prefix: z.string(),
      maxBytes: bytes,
      usedBytes: bytes.describe("what is stored"),
      unfinishedBytes: z.exactOptional(bytes).describe("in uploads that nobody finished yet, which count as well"),
    }),
  ),
  repositories: z
    .array(
      z.strictObject({
        repository: z.string(),
        bytes: bytes.describe("with what it shares with others"),
        manifests: count,
        tags: count,
        pushedAt: z.exactOptional(z.string()),
        pulledAt: z.exactOptional(z.string()),
      }),
    )
    .describe("in ASCII order"),
});

/** A blob to repair: pushing one of the images again does. */
export interface DamagedBlobBody {
  readonly digest: string;
  readonly condition: DamagedBlob["condition"];
  readonly foundAt: string;
  readonly images: readonly string[];
}

export const damagedBlobsQuerySchema: z.ZodType<{ readonly after?: string; readonly limit: number }> = z.strictObject({
  after: z.exactOptional(z.string().max(256)).describe("only those after this one: the last one of the page before"),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const damagedBlobListSchema: z.ZodType<{ readonly blobs: readonly DamagedBlobBody[] }> = z.strictObject({
  blobs: z
    .array(
      z.strictObject({
        digest: z.string(),
        condition: z.enum(["damaged", "missing"]),
        foundAt: z.string(),
        images: z.array(z.string()).describe("push one of them again, or replicate it: that repairs the blob"),
      }),
    )
    .describe("in ASCII order of digests; what was pushed again, checked well or deleted since is not there"),
});

export const collectionRequestSchema: z.ZodType<{ readonly isDryRun?: boolean }> = z.strictObject({
  isDryRun: z.exactOptional(z.boolean()).describe("only tell what would be removed"),
});

z.globalRegistry.add(damagedBlobListSchema, { id: "DamagedBlobList" });
z.globalRegistry.add(storageUsageSchema, { id: "StorageUsage" });

// SPDX-License-Identifier: Apache-2.0
import type { DamagedBlob, RepositoryUsage, StorageTotals } from "#database";
import type { ServerContext } from "../../context.ts";

/** What is stored, and how much room there is. */
export interface StorageUsage {
  readonly total: StorageTotals;
  /** Of the disk with the blobs; absent in a process that stores none. */
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
  /** Blobs that are not what their digest says, or gone, and were not repaired yet. */
  readonly damage: Readonly<Record<DamagedBlob["condition"], number>>;
  readonly quotas: readonly { readonly prefix: string; readonly maxBytes: number; readonly usedBytes: number }[];
  /** In ASCII order. */
  readonly repositories: readonly RepositoryUsage[];
}

/** Reads the figures of the registry; `repositories` are those under the prefix (empty: all) after `after`. */
export async function readStorageUsage(
  context: Pick<ServerContext, "database" | "blobs" | "settings" | "configuration">,
  page: { readonly prefix: string; readonly after?: string; readonly limit: number },
): Promise<StorageUsage> {
  const { registry } = context.database;
  const quotas: { prefix: string; maxBytes: number; usedBytes: number }[] = [];
  for (const { prefix, settings } of context.settings.tree.prefixes) {
    if (settings.quotaBytes !== undefined) {
      const { bytes } = await registry.sumUnder(prefix, []);
      quotas.push({ prefix, maxBytes: settings.quotaBytes, usedBytes: bytes });
    }
  }
  return {
    total: await registry.totalUsage(),
    ...(context.configuration.roles.includes("registry") ? { disk: await context.blobs.space() } : {}),
    damage: await context.database.damagedBlobs.count(),
    quotas,
    repositories: await registry.listUsage(page),
  };
}

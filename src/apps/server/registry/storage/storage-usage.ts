// SPDX-License-Identifier: Apache-2.0
import type { Upload } from "#blob-store";
import type { DamagedBlob, RepositoryUsage, StorageTotals } from "#database";
import { isUnderPrefix } from "#registry";
import type { ServerContext } from "../../context.ts";

/** What is stored, and how much room there is. */
export interface StorageUsage {
  readonly total: StorageTotals;
  /** Of the disk with the blobs; absent in a process that stores none. */
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
  /** Blobs that are not what their digest says, or gone, and were not repaired yet. */
  readonly damage: Readonly<Record<DamagedBlob["condition"], number>>;
  /** Uploads under the prefix that nobody finished yet: they count in quotas. Absent as `disk` is. */
  readonly unfinished?: { readonly uploads: number; readonly bytes: number };
  /** `unfinishedBytes`: in uploads, beside `usedBytes`. */
  readonly quotas: readonly {
    readonly prefix: string;
    readonly maxBytes: number;
    readonly usedBytes: number;
    readonly unfinishedBytes?: number;
  }[];
  /** In ASCII order. */
  readonly repositories: readonly RepositoryUsage[];
}

/** Reads the figures of the registry; `repositories` are those under the prefix (empty: all) after `after`. */
export async function readStorageUsage(
  context: Pick<ServerContext, "database" | "blobs" | "settings" | "configuration">,
  page: { readonly prefix: string; readonly after?: string; readonly limit: number },
): Promise<StorageUsage> {
  const { registry } = context.database;
  const hasBlobs = context.configuration.roles.includes("registry");
  const uploads = hasBlobs ? await readUploads(context.blobs) : undefined;
  const quotas: StorageUsage["quotas"][number][] = [];
  for (const { prefix, settings } of context.settings.tree.prefixes) {
    if (settings.quotaBytes !== undefined) {
      const { bytes } = await registry.sumUnder(prefix, []);
      quotas.push({
        prefix,
        maxBytes: settings.quotaBytes,
        usedBytes: bytes,
        ...(uploads === undefined ? {} : { unfinishedBytes: sumOf(uploads, prefix).bytes }),
      });
    }
  }
  return {
    total: await registry.totalUsage(),
    ...(hasBlobs ? { disk: await context.blobs.space() } : {}),
    damage: await context.database.damagedBlobs.count(),
    ...(uploads === undefined ? {} : { unfinished: sumOf(uploads, page.prefix) }),
    quotas,
    repositories: await registry.listUsage(page),
  };
}

/** From the disk, so that those of other processes on the same disk count. */
async function readUploads(blobs: Pick<ServerContext["blobs"], "listUploads">): Promise<readonly Upload[]> {
  const uploads: Upload[] = [];
  for await (const upload of blobs.listUploads()) {
    uploads.push(upload);
  }
  return uploads;
}

function sumOf(uploads: readonly Upload[], prefix: string): { readonly uploads: number; readonly bytes: number } {
  const under = uploads.filter(({ repository }) => isUnderPrefix(prefix, repository));
  return { uploads: under.length, bytes: under.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0) };
}

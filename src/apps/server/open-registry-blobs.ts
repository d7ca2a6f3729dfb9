// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Clock } from "#base";
import { type BlobStore, openBlobStore, type UploadOwner } from "#blob-store";
import type { Configuration } from "#configuration";
import type { Database } from "#database";
import { claimStorage } from "./claim-storage.ts";
import type { DamageRecord } from "./registry/storage/index.ts";

/**
 * The blobs of our registry. A process with neither the registry nor the scanner makes no folder for them: it finds no
 * blob, and what it needs of our images it reads through `registry.reachableAt`.
 */
export async function openRegistryBlobs(options: {
  readonly configuration: Pick<Configuration, "roles" | "registry">;
  readonly folder: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly damage: Pick<DamageRecord, "damaged" | "report" | "noteWhole">;
  readonly database: Pick<Database, "processes" | "clusterId">;
}): Promise<BlobStore> {
  const { configuration, damage, database, ...rest } = options;
  const { processes } = database;
  const owner: UploadOwner = { id: `${processes.own}`, isAlive: (id) => processes.isAlive(Number(id)) };
  const { maxBlobBytes, uploadMaxAgeMs } = configuration.registry;
  const told = { damaged: damage.damaged, onDamage: damage.report, onWhole: damage.noteWhole };
  if (!storesBlobs(configuration)) {
    return NO_BLOBS;
  }
  await claimStorage(rest.folder, database.clusterId);
  return await openBlobStore({ ...rest, ...told, maxBlobBytes, uploadMaxAgeMs, owner });
}

/** Whether this process has the blobs of our registry on its own disk. */
export function storesBlobs({ roles }: Pick<Configuration, "roles">): boolean {
  return roles.includes("registry") || roles.includes("scanner");
}

const NOT_HERE = "this process has no role that stores blobs";

const NO_BLOBS: BlobStore = {
  stat: () => Promise.resolve(undefined),
  open: () => Promise.resolve(undefined),
  read: () => Promise.resolve(undefined),
  findUpload: () => Promise.resolve(undefined),
  put: refuse,
  createUpload: refuse,
  append: refuse,
  commit: refuse,
  cancel: refuse,
  remove: refuse,
  async *list() {
    // none here
  },
  async *listUploads() {
    // none here
  },
  check: () => Promise.resolve("missing"),
  noteCondition: () => undefined,
  pruneUploads: refuse,
  space: refuse,
  pathOf: () => {
    throw new Error(NOT_HERE);
  },
};

function refuse(): Promise<never> {
  return Promise.reject(new Error(NOT_HERE));
}

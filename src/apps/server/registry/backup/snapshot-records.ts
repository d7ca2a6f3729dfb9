// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** The description of a snapshot, written last. */
export const SNAPSHOT_FILE = "snapshot.json";
export const SNAPSHOT_FORMAT = "haechi-snapshot/1";
const MAX_DESCRIPTION_BYTES = 1024 * 1024;

export interface SnapshotDescription {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly name: string;
  /** The instant of the rows, RFC 3339. */
  readonly createdAt: string;
  readonly schemaVersion: string;
  readonly blobs: number;
  readonly bytes: number;
  /** Blobs that were missing or damaged; the first hundred. */
  readonly lost: readonly string[];
  /** Of the file `blobs.txt`: digest and size of each blob, a line each. */
  readonly blobListSha256: string;
  /** Of `database/backup.json`, which has those of the tables. */
  readonly databaseSha256: string;
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const schema: z.ZodType<SnapshotDescription> = z.object({
  format: z.literal(SNAPSHOT_FORMAT),
  name: z.string(),
  createdAt: z.string(),
  schemaVersion: z.string(),
  blobs: z.int().min(0),
  bytes: z.number().int().min(0),
  lost: z.array(z.string()),
  blobListSha256: hex,
  databaseSha256: hex,
});

/** What the folder says about itself; `undefined`: it is no snapshot, or not a whole one. */
export async function readSnapshotDescription(folder: string): Promise<SnapshotDescription | undefined> {
  try {
    const path = join(folder, SNAPSHOT_FILE);
    if ((await stat(path)).size > MAX_DESCRIPTION_BYTES) {
      return undefined;
    }
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // not there, not ours, not readable: for the caller the same
    return undefined;
  }
}

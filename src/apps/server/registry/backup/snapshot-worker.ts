// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Digest } from "#base";
import { readDumpedContent } from "#database";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import {
  backupFolder,
  finishFolder,
  listStamps,
  onBackupDisk,
  openUnfinished,
  pruneBackups,
  syncFolder,
} from "./backup-folder.ts";
import { backupParametersSchema } from "./backup-parameters.ts";
import { isStopping, stampOfRun } from "./backup-worker.ts";
import { type ProvidedBlob, provideBlob } from "./provide-blob.ts";
import { SNAPSHOT_FILE, SNAPSHOT_FORMAT, type SnapshotDescription } from "./snapshot-records.ts";

const MAX_NAMED = 10;
const MAX_LOST = 100;

/** What came of a snapshot. */
export interface SnapshotResult {
  /** `NAME/STAMP`. */
  readonly snapshot: string;
  readonly blobs: number;
  readonly bytes: number;
  /** Of them copied byte by byte; the others are hard links. */
  readonly copied: number;
  readonly copiedBytes: number;
  readonly pruned: number;
  /** Blobs that are missing or damaged here, so the snapshot does not have them; the first hundred. */
  readonly lost: readonly Digest[];
}

type Written = Omit<SnapshotResult, "snapshot" | "pruned">;

/** Writes down the registry of one instant: every row, and every blob that the rows name. */
export const snapshotWorker: RegistryJobWorker = { kind: "snapshot", run };

async function run(job: RegistryJobRun): Promise<SnapshotResult> {
  const parsed = backupParametersSchema.safeParse(job.job.parameters);
  const content = job.context.content;
  if (!parsed.success || parsed.data.rule.content !== "everything") {
    throw new RegistryJobError("JOB_INVALID", "the parameters of the job are not those of a snapshot");
  }
  if (content === undefined) {
    throw new Error("snapshots are made by a process with the role registry");
  }
  const { name, rule } = parsed.data;
  const parent = backupFolder(job.context, "snapshots", name);
  const stamp = stampOfRun(job);
  await job.report({ position: { stamp } });
  const folder = await openUnfinished(parent, stamp);
  try {
    // while the job is running no process removes a blob (`removeUnheld`): what the rows name is there until it is copied
    const written = await onBackupDisk(folder, () => writeSnapshot(job, { name, parent, folder }));
    await finishFolder(parent, stamp);
    const pruned = written.lost.length === 0 ? await pruneBackups(parent, rule.keep) : 0;
    const result = { snapshot: `${name}/${stamp}`, ...written, pruned };
    job.log.info(result, "a snapshot of the registry was made");
    if (written.lost.length > 0) {
      // an older one may still have them
      const lost = written.lost.slice(0, MAX_NAMED).join(", ");
      throw new RegistryJobError(
        "SNAPSHOT_INCOMPLETE",
        `the snapshot lacks blobs that are missing or damaged here; older snapshots are kept. The check of the registry says which images they belong to: ${lost}`,
        { result, details: { blobs: lost } },
      );
    }
    return result;
  } catch (error) {
    if (!isStopping(job)) {
      await rm(folder, { recursive: true, force: true });
    }
    throw error;
  }
}

interface Place {
  readonly name: string;
  readonly parent: string;
  readonly folder: string;
}

async function writeSnapshot(job: RegistryJobRun, place: Place): Promise<Written> {
  const { folder } = place;
  // rows of an interrupted run are of another instant; its blobs are as good as any
  for (const stale of ["database", "blobs.txt", SNAPSHOT_FILE]) {
    await rm(join(folder, stale), { recursive: true, force: true });
  }
  await job.report({ message: { code: "rows", params: {} } });
  const { schemaVersion, createdAt } = await job.context.database.dump(join(folder, "database"));
  const blobs = await writeBlobs(job, place);
  const description: SnapshotDescription = {
    format: SNAPSHOT_FORMAT,
    name: place.name,
    createdAt,
    schemaVersion,
    blobs: blobs.blobs,
    bytes: blobs.bytes,
    lost: blobs.lost,
    blobListSha256: await sha256Of(join(folder, "blobs.txt")),
    databaseSha256: await sha256Of(join(folder, "database/backup.json")),
  };
  await writeFile(join(folder, SNAPSHOT_FILE), `${JSON.stringify(description, undefined, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  return blobs;
}

async function writeBlobs(job: RegistryJobRun, { parent, folder }: Place): Promise<Written> {
  const { bytes: total } = await job.context.database.registry.totalUsage();
  const last = (await listStamps(parent)).at(-1);
  const previous = last === undefined ? undefined : join(parent, last, "registry");
  const target = join(folder, "registry");
  for (const algorithm of ["sha256", "sha512"]) {
    await mkdir(join(target, "blobs", algorithm), { recursive: true, mode: 0o700 });
  }
  const counts = { blobs: 0, bytes: 0, copied: 0, copiedBytes: 0 };
  const lost: Digest[] = [];
  const seen = new Set<Digest>();
  const list = await open(join(folder, "blobs.txt"), "wx", 0o600);
  try {
    for await (const { digest, sizeBytes } of readDumpedContent(join(folder, "database"))) {
      job.signal.throwIfAborted();
      if (seen.has(digest)) {
        continue;
      }
      seen.add(digest);
      const provided = await provideBlob(
        job.context.blobs,
        { digest, sizeBytes },
        { target, previous, signal: job.signal },
      );
      if (provided === undefined) {
        if (lost.length < MAX_LOST) {
          lost.push(digest);
        }
        continue;
      }
      await noteBlob(list, counts, { digest, sizeBytes, provided });
      await job.report({
        done: counts.bytes,
        total: Math.max(total, counts.bytes),
        unit: "bytes",
        message: { code: "blobs", params: {} },
      });
    }
    await list.sync();
  } finally {
    await list.close();
  }
  for (const path of ["blobs/sha256", "blobs/sha512", "blobs", "."]) {
    await syncFolder(join(target, path));
  }
  return { ...counts, lost };
}

async function noteBlob(
  list: FileHandle,
  counts: { blobs: number; bytes: number; copied: number; copiedBytes: number },
  blob: { readonly digest: Digest; readonly sizeBytes: number; readonly provided: ProvidedBlob },
): Promise<void> {
  await list.appendFile(`${blob.digest} ${blob.sizeBytes}\n`);
  counts.blobs += 1;
  counts.bytes += blob.sizeBytes;
  counts.copied += blob.provided === "copied" ? 1 : 0;
  counts.copiedBytes += blob.provided === "copied" ? blob.sizeBytes : 0;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

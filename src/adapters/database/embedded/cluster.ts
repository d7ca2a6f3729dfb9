// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "#base";
import { DatabaseError } from "../errors.ts";
import { syncFolder } from "../sync-folder.ts";
import { createAccountFolder, type Place } from "./folders.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { SERVER_ENVIRONMENT } from "./postmaster.ts";

const run = promisify(execFile);

/** The database role and the name of the database. */
export const DATABASE_NAME = "haechi";

/**
 * Makes PostgreSQL's data folder unless there is one. It appears under its name when it is complete, so a start that is
 * broken off leaves nothing half made. Throws `DATABASE_OTHER_MAJOR` for a folder of another major version,
 * `DISK_FULL`, `DATABASE_START_FAILED`.
 */
export async function ensureCluster(
  place: Place,
  binaries: PostgresBinaries,
  { isDurable }: { readonly isDurable: boolean },
): Promise<void> {
  const found = await readMajor(place.cluster);
  if (found === undefined) {
    await initialise(place, binaries, isDurable);
  } else if (found !== String(binaries.major)) {
    throw otherMajor(place.cluster, found, binaries.major);
  }
}

async function readMajor(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

async function initialise(
  { base, cluster, account }: Place,
  { binDir, major }: PostgresBinaries,
  isDurable: boolean,
): Promise<void> {
  const unfinished = join(base, "cluster.new");
  await createAccountFolder(unfinished, account);
  const options = [
    `--pgdata=${unfinished}`,
    `--username=${DATABASE_NAME}`,
    "--encoding=UTF8",
    "--locale=C",
    ...(major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : []),
    // Who can enter the folder of the socket may connect; nobody can over the network.
    "--auth-local=trust",
    "--auth-host=reject",
    "--no-instructions",
    ...(isDurable ? [] : ["--no-sync"]),
  ];
  try {
    await run(join(binDir, "initdb"), options, {
      cwd: "/",
      env: { ...SERVER_ENVIRONMENT },
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    });
    await rename(unfinished, cluster);
    await syncFolder(base);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw initialiseError(error);
  }
}

function initialiseError(error: unknown): unknown {
  const output = error instanceof Error && "stderr" in error ? String(error.stderr) : messageOf(error);
  if (output.includes("No space left on device")) {
    return new DatabaseError("DISK_FULL", "the disk is full: the embedded database could not be made", {
      cause: error,
    });
  }
  const reason = output.trim().split("\n").slice(-3).join("; ");
  return new DatabaseError("DATABASE_START_FAILED", `the embedded database could not be made: ${reason}`, {
    cause: error,
    details: { reason },
  });
}

function otherMajor(folder: string, found: string, expected: number): DatabaseError {
  return new DatabaseError(
    "DATABASE_OTHER_MAJOR",
    `the database in ${folder} was made by PostgreSQL ${found}, and this Haechi brings PostgreSQL ${expected}: ` +
      `start the Haechi version that used PostgreSQL ${found}, dump the database with pg_dump ${expected} ` +
      `(pg_dump --format=custom --file=haechi.dump "$(its connection string)"), stop it, move ${folder} away, ` +
      "start this version once and stop it, then restore the dump with pg_restore --clean",
    { details: { folder, found, expected } },
  );
}

// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { isAlive, SERVER_ENVIRONMENT, waitForEnd } from "./postmaster.ts";

const run = promisify(execFile);

const FAST_SHUTDOWN_MS = 60_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/**
 * Ends a server that still runs on our data folder because the process that started it was killed. The caller holds
 * the lock of the folder, so nobody needs that server any more. A `postmaster.pid` whose process id belongs to some other
 * program by now (usual in containers) is removed: PostgreSQL would refuse to start.
 */
export async function stopStalePostmaster(cluster: string, log: DatabaseLog): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  const pid = await readPid(pidFile);
  if (pid === undefined || !isAlive(pid)) {
    return;
  }
  const isOurs = await isPostmasterOf(pid, cluster);
  if (isOurs === undefined) {
    throw inUse(pid, cluster);
  }
  if (!isOurs) {
    log.warn({ pid }, "the process id in postmaster.pid belongs to another program; removing the file");
    await rm(pidFile, { force: true });
    return;
  }
  log.warn({ pid }, "stopping a PostgreSQL that was left running on our data folder");
  for (const [signal, waitMs] of [
    ["SIGINT", FAST_SHUTDOWN_MS],
    ["SIGQUIT", IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
        throw error;
      }
    }
    if (await waitForEnd(pid, waitMs)) {
      return;
    }
  }
  throw inUse(pid, cluster);
}

async function readPid(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, "utf8").catch(() => "");
  const pid = /^(\d{1,10})\n/.exec(text)?.[1];
  return pid === undefined || pid === "0" || pid === "1" ? undefined : Number(pid);
}

/** Whether the process is a PostgreSQL server at work in the data folder; `undefined` when the system does not tell. */
async function isPostmasterOf(pid: number, cluster: string): Promise<boolean | undefined> {
  const folder = await realpath(cluster);
  if (process.platform === "linux") {
    try {
      // The server changes into its data folder; a name could be anybody's, this cannot.
      const [cwd, name] = await Promise.all([readlink(`/proc/${pid}/cwd`), readFile(`/proc/${pid}/comm`, "utf8")]);
      return cwd === folder && name.trim() === "postgres";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? false : undefined;
    }
  }
  try {
    const { stdout } = await run("ps", ["-o", "command=", "-p", String(pid)], { env: { ...SERVER_ENVIRONMENT } });
    return stdout.includes("postgres") && stdout.includes(` -D ${cluster} `);
  } catch {
    return undefined;
  }
}

function inUse(pid: number, folder: string): DatabaseError {
  return new DatabaseError(
    "DATABASE_IN_USE",
    `a PostgreSQL (pid ${pid}) may still be using ${folder} and does not end: stop it`,
    { details: { pid, folder } },
  );
}

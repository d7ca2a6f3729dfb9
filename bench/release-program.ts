// SPDX-License-Identifier: Apache-2.0
import { cpSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool } from "../test/support/run-tool.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BUNDLER = join(ROOT, "tools/bundle-programs.mjs");
const RELEASE = join(ROOT, "node_modules/.cache/haechi-bench");

/** The command of the release that {@link releaseProgram} makes. */
export const RELEASED: string = join(RELEASE, "bin/haechi.mjs");

export const RELEASE_NOTE =
  "Ours runs as an unpacked release does, without `.git`: in a checkout each run first looks whether a source has changed, which takes some 15 ms.";

/**
 * Makes what the installation of a release makes, of the sources as they are now. A release has no `.git`, by which the command line
 * would know that sources may change under it.
 */
export async function releaseProgram(): Promise<void> {
  const made = await runTool(process.execPath, [BUNDLER]);
  if (made.code !== 0 || made.stderr !== "") {
    throw new Error(`the programs could not be bundled: ${made.stderr}`);
  }
  rmSync(RELEASE, { recursive: true, force: true });
  for (const file of ["package.json", "bin/haechi.mjs", "tools/suitable-node.mjs"]) {
    cpSync(join(ROOT, file), join(RELEASE, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(RELEASE, "node_modules"));
}

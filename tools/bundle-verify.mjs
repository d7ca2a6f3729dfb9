// SPDX-License-Identifier: Apache-2.0
// After an install, where the bundler is installed: makes one program of `haechi verify`, beside the dependencies.
// Without it, or when a source file is newer, bin/haechi.mjs runs the sources, which gives the same result more slowly.
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const FOLDER = join(ROOT, "node_modules/.cache/haechi-verify");

/** Builds the program; says whether it did. A bundler that is not installed is no failure. */
export async function bundleVerify() {
  let rolldown;
  try {
    ({ rolldown } = await import("rolldown"));
  } catch {
    return false;
  }
  const work = `${FOLDER}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const bundle = await rolldown({
    input: join(ROOT, "src/apps/cli/verify/main.ts"),
    cwd: ROOT,
    platform: "node",
    logLevel: "silent",
    // our modules do nothing when they are loaded (STYLE.md, "Shape"), so what is not used is left out
    treeshake: { moduleSideEffects: (id) => !id.includes("/src/") || id.endsWith("/main.ts") },
  });
  const { output } = await bundle.write({
    dir: work,
    format: "cjs",
    entryFileNames: "verify.cjs",
    chunkFileNames: "[name]-[hash].cjs",
    // shorter sources are read and compared in less time; names stay, for the stack of an error
    minify: { mangle: false },
  });
  await bundle.close();
  const inputs = [...new Set(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])))]
    .map((id) => id.split("?", 1)[0])
    .filter((id) => id.startsWith(`${ROOT}/`));
  inputs.push(join(ROOT, "package-lock.json"));
  const sources = inputs
    .filter((id) => !id.includes("/node_modules/"))
    .map((id) => {
      const { mtimeMs, size } = statSync(id);
      return [id.slice(ROOT.length + 1), mtimeMs, size];
    });
  writeFileSync(join(work, "sources.json"), JSON.stringify(sources));
  rmSync(FOLDER, { recursive: true, force: true });
  renameSync(work, FOLDER);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await bundleVerify();
  } catch (error) {
    // the sources run as well; an installation must not fail over speed
    console.error(`haechi verify starts more slowly than it could: ${error instanceof Error ? error.message : error}`);
  }
}

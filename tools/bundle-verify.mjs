// SPDX-License-Identifier: Apache-2.0
// After an install, where the bundler is installed: makes one program of `haechi verify`, beside the dependencies.
// Without it, or when a source file is newer, bin/haechi.mjs runs the sources, which gives the same result more slowly.
import { copyFileSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const FOLDER = join(ROOT, "node_modules/.cache/haechi-verify");
const LOADER = join(ROOT, "tools/run-verify-program.mjs");

/** Builds the program in a folder below `node_modules`; says whether it did. A bundler that is not installed is no failure. */
async function bundleVerify(folder = FOLDER) {
  let rolldown;
  try {
    ({ rolldown } = await import("rolldown"));
  } catch {
    return false;
  }
  const work = `${folder}.${process.pid}`;
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
    // a `vm.Script`, as which chunks are run, cannot import
    dynamicImportInCjs: false,
    chunkFileNames: "[name]-[hash].cjs",
    // shorter sources are read and compared in less time; names stay, for the stack of an error
    minify: { mangle: false },
  });
  await bundle.close();
  const inputs = [...new Set(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])))]
    .map((id) => id.split("?", 1)[0])
    .filter((id) => id.startsWith(`${ROOT}/`));
  inputs.push(join(ROOT, "package-lock.json"), LOADER);
  const sources = inputs
    .filter((id) => !id.includes("/node_modules/"))
    .map((id) => {
      const { mtimeMs, size } = statSync(id);
      return [id.slice(ROOT.length + 1), mtimeMs, size];
    });
  writeFileSync(join(work, "sources.json"), JSON.stringify(sources));
  copyFileSync(LOADER, join(work, "run.mjs"));
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await bundleVerify(process.argv[2]);
  } catch (error) {
    // the sources run as well; an installation must not fail over speed
    console.error(`haechi verify starts more slowly than it could: ${error instanceof Error ? error.message : error}`);
  }
}

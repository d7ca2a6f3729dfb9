// SPDX-License-Identifier: Apache-2.0
// After an install, where the bundler is installed: makes one program each of `haechi scan` and `haechi verify`, beside the
// dependencies. `node tools/bundle-programs.mjs [NAME FOLDER]` makes one of them in a folder below node_modules.
// Without it, or when a source file is newer, bin/haechi.mjs runs the sources, which gives the same result more slowly.
import { copyFileSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { chunkOf, packModules, startOf } from "./pack-modules.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const LOADER = join(ROOT, "tools/run-bundled-program.mjs");
const LAZY_MODULES = join(ROOT, "tools/lazy-modules.cjs");
const PACKER = join(ROOT, "tools/pack-modules.mjs");
const PROGRAMS = ["scan", "verify"];

/** Builds the program in a folder below `node_modules`; says whether it did. A bundler that is not installed is no failure. */
async function bundleProgram(name, folder = join(ROOT, `node_modules/.cache/haechi-${name}`)) {
  let rolldown;
  let minify;
  try {
    ({ rolldown } = await import("rolldown"));
    ({ minify } = await import("rolldown/utils"));
  } catch {
    return false;
  }
  const work = `${folder}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const bundle = await rolldown({
    input: join(ROOT, `src/apps/cli/${name}/main.ts`),
    cwd: ROOT,
    platform: "node",
    logLevel: "silent",
    preserveEntrySignatures: "allow-extension",
    // our modules do nothing when they are loaded (STYLE.md, "Shape"), so what is not used is left out
    treeshake: { moduleSideEffects: (id) => !id.includes("/src/") || id.endsWith("/main.ts") },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    exports: "named",
    entryFileNames: `src/apps/cli/${name}/main.cjs`,
    // a `vm.Script`, as which packs are run, cannot import
    dynamicImportInCjs: false,
    chunkFileNames: "[name].cjs",
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: (id) => chunkOf(pathOf(id)) }] },
  });
  await bundle.close();
  const chunks = output.filter(({ type }) => type === "chunk");
  for (const [file, text] of packModules(chunks)) {
    // shorter sources are read and compared in less time; names stay, for the stack of an error
    writeFileSync(join(work, file), (await minify(file, text, { mangle: false })).code);
  }
  writeFileSync(join(work, "program.cjs"), startOf(`src/apps/cli/${name}/main.cjs`));
  copyFileSync(LAZY_MODULES, join(work, "lazy-modules.cjs"));
  const inputs = [...new Set(chunks.flatMap(({ moduleIds }) => moduleIds))]
    .map((id) => id.split("?", 1)[0])
    .filter((id) => id.startsWith(`${ROOT}/`));
  inputs.push(join(ROOT, "package-lock.json"), LOADER, LAZY_MODULES, PACKER);
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

/** Of a module, below the root; the bundler may add a query. */
function pathOf(id) {
  return relative(ROOT, id.split("?", 1)[0]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, folder] = process.argv.slice(2);
  for (const program of name === undefined ? PROGRAMS : [name]) {
    try {
      await bundleProgram(program, folder);
    } catch (error) {
      // the sources run as well; an installation must not fail over speed
      const why = error instanceof Error ? error.message : error;
      console.error(`haechi ${program} starts more slowly than it could: ${why}`);
    }
  }
}

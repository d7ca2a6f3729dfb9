// SPDX-License-Identifier: Apache-2.0
// After an install, where the bundler is installed: makes one program each of `haechi scan` and `haechi verify`, beside the
// dependencies. `node tools/bundle-programs.mjs [NAME FOLDER]` makes one of them in a folder below node_modules.
// Without it, or when a source file is newer, bin/haechi.mjs runs the sources, which gives the same result more slowly.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chunkOf, packModules, startOf } from "./pack-modules.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const LOADER = join(ROOT, "tools/run-bundled-program.mjs");
const LAZY_MODULES = join(ROOT, "tools/lazy-modules.cjs");
const PACKER = join(ROOT, "tools/pack-modules.mjs");
const CATALOGUE = join(ROOT, "src/domain/messages/catalogue.ts");
const LANGUAGES = ["en", "ko"];
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
    plugins: [messagesFromFiles],
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
  const build = createHash("sha256");
  for (const [file, text] of packModules(chunks)) {
    // shorter sources are read in less time; names stay, for the stack of an error
    const { code } = await minify(file, text, { mangle: false });
    writeFileSync(join(work, file), code);
    build.update(`${file}\0${code}\0`);
  }
  await writeMessages(work);
  const start = startOf(`src/apps/cli/${name}/main.cjs`);
  build.update(start).update(readFileSync(LAZY_MODULES));
  writeFileSync(join(work, "program.cjs"), start);
  copyFileSync(LAZY_MODULES, join(work, "lazy-modules.cjs"));
  const inputs = [...new Set(chunks.flatMap(({ moduleIds }) => moduleIds))]
    .map((id) => id.split("?", 1)[0])
    .filter((id) => id.startsWith(`${ROOT}/`));
  inputs.push(join(ROOT, "package-lock.json"), LOADER, LAZY_MODULES, PACKER, ...messageSources());
  const sources = inputs
    .filter((id) => !id.includes("/node_modules/"))
    .map((id) => {
      const { mtimeMs, size } = statSync(id);
      return [id.slice(ROOT.length + 1), mtimeMs, size];
    });
  writeFileSync(join(work, "sources.json"), JSON.stringify(sources));
  const loader = readFileSync(LOADER, "utf8").replace('"BUILD"', `"${build.digest("hex").slice(0, 32)}"`);
  writeFileSync(join(work, "run.mjs"), loader);
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  return true;
}

/** The catalogue as data, a file for each language: as code it is a fifth of what a run loads, and a run says few sentences in one language. */
const messagesFromFiles = {
  name: "messages-from-files",
  load: (id) =>
    id === CATALOGUE
      ? `import { readFileSync } from "node:fs";
const read = (language) => JSON.parse(readFileSync(\`\${__dirname}/messages-\${language}.json\`, "utf8"));
const messages = new Map();
const messagesIn = (language) => messages.get(language) ?? messages.set(language, read(language)).get(language);
export const CATALOGUE = { ${LANGUAGES.map((each) => `get ${each}() { return messagesIn("${each}"); }`).join(", ")} };`
      : undefined,
};

async function writeMessages(folder) {
  const { CATALOGUE: messages } = await import(pathToFileURL(CATALOGUE).href);
  for (const language of LANGUAGES) {
    writeFileSync(join(folder, `messages-${language}.json`), JSON.stringify(messages[language]));
  }
}

function messageSources() {
  const areas = join(dirname(CATALOGUE), "areas");
  return [CATALOGUE, ...readdirSync(areas).map((name) => join(areas, name))];
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

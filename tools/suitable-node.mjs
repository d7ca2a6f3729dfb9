// SPDX-License-Identifier: Apache-2.0
// Runs on Node 20 and newer: no TypeScript, no dependencies.
// Not by `import` of each: that evaluates what these modules load lazily, which takes milliseconds. Absent before 20.16.
const builtin = process.getBuiltinModule ?? (await import("node:module")).createRequire(import.meta.url);
const { accessSync, constants, existsSync, readFileSync, statSync } = builtin("node:fs");
const { join } = builtin("node:path");
const { fileURLToPath, pathToFileURL } = builtin("node:url");

const MINIMUM = [24, 15];
const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
/**
 * Compiled code, which halves the time to start and saves 20 MB. It lies beside the dependencies, since who may write
 * there decides what is run anyway; a folder for temporary files would not be safe. Not writable means no cache.
 */
const COMPILE_CACHE = join(MODULES, ".cache/haechi-compiled");

/** Whether a version such as `v24.21.0` can run the program. */
export function isSuitable(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** The Node that npm installed for this project; throws with what to do when there is none. */
export function pinnedNode() {
  const path = join(MODULES, "node/bin/node");
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    throw new Error(
      `Node ${MINIMUM.join(".")} or newer is needed, this is ${process.version}: run "npm ci" first, which installs one.`,
    );
  }
}

/** The program of a command that `tools/bundle-programs.mjs` made, unless a source is newer; `undefined` then: the sources are run. */
export function bundledProgram(command) {
  const folder = join(MODULES, `.cache/haechi-${command}`);
  try {
    // only who has the repository changes sources
    if (existsSync(join(MODULES, "../.git"))) {
      for (const [path, mtimeMs, size] of JSON.parse(readFileSync(join(folder, "sources.json"), "utf8"))) {
        const found = statSync(`${MODULES}/../${path}`);
        if (found.mtimeMs !== mtimeMs || found.size !== size) {
          return undefined;
        }
      }
    }
    const program = join(folder, "run.mjs");
    return existsSync(program) ? pathToFileURL(program) : undefined;
  } catch {
    return undefined;
  }
}

/** Imports the module when this Node can, else runs it with the pinned Node and passes signals and the exit code on. */
export async function runWithSuitableNode(moduleUrl, args) {
  if (isSuitable(process.version)) {
    builtin("node:module").enableCompileCache(COMPILE_CACHE);
    process.argv = [process.argv[0], fileURLToPath(moduleUrl), ...args];
    await import(moduleUrl.href);
    return;
  }
  const [{ spawn }, { constants: osConstants }] = [builtin("node:child_process"), builtin("node:os")];
  const env = { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILE_CACHE };
  const child = spawn(pinnedNode(), [fileURLToPath(moduleUrl), ...args], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // a terminal sends SIGINT to the whole group: then the child has it already and a second one would cut its clean stop short
    process.on(signal, () => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) {
        child.kill(signal);
      }
    });
  }
  await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? 128 + (osConstants.signals[signal ?? "SIGTERM"] ?? 15);
      resolve(undefined);
    });
  });
}

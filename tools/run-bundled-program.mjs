// SPDX-License-Identifier: Apache-2.0
// Runs the program beside which `tools/bundle-programs.mjs` puts this file. V8's code of its chunks is kept beside them as it is when a run
// ends, with every function that the run came to; Node's compile cache keeps a file as it is when it is loaded, and all
// functions inside are compiled again in each run. Node 24 only.
// Not by `import`: that evaluates what these modules load lazily.
const { readFileSync, renameSync, rmSync, writeFileSync } = process.getBuiltinModule("node:fs");
const { Script } = process.getBuiltinModule("node:vm");

const FOLDER = import.meta.dirname;
/** Of the chunks, put here by the bundler: a run of another build, begun before this one was made, keeps its code under another name. */
const BUILD = "BUILD";
const HELP = new Set(["help", "--help", "-h"]);

const loaded = new Map();
const uncached = [];

function load(name) {
  const present = loaded.get(name);
  if (present !== undefined) {
    return present.exports;
  }
  const filename = `${FOLDER}/${name}`;
  const module = { exports: {} };
  loaded.set(name, module);
  const source = readFileSync(filename, "utf8");
  const kept = `${filename}.${BUILD}-${process.version}-${process.arch}.code`;
  const cachedData = readCode(kept);
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
    filename,
    cachedData,
  });
  // V8 refuses code of another version of itself, or of other flags
  if (cachedData === undefined || script.cachedDataRejected) {
    uncached.push({ kept, script });
  }
  script.runInThisContext()(module.exports, require, module, filename, FOLDER);
  return module.exports;
}

function require(name) {
  return name.startsWith("./") ? load(name.slice(2)) : process.getBuiltinModule(name);
}

/** V8 trusts code: it lies in the file twice, and counts when both are equal. Loading what computes digests would take longer than all else here. */
function readCode(file) {
  try {
    const bytes = readFileSync(file);
    const code = bytes.subarray(0, bytes.length / 2);
    return bytes.length > 0 && code.equals(bytes.subarray(code.length)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Not after an error (code 2), nor after showing help: little of the program has run then. */
function keepCode() {
  if (process.exitCode === 2 || process.argv.some((word) => HELP.has(word))) {
    return;
  }
  for (const { kept, script } of uncached) {
    const written = `${kept}.${process.pid}`;
    try {
      const code = script.createCachedData();
      writeFileSync(written, Buffer.concat([code, code]));
      renameSync(written, kept);
    } catch {
      // who may not write there starts more slowly
      rmSync(written, { force: true });
      return;
    }
  }
}

process.on("exit", keepCode);
load("program.cjs");

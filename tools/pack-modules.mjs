// SPDX-License-Identifier: Apache-2.0
import { posix } from "node:path";

/** As the bundler writes the import of another chunk, of a part of Node, of a CommonJS module inside a chunk, an export, and an `import()`. */
const IMPORT = /^const (require_[\w$]+) = require\("(\.[^"]+)"\);$/gm;
const BUILTIN_IMPORT = /^let (node_[\w$]+) = (require\("node:[^"]+"\));$/gm;
const COMMON_JS_IMPORT = /^var (import_[\w$]+) = (.+);$/gm;
const EXPORT =
  /^Object\.defineProperty\(exports, "([\w$]+)", \{\n\tenumerable: true,\n\tget: function\(\) \{\n\t\treturn ([\w$]+);\n\t\}\n\}\);$/gm;
const OTHER_IMPORT = /(?<![\w$.])require\("(\.[^"]+)"\)/g;

/** The innermost. */
const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** The chunk that a module belongs to: each of ours is one, each package is one. A path below the root of the repository. */
export function chunkOf(path) {
  const [, packageName] = PACKAGE.exec(path) ?? [];
  return packageName === undefined ? path.replace(/\.ts$/, "") : `node_modules/${packageName}/index`;
}

/**
 * Chunks as files, one for each folder: name → text. A run needs few modules of very many: one of ours runs when something of what it
 * exports is first used, not when it is imported. Nothing notices, as our modules do nothing when they run (STYLE.md, "Shape").
 * Packages may, so what they import runs first, as always.
 */
export function packModules(chunks) {
  const packs = new Map();
  for (const { fileName, code } of chunks) {
    const pack = packOf(fileName);
    const before = packs.get(pack) ?? 'const { need } = require("./lazy-modules.cjs");\n';
    packs.set(
      pack,
      `${before}exports[${JSON.stringify(fileName)}] = function (exports) {\n${linked(fileName, code)}\n};\n`,
    );
  }
  return packs;
}

/** The text of a program that runs a module. */
export function startOf(fileName) {
  return `require("./lazy-modules.cjs").${needed("", fileName)};\n`;
}

function packOf(fileName) {
  const folder = posix.dirname(fileName);
  return folder === "." ? "root.cjs" : `${folder.replaceAll("/", "-")}.cjs`;
}

function linked(fileName, code) {
  function eager(text) {
    return text.replaceAll(OTHER_IMPORT, (_, file) => needed(fileName, file));
  }
  if (!fileName.startsWith("src/")) {
    return eager(code);
  }
  const made = [];
  function later(name, expression) {
    made.push({ name, expression });
    return "";
  }
  const body = code
    .replaceAll(IMPORT, (_, name, file) => later(name, needed(fileName, file)))
    .replaceAll(BUILTIN_IMPORT, (_, name, expression) => later(name, expression))
    .replaceAll(COMMON_JS_IMPORT, (_, name, expression) => later(name, expression))
    // ours are never assigned again: a property is looked up in less time than a getter is called
    .replaceAll(EXPORT, (_, name, local) => `exports.${name} = ${local};`);
  const names = made.map(({ name }) => name);
  const makers = made.map(
    ({ name, expression }) =>
      `let ${name};\nfunction make_${name}() { return ${name} = ${names.reduce(lookAt, expression)}; }\n`,
  );
  return eager(makers.join("") + names.reduce(lookAt, body));
}

/** The bundler makes these names for nothing else. `...name` is a use, `x.name` would be none. */
function lookAt(code, name) {
  const uses = new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name.replaceAll("$", "\\$")}(?![\\w$])`, "g");
  return code.replaceAll(uses, () => `(${name} ?? make_${name}())`);
}

function needed(from, to) {
  const fileName = posix.join(posix.dirname(from), to);
  return `need(${JSON.stringify(`./${packOf(fileName)}`)}, ${JSON.stringify(fileName)})`;
}

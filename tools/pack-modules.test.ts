// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { chunkOf, packModules, startOf } from "./pack-modules.mjs";

const LAZY_MODULES = readFileSync(fileURLToPath(new URL("lazy-modules.cjs", import.meta.url)), "utf8");

/** As the bundler writes it. */
interface Chunk {
  readonly fileName: string;
  readonly code: string;
}

describe("packModules", () => {
  it("puts modules of one folder, and all of a package, in one file", () => {
    const names = ["src/a/x.cjs", "src/a/y.cjs", "src/b/z.cjs", "node_modules/p/index.cjs", "runtime.cjs"];
    const packs = packModules(names.map((fileName) => ({ fileName, code: "" })));
    expect([...packs.keys()]).toEqual(["src-a.cjs", "src-b.cjs", "node_modules-p.cjs", "root.cjs"]);
  });

  it("runs a module of ours when something of it is used, and once", () => {
    const log = run([
      chunk("src/main", 'const require_a = require("./a/a.cjs");\nlog("main");\nrequire_a.a();\nrequire_a.a();'),
      chunk("src/a/a", 'const require_b = require("../b/b.cjs");\nlog("a");\nexports.a = () => log("used");'),
      chunk("src/b/b", 'log("b");'),
    ]);
    expect(log).toEqual(["main", "a", "used", "used"]);
  });

  it("runs what a package imports before it, as it may count on that", () => {
    const log = run([
      chunk("src/main", 'const require_p = require("../node_modules/p/index.cjs");\nlog(require_p.name);'),
      chunk("node_modules/p/index", 'const require_q = require("../q/index.cjs");\nlog("p");\nexports.name = "used";'),
      chunk("node_modules/q/index", 'log("q");'),
    ]);
    expect(log).toEqual(["q", "p", "used"]);
  });

  it("runs at once what is imported for its effect, and a CommonJS module when it is used", () => {
    const log = run([
      chunk(
        "src/main",
        [
          'const require_p = require("../node_modules/p/index.cjs");',
          'require("../node_modules/q/index.cjs");',
          "var import_p = require_p.require_p();",
          'log("main");',
          "log(import_p.name);",
        ].join("\n"),
      ),
      chunk("node_modules/p/index", 'exports.require_p = () => (log("p"), { name: "used" });'),
      chunk("node_modules/q/index", 'log("q");'),
    ]);
    expect(log).toEqual(["q", "main", "p", "used"]);
  });

  it("finds every use, and no other name", () => {
    const log = run([
      chunk(
        "src/main",
        [
          'const require_a = require("./a.cjs");',
          'const require_a$1 = require("./b/a.cjs");',
          "log(exports.require_a, ...require_a.list, new require_a$1.Made().name, [require_a.list].length);",
        ].join("\n"),
      ),
      chunk("src/a", "exports.list = [2, 3];"),
      chunk("src/b/a", 'exports.Made = class { name = "made"; };'),
    ]);
    expect(log).toEqual([undefined, 2, 3, "made", 1]);
  });

  it("loads a part of Node when something of it is used", () => {
    const log = run([chunk("src/main", 'let node_fs = require("node:fs");\nlog("main");\nlog((0, node_fs.name));')]);
    expect(log).toEqual(["main", "node:fs", "used"]);
  });

  it("exports what a module declares as plain properties", () => {
    const text =
      'Object.defineProperty(exports, "a", {\n\tenumerable: true,\n\tget: function() {\n\t\treturn b;\n\t}\n});';
    expect([...packModules([chunk("src/main", text)]).values()].join("")).toContain("exports.a = b;");
  });

  it("lets two modules need each other", () => {
    const log = run([
      chunk("src/main", 'const require_a = require("./a.cjs");\nlog(require_a.even(4));'),
      chunk("src/a", 'const require_b = require("./b.cjs");\nexports.even = (n) => n === 0 || require_b.odd(n - 1);'),
      chunk("src/b", 'const require_a = require("./a.cjs");\nexports.odd = (n) => n !== 0 && require_a.even(n - 1);'),
    ]);
    expect(log).toEqual([true]);
  });
});

describe("chunkOf", () => {
  it.each([
    ["src/domain/oci/tar/tar-reader.ts", "src/domain/oci/tar/tar-reader"],
    ["node_modules/zod/v4/core/core.js", "node_modules/zod/index"],
    ["node_modules/@formatjs/intl/index.js", "node_modules/@formatjs/intl/index"],
    ["node_modules/a/node_modules/b/index.js", "node_modules/b/index"],
    ["../elsewhere/node_modules/a/index.js", "node_modules/a/index"],
  ])("%s is in %s", (path, name) => {
    expect(chunkOf(path)).toBe(name);
  });
});

function chunk(name: string, code: string): Chunk {
  return { fileName: `${name}.cjs`, code };
}

/** What the program with these chunks logs, loaded as `run-bundled-program.mjs` does. */
function run(chunks: readonly Chunk[]): readonly unknown[] {
  const log: unknown[] = [];
  const files = new Map([...packModules(chunks), ["lazy-modules.cjs", LAZY_MODULES]]);
  const loaded = new Map<string, { exports: object }>();
  function load(name: string): object {
    const known = loaded.get(name);
    if (known !== undefined) {
      return known.exports;
    }
    const module = { exports: {} };
    loaded.set(name, module);
    if (name.startsWith("node:")) {
      log.push(name);
      return { name: "used" };
    }
    runText(files.get(name.slice(2)) ?? "", module);
    return module.exports;
  }
  function runText(text: string, { exports }: { exports: object }): void {
    runInNewContext(text, { exports, require: load, log: (...said: unknown[]) => void log.push(...said) });
  }
  runText(startOf("src/main.cjs"), { exports: {} });
  return log;
}

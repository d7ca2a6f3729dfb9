// SPDX-License-Identifier: Apache-2.0
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../repository.ts";
import { findBrokenLinks } from "./broken-links.ts";

// What STYLE.md demands, a program can see, and no linter of ours has a rule for.

const NO_HOME =
  /^(utils?|helpers?|common|misc|types|constants|enums|manager|processor|service)$|-(utils?|helpers?|manager|processor|service)$/;
const MAX_README_LINES = 40;

interface House {
  readonly problems: string[];
  report(path: string, text: string): void;
}

const house: House = {
  problems: [],
  report(path: string, text: string): void {
    this.problems.push(`${path}: ${text}`);
  },
};

const sources = globSync("{src,test,tools,bench,console,bin}/**/*.{ts,tsx,mjs}", {
  cwd: REPOSITORY,
  exclude: isForeign,
}).sort();
for (const path of sources) {
  checkSource(path, readFileSync(join(REPOSITORY, path), "utf8"));
}
for (const folder of globSync("src/{domain,adapters}/*/", { cwd: REPOSITORY }).sort()) {
  checkModule(folder.replace(/\/$/, ""));
}
for (const path of globSync("**/*.md", { cwd: REPOSITORY, exclude: isForeign }).sort()) {
  for (const { line, target } of findBrokenLinks(join(REPOSITORY, path))) {
    house.report(`${path}:${line}`, `the link to ${target} leads nowhere`);
  }
}
if (house.problems.length > 0) {
  console.error(`${house.problems.join("\n")}\n${house.problems.length} problem(s); see STYLE.md`);
  process.exitCode = 1;
}

function isForeign(path: string): boolean {
  return /(^|\/)(node_modules|dist|testdata|generated)(\/|$)/.test(path);
}

function checkSource(path: string, text: string): void {
  const [first = "", second = ""] = text.split("\n", 2);
  if (!(first.startsWith("#!") ? second : first).includes("SPDX-License-Identifier: Apache-2.0")) {
    house.report(path, "the first line must be // SPDX-License-Identifier: Apache-2.0");
  }
  const name = basename(path).replace(/(\.test)?\.[a-z]+$/, "");
  if (NO_HOME.test(name)) {
    house.report(path, `"${name}" says nothing about what is inside: name the file after its main export`);
  }
  for (const [index, line] of text.split("\n").entries()) {
    checkSuppression(path, index + 1, line);
  }
  if (/^src\/(domain|base)\//.test(path) && !path.endsWith(".test.ts")) {
    checkClock(path, text);
  }
}

/** A suppression needs a reason after `--` (linter) or after the directive (compiler, formatter). */
function checkSuppression(path: string, line: number, text: string): void {
  const directive = /\/[/*]\s*(oxlint-disable\S*|eslint-disable\S*|@ts-expect-error|@ts-ignore|biome-ignore)(.*)/.exec(
    text,
  );
  if (directive === null) {
    return;
  }
  const [, name = "", rest = ""] = directive;
  if (/^(oxlint|eslint)/.test(name) ? !/\s--\s+\S+/.test(rest) : !/\S+\s+\S+/.test(rest)) {
    house.report(`${path}:${line}`, `${name} without a reason`);
  }
}

/** `new Date()` reads the clock as `Date.now()` does; the linter cannot tell it from `new Date(text)`. */
function checkClock(path: string, text: string): void {
  if (!text.includes("Date()")) {
    return;
  }
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  visit(file);

  function visit(node: ts.Node): void {
    if (ts.isNewExpression(node) && node.expression.getText(file) === "Date" && (node.arguments?.length ?? 0) === 0) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      house.report(`${path}:${line + 1}`, "the domain reads no clock: take a Date as a parameter");
    }
    ts.forEachChild(node, visit);
  }
}

function checkModule(folder: string): void {
  for (const required of ["index.ts", "README.md"]) {
    if (!existsSync(join(REPOSITORY, folder, required))) {
      house.report(folder, `has no ${required}`);
    }
  }
  const readme = join(REPOSITORY, folder, "README.md");
  if (existsSync(readme)) {
    const lines = readFileSync(readme, "utf8").trimEnd().split("\n").length;
    if (lines > MAX_README_LINES) {
      house.report(`${folder}/README.md`, `${lines} lines; at most ${MAX_README_LINES}`);
    }
  }
  const index = join(REPOSITORY, folder, "index.ts");
  if (existsSync(index) && /^export \*/m.test(readFileSync(index, "utf8"))) {
    house.report(`${folder}/index.ts`, "exports by name, never export *");
  }
}

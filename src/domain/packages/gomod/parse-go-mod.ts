// SPDX-License-Identifier: Apache-2.0
import { linesOf } from "../documents/lines-of.ts";

/** A module in one version; without a version it is a folder. */
export interface ModuleVersion {
  readonly path: string;
  readonly version: string;
}

/** What a go.mod file says about other modules. */
export interface GoMod {
  readonly module: string;
  readonly required: readonly ModuleVersion[];
  /** By `path` or `path version` of what is replaced. */
  readonly replaced: ReadonlyMap<string, ModuleVersion>;
  readonly badLines: number;
}

/** Directives that name no module that is built in (Go Modules Reference, "go.mod files"). */
const OTHER_DIRECTIVES = new Set(["go", "toolchain", "exclude", "retract", "godebug", "tool", "ignore"]);

/** Reads a go.mod file; lines that it cannot have are counted and the rest goes on. */
export function parseGoMod(text: string): GoMod {
  const required: ModuleVersion[] = [];
  const replaced = new Map<string, ModuleVersion>();
  let module = "";
  let block = "";
  let badLines = 0;
  for (const line of linesOf(text)) {
    const words = wordsOf(line);
    if (words.length === 0) {
      continue;
    }
    if (block !== "" && words[0] === ")") {
      block = "";
      continue;
    }
    const [directive = "", ...rest] = block === "" ? words : [block, ...words];
    if (block === "" && rest.length === 1 && rest[0] === "(") {
      block = directive;
    } else if (directive === "module") {
      module = rest[0] ?? "";
    } else if (directive === "require" && rest.length === 2) {
      required.push({ path: rest[0] ?? "", version: rest[1] ?? "" });
    } else if (directive === "replace" && rest.includes("=>")) {
      readReplacement(rest, replaced);
    } else if (!OTHER_DIRECTIVES.has(directive)) {
      badLines += 1;
    }
  }
  return { module, required, replaced, badLines };
}

function readReplacement(words: readonly string[], replaced: Map<string, ModuleVersion>): void {
  const arrow = words.indexOf("=>");
  const [path = "", version = ""] = words.slice(arrow + 1);
  replaced.set(words.slice(0, arrow).join(" "), { path, version });
}

/** The words of a line without its comment; a word may stand in quotes of Go. */
function wordsOf(line: string): readonly string[] {
  const comment = line.indexOf("//");
  const code = (comment < 0 ? line : line.slice(0, comment)).trim();
  if (code === "") {
    return [];
  }
  // Nothing that is looked at has more words; a line of millions must not become a list of millions.
  return code
    .replace(/^([a-z]+)\($/, "$1 (")
    .split(/\s+/, 8)
    .map(unquoted);
}

function unquoted(word: string): string {
  return /^(["`]).*\1$/.test(word) && word.length > 1 ? word.slice(1, -1) : word;
}

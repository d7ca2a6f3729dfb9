// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { linesOf } from "./lines-of.ts";
import { keyAndValue, readScalar, startsOpenQuote } from "./yaml-scalar.ts";

/** All scalars are text: a version `1.10` must not become the number 1.1. A flow collection (`{…}`, `[…]`) is the text as written. */
export type YamlValue = string | YamlTree | YamlValue[];

/** The members of a block mapping. */
export interface YamlTree {
  [key: string]: YamlValue;
}

/** The documents of a file, and the numbers of the lines that are not understood. */
export interface BlockYaml {
  readonly documents: readonly YamlTree[];
  readonly badLines: readonly number[];
}

/**
 * Reads the YAML that lock files are written in: block mappings and lists, scalars on one line. It is not all of YAML:
 * anchors, aliases and tags are text like any other, so nothing is ever expanded; the text of block scalars and of
 * quotes over several lines is left out. Linear in time; nesting and the number of values are bounded, and the lines
 * beyond count as not understood.
 */
export function parseBlockYaml(text: string): BlockYaml {
  const reader = new BlockReader();
  let lineNumber = 0;
  for (const line of linesOf(text)) {
    lineNumber += 1;
    reader.readLine(line, lineNumber);
  }
  reader.end(lineNumber);
  return reader;
}

/** One open mapping or list, and the key whose value is still to come. */
interface Frame {
  readonly indent: number;
  readonly node: YamlTree | YamlValue[];
  key?: string | undefined;
}

const MAX_BAD_LINES = 100;

class BlockReader implements BlockYaml {
  readonly documents: YamlTree[] = [];
  readonly badLines: number[] = [];
  #stack: Frame[] = [];
  /** Lines indented deeper than this belong to a block scalar, which is not kept. */
  #scalarIndent: number | undefined;
  /** The quote that a scalar over several lines was opened with. */
  #openQuote: string | undefined;
  #values = 0;

  readLine(line: string, lineNumber: number): void {
    if (this.#openQuote !== undefined) {
      if (line.trimEnd().endsWith(this.#openQuote)) {
        this.#openQuote = undefined;
      }
      return;
    }
    const indent = indentOf(line);
    if (indent === line.length || line[indent] === "#") {
      return;
    }
    if (this.#scalarIndent !== undefined && indent > this.#scalarIndent) {
      return;
    }
    this.#scalarIndent = undefined;
    if (line.startsWith("---") || line.startsWith("...") || line.startsWith("%")) {
      this.#stack = [];
    } else if (!this.#readContent(indent, line.slice(indent).trimEnd()) && this.badLines.length < MAX_BAD_LINES) {
      this.badLines.push(lineNumber);
    }
  }

  /** A quote that is open at the end has swallowed what came after it. */
  end(lineNumber: number): void {
    if (this.#openQuote !== undefined) {
      this.badLines.push(lineNumber);
    }
  }

  /** Whether the content was understood. `- - key: value` opens several levels on one line. */
  #readContent(indent: number, content: string): boolean {
    this.#values += 1;
    if (this.#values > LIMITS.maxDocumentValues) {
      return false;
    }
    let column = indent;
    let rest = content;
    while (rest === "-" || rest.startsWith("- ")) {
      const list = this.#listAt(column);
      if (list === undefined) {
        return false;
      }
      const after = rest.slice(1).trimStart();
      const nextColumn = column + rest.length - after.length;
      if (keyAndValue(after) === undefined && !(after === "-" || after.startsWith("- "))) {
        return this.#appendScalar(list, after, column);
      }
      list.key = "";
      column = nextColumn;
      rest = after;
    }
    if (rest === "?" || rest.startsWith("? ")) {
      // A key over 1024 characters is written on a line of its own, its value after a colon on the next one.
      const mapping = this.#mappingAt(column);
      if (mapping !== undefined) {
        mapping.key = readScalar(rest.slice(1).trim());
      }
      return mapping !== undefined;
    }
    if (rest === ":" || rest.startsWith(": ")) {
      const after = rest.slice(1).trimStart();
      return after === "" || this.#readMember(column + rest.length - after.length, after);
    }
    return this.#readMember(column, rest);
  }

  #readMember(column: number, content: string): boolean {
    // YAML 1.2.2, 6.1: indentation is blanks only.
    const member = content.startsWith("\t") ? undefined : keyAndValue(content);
    const mapping = member === undefined ? undefined : this.#mappingAt(column);
    if (member === undefined || mapping === undefined) {
      return false;
    }
    const { key, value } = member;
    const { node } = mapping;
    if (Array.isArray(node)) {
      return false;
    }
    mapping.key = undefined;
    if (value === "") {
      mapping.key = key;
    } else {
      node[key] = this.#scalar(value, column);
    }
    return true;
  }

  #appendScalar(list: Frame, text: string, column: number): boolean {
    if (!Array.isArray(list.node)) {
      return false;
    }
    list.key = text === "" ? "" : undefined;
    if (text !== "") {
      list.node.push(this.#scalar(text, column));
    }
    return true;
  }

  #scalar(written: string, column: number): string {
    if (/^[|>][-+0-9]*(?:\s+#.*)?$/.test(written)) {
      this.#scalarIndent = column;
      return "";
    }
    this.#openQuote = startsOpenQuote(written);
    return this.#openQuote === undefined ? readScalar(written) : "";
  }

  /** The mapping whose keys stand in this column, opened when it begins here. */
  #mappingAt(column: number): Frame | undefined {
    this.#closeDeeperThan(column);
    const top = this.#stack.at(-1);
    if (top !== undefined && top.indent === column) {
      if (!Array.isArray(top.node)) {
        return top;
      }
      // A list may stand in the column of its own key; a key there ends it.
      this.#stack.pop();
      const below = this.#stack.at(-1);
      return below !== undefined && below.indent === column && !Array.isArray(below.node) ? below : undefined;
    }
    return this.#open(column, emptyTree());
  }

  #listAt(column: number): Frame | undefined {
    this.#closeDeeperThan(column);
    const top = this.#stack.at(-1);
    if (top !== undefined && top.indent === column) {
      if (Array.isArray(top.node)) {
        return top;
      }
      if (top.key === undefined) {
        return undefined;
      }
    }
    return this.#open(column, []);
  }

  #closeDeeperThan(column: number): void {
    while ((this.#stack.at(-1)?.indent ?? -1) > column) {
      this.#stack.pop();
    }
  }

  #open(column: number, node: YamlTree | YamlValue[]): Frame | undefined {
    const parent = this.#stack.at(-1);
    if (parent === undefined) {
      if (Array.isArray(node) || column > 0) {
        return undefined;
      }
      this.documents.push(node);
    } else if (parent.key === undefined || this.#stack.length >= LIMITS.maxJsonDepth) {
      return undefined;
    } else if (Array.isArray(parent.node)) {
      parent.node.push(node);
    } else {
      parent.node[parent.key] = node;
    }
    if (parent !== undefined) {
      parent.key = undefined;
    }
    this.#values += 1;
    const frame: Frame = { indent: column, node };
    this.#stack.push(frame);
    return frame;
  }
}

function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === " ") {
    indent += 1;
  }
  return indent;
}

/** Without a prototype, so that no key of a file reaches one. */
function emptyTree(): YamlTree {
  return Object.create(null) as YamlTree;
}

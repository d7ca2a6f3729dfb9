// SPDX-License-Identifier: Apache-2.0

/** A value, or why the bytes are none that every reader would read alike. */
export type JsonResult = { readonly value: unknown } | { readonly problem: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * The JSON value of UTF-8 bytes. Refuses nesting beyond `maxDepth`, and objects with one key twice, of which readers
 * disagree which one counts. A text that is just what the value is written as has no key twice, which is so for nearly
 * all that API servers send; in any other the latter show by their number: the text has more members than the value.
 */
export function parseUnambiguousJson(bytes: Uint8Array, maxDepth: number): JsonResult {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { problem: "not valid UTF-8" };
  }
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "not valid JSON" };
  }
  if (isDeeperThan(maxDepth, value)) {
    return { problem: `nested deeper than ${maxDepth}` };
  }
  return JSON.stringify(value) === text || countWritten(text) === countMembers(value)
    ? { value }
    : { problem: "a key occurs twice in one object" };
}

/** Level by level, so that no depth can exhaust the stack. */
function isDeeperThan(maxDepth: number, root: unknown): boolean {
  let level: object[] = [];
  collectObjects([root], level);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) {
      return true;
    }
    const below: object[] = [];
    for (const each of level) {
      collectObjects(each, below);
    }
    level = below;
  }
  return false;
}

/** The members of objects in a text that is known to be valid JSON, so that only strings have to be stepped over. */
function countWritten(text: string): number {
  let members = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === COLON) {
      members += 1;
    }
  }
  return members;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      return at;
    }
    if (code === BACKSLASH) {
      at += 1;
    }
  }
}

function countMembers(value: unknown): number {
  let members = 0;
  const left: object[] = [];
  let next: unknown = value;
  while (typeof next === "object" && next !== null) {
    const isList = Array.isArray(next);
    const values: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    members += isList ? 0 : values.length;
    for (const each of values) {
      if (typeof each === "object" && each !== null) {
        left.push(each);
      }
    }
    next = left.pop();
  }
  return members;
}

/** Adds the objects and lists that lie directly in one. `for … in` makes no list of keys; JSON has no inherited members. */
function collectObjects(parent: object, found: object[]): void {
  if (Array.isArray(parent)) {
    for (const each of parent) {
      if (typeof each === "object" && each !== null) {
        found.push(each as object);
      }
    }
    return;
  }
  const members = parent as Readonly<Record<string, unknown>>;
  for (const key in members) {
    const each = members[key];
    if (typeof each === "object" && each !== null) {
      found.push(each);
    }
  }
}

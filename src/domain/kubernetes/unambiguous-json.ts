// SPDX-License-Identifier: Apache-2.0
import { scanJson, type UnreadList } from "./scan-json.ts";

/** A value, or why the bytes are none that every reader would read alike. */
export type JsonResult = { readonly value: unknown } | { readonly problem: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The JSON value of UTF-8 bytes. Refuses nesting beyond `maxDepth`, and objects with one key twice, of which readers
 * disagree which one counts: they show by their number, the text has more members than the value. Lists that nobody reads
 * become empty ones; of what they hold, only brackets and depth are looked at. All such lists lie equally deep.
 */
export function parseUnambiguousJson(
  bytes: Uint8Array,
  maxDepth: number,
  unreadLists: readonly UnreadList[] = [],
): JsonResult {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { problem: "not valid UTF-8" };
  }
  const shape = scanJson(bytes, unreadLists);
  try {
    value = JSON.parse(shape.unread.length === 0 ? text : without(shape.unread, text, bytes));
  } catch {
    return { problem: "not valid JSON" };
  }
  if (shape.depth > maxDepth) {
    return { problem: `nested deeper than ${maxDepth}` };
  }
  return shape.members === countMembers(value) ? { value } : { problem: "a key occurs twice in one object" };
}

/** The text without these parts. Where every character is a byte, offsets of bytes are those of characters. */
function without(parts: readonly number[], text: string, bytes: Uint8Array): string {
  const isAscii = text.length === bytes.length;
  let rest = "";
  let from = 0;
  for (let index = 0; index <= parts.length; index += 2) {
    const to = parts[index] ?? bytes.length;
    rest += isAscii ? text.slice(from, to) : decoder.decode(bytes.subarray(from, to));
    from = parts[index + 1] ?? bytes.length;
  }
  return rest;
}

/** Without recursion, so that no depth can exhaust the stack. `for … in` makes no list of keys; JSON has no inherited members. */
function countMembers(root: unknown): number {
  let members = 0;
  const left: unknown[] = [];
  let next: unknown = root;
  while (typeof next === "object" && next !== null) {
    if (Array.isArray(next)) {
      for (const each of next) {
        if (typeof each === "object" && each !== null) {
          left.push(each);
        }
      }
    } else {
      const object = next as Readonly<Record<string, unknown>>;
      for (const key in object) {
        members += 1;
        const each = object[key];
        if (typeof each === "object" && each !== null) {
          left.push(each);
        }
      }
    }
    next = left.pop();
  }
  return members;
}

// SPDX-License-Identifier: Apache-2.0

/** A value, or why the bytes are none that every reader would read alike. */
export type JsonResult = { readonly value: unknown } | { readonly problem: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * The JSON value of UTF-8 bytes. Refuses nesting beyond `maxDepth`, and objects with one key twice, of which readers
 * disagree which one counts. The latter show by their number: the text has more members than the value.
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
  const shape = measure(text);
  if (shape.depth > maxDepth) {
    return { problem: `nested deeper than ${maxDepth}` };
  }
  return shape.members === countMembers(value) ? { value } : { problem: "a key occurs twice in one object" };
}

/** Walks over text that is known to be valid JSON, so that only strings have to be stepped over. */
function measure(text: string): { readonly depth: number; readonly members: number } {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case COLON:
        members += 1;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        deepest = Math.max(deepest, depth);
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
        break;
    }
  }
  return { depth: deepest, members };
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

function countMembers(root: unknown): number {
  let members = 0;
  const left: unknown[] = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (Array.isArray(value)) {
      for (const item of value) {
        left.push(item);
      }
    } else if (typeof value === "object" && value !== null) {
      const values: unknown[] = Object.values(value);
      members += values.length;
      for (const item of values) {
        left.push(item);
      }
    }
  }
  return members;
}

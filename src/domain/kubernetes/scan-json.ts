// SPDX-License-Identifier: Apache-2.0

/** What a text of JSON shows without being read. Only of valid JSON is it the truth. */
export interface JsonShape {
  /** Members of objects, as often as they are written, without those in lists that nobody reads. */
  readonly members: number;
  /** Of all that is written. */
  readonly depth: number;
  /** Where the content of lists that nobody reads begins and ends, in turn; offsets of bytes, ascending. */
  readonly unread: readonly number[];
}

/** A list that nobody reads, by the names that lead to it from the root, all of them objects. */
export type UnreadList = readonly string[];

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** By byte, outside of strings: looked up and added, since a branch for each would be foretold wrongly too often. */
const DEPTH_OF = new Int8Array(256);
DEPTH_OF[OPEN_LIST] = 1;
DEPTH_OF[OPEN_OBJECT] = 1;
DEPTH_OF[CLOSE_LIST] = -1;
DEPTH_OF[CLOSE_OBJECT] = -1;

/**
 * The shape of UTF-8 bytes that are JSON: one pass that only steps over strings. In UTF-8 no byte of a longer character
 * looks like one of JSON's own. The lists that nobody reads must lie equally deep.
 */
export function scanJson(bytes: Uint8Array, unreadLists: readonly UnreadList[] = []): JsonShape {
  const end = bytes.length;
  const listDepth = unreadLists[0]?.length ?? 0;
  /** Where the last string began at each depth that may lead to such a list: when an object opens below, its name. */
  const names: number[] = Array.from({ length: listDepth + 1 }, () => 0);
  const unread: number[] = [];
  let members = 0;
  let depth = 0;
  let deepest = 0;
  let at = 0;
  while (at < end) {
    const code = bytes[at] as number;
    if (code !== QUOTE) {
      members += code === COLON ? 1 : 0;
      depth += DEPTH_OF[code] as number;
      deepest = depth > deepest ? depth : deepest;
      at += 1;
      continue;
    }
    if (depth <= listDepth) {
      names[depth] = at;
    }
    at = endOfString(bytes, at) + 1;
    // Looked at here, since it nearly always follows a name: a branch of its own would be foretold wrongly too often.
    if (bytes[at] !== COLON) {
      continue;
    }
    // The member of a list that is skipped counts as well, so that the list cannot be written twice.
    members += 1;
    at += 1;
    const isList = depth === listDepth && bytes[at] === OPEN_LIST;
    if (isList && unreadLists.some((list) => isWrittenAs(list, bytes, names))) {
      const skipped = skipList(bytes, at);
      deepest = Math.max(deepest, depth + skipped.depth);
      unread.push(at + 1, skipped.end);
      at = skipped.end + 1;
    }
  }
  return { members, depth: deepest, unread };
}

/** The offset of the bracket that ends the list which begins at `start`, or of the end of the bytes; and how deep it is. */
function skipList(bytes: Uint8Array, start: number): { readonly end: number; readonly depth: number } {
  const end = bytes.length;
  let depth = 0;
  let deepest = 0;
  let at = start;
  for (; at < end; at += 1) {
    const code = bytes[at] as number;
    if (code === QUOTE) {
      at = endOfString(bytes, at);
      continue;
    }
    depth += DEPTH_OF[code] as number;
    deepest = depth > deepest ? depth : deepest;
    if (depth === 0) {
      break;
    }
  }
  // A list that an object's bracket ends is left to the parser, which refuses what is left of it.
  return { end: Math.min(at, end), depth: deepest };
}

/** The offset of the quote that ends the string which begins at `start`, or of the end of the bytes. */
function endOfString(bytes: Uint8Array, start: number): number {
  const end = bytes.length;
  let at = start + 1;
  while (at < end) {
    const code = bytes[at];
    if (code === QUOTE) {
      return at;
    }
    at += code === BACKSLASH ? 2 : 1;
  }
  return end;
}

/** Whether these names lead to the list; the last is compared first, since it is nearly always another one. */
function isWrittenAs(list: UnreadList, bytes: Uint8Array, names: readonly number[]): boolean {
  for (let step = list.length - 1; step >= 0; step -= 1) {
    if (!isWrittenAt(bytes, names[step + 1] ?? 0, list[step] ?? "")) {
      return false;
    }
  }
  return true;
}

/** Whether the string that begins at the offset is this name, of ASCII letters. With escapes it is another one, and read. */
function isWrittenAt(bytes: Uint8Array, start: number, name: string): boolean {
  if (bytes[start + 1 + name.length] !== QUOTE) {
    return false;
  }
  for (let index = 0; index < name.length; index += 1) {
    if (bytes[start + 1 + index] !== name.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

// SPDX-License-Identifier: Apache-2.0
import { OciError, type OciErrorCode } from "./errors.ts";

/** What a JSON document may be, and the code of the error when it is something else. */
export interface JsonLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly code: OciErrorCode;
}

/**
 * The JSON value in the bytes. Throws for invalid UTF-8 or JSON, for more bytes (`LIMIT_EXCEEDED`) or nesting than
 * allowed, and for a key that occurs twice in one object: readers disagree about which one counts, so one digest could
 * be two documents.
 */
export function parseJsonDocument(bytes: Uint8Array, limits: JsonLimits): unknown {
  if (bytes.length > limits.maxBytes) {
    throw new OciError("LIMIT_EXCEEDED", `document has ${bytes.length} bytes, more than ${limits.maxBytes}`);
  }
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new OciError(limits.code, "document is not JSON in UTF-8", { cause: error });
  }
  assertUnambiguous(text, limits);
  return value;
}

/** Walks over text that is known to be valid JSON, so that only strings and brackets have to be told apart. */
function assertUnambiguous(text: string, limits: JsonLimits): void {
  const keys: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "{" || character === "[") {
      keys.push(character === "{" ? new Set() : undefined);
      if (keys.length > limits.maxDepth) {
        throw new OciError("LIMIT_EXCEEDED", `document is nested deeper than ${limits.maxDepth}`);
      }
    } else if (character === "}" || character === "]") {
      keys.pop();
    } else if (character === '"') {
      const start = at;
      at = endOfString(text, at);
      if (isFollowedByColon(text, at + 1)) {
        addKey(keys.at(-1), text.slice(start, at + 1), limits);
      }
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') {
    at += text[at] === "\\" ? 2 : 1;
  }
  return at;
}

function isFollowedByColon(text: string, start: number): boolean {
  let at = start;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") {
    at += 1;
  }
  return text[at] === ":";
}

function addKey(keys: Set<string> | undefined, literal: string, limits: JsonLimits): void {
  const key = literal.includes("\\") ? String(JSON.parse(literal)) : literal.slice(1, -1);
  if (keys?.has(key) === true) {
    throw new OciError(limits.code, `key occurs twice: ${literal.slice(0, 100)}`);
  }
  keys?.add(key);
}

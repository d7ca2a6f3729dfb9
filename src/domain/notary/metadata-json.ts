// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import { SignatureRejected } from "#signatures";

export type JsonObject = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The JSON object in the bytes. Of a key that occurs twice the last one counts, here as for Notary; since the signature is
 * checked over the value that was read (and not over the bytes), what counts is what is signed.
 */
export function parseMetadataJson(bytes: Uint8Array, maxDepth: number): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new SignatureRejected("MALFORMED", "expected JSON in UTF-8", { cause: error });
  }
  if (depthOf(bytes) > maxDepth) {
    throw new SignatureRejected("MALFORMED", `nested deeper than ${maxDepth}`);
  }
  return toObject(value, "document");
}

/** Over bytes that are valid JSON, so that only strings have to be stepped over. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isInString) {
      if (byte === BACKSLASH) {
        at += 1;
      } else if (byte === QUOTE) {
        isInString = false;
      }
    } else if (byte === QUOTE) {
      isInString = true;
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      deepest = depth > deepest ? depth : deepest;
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1;
    }
  }
  return deepest;
}

/** The value as an object. */
export function toObject(value: unknown, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SignatureRejected("MALFORMED", `expected an object for ${what}, found ${nameOf(value)}`);
  }
  return value as JsonObject;
}

export function toArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new SignatureRejected("MALFORMED", `expected a list for ${what}, found ${nameOf(value)}`);
  }
  return value;
}

export function toText(value: unknown, what: string): string {
  if (typeof value !== "string") {
    throw new SignatureRejected("MALFORMED", `expected a text for ${what}, found ${nameOf(value)}`);
  }
  return value;
}

/** A whole number of at least `least`. */
export function toInteger(value: unknown, what: string, least: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw new SignatureRejected("MALFORMED", `expected a whole number of at least ${least} for ${what}`);
  }
  return value;
}

/** Bytes in base64 in its one canonical form, so that equal bytes are equal texts. */
export function toBytes(value: unknown, what: string): Buffer {
  const text = toText(value, what);
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) {
    throw new SignatureRejected("MALFORMED", `expected base64 for ${what}`);
  }
  return bytes;
}

/**
 * A field of an object with fixed fields. Notary's reader matches names without regard to case, and its writers spelled
 * some with and some without underscores (`keyid`, `keyID`, `key_id`), so `name` is given in lower case without them. Two
 * fields that could be meant are refused: readers disagree which one counts.
 */
export function readField(object: JsonObject, name: string): unknown {
  let value: unknown;
  let count = 0;
  for (const key of Object.keys(object)) {
    if (key === name || fold(key) === name) {
      value = object[key];
      count += 1;
    }
  }
  if (count > 1) {
    throw new SignatureRejected("MALFORMED", `field ${quote(name)} occurs in several spellings`);
  }
  return value;
}

function fold(key: string): string {
  return key.replaceAll("_", "").toLowerCase();
}

/** An entry of an object whose keys are data, such as tags: never one that it inherits (`constructor`). */
export function readEntry(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function nameOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : value === undefined ? "nothing" : typeof value;
}

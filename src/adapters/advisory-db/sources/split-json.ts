// SPDX-License-Identifier: Apache-2.0

/** One part of a large JSON document. */
export interface JsonPart {
  /** Key of the root object under which it stands; absent in an array. */
  readonly key?: string;
  /** Its bytes; absent when it is larger than the limit. */
  readonly json?: Buffer;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MAX_KEY_BYTES = 1_024;

/**
 * Cuts a JSON document into the values of its root object or array without holding more than one of them, or, of root
 * members in `elementsOf`, into the elements of their arrays. Whether a part is JSON its reader finds out; a document that
 * ends in the middle throws. Memory: one part, at most `maxBytes`.
 */
export async function* splitJson(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly maxBytes: number; readonly elementsOf?: readonly string[] },
): AsyncGenerator<JsonPart> {
  let depth = 0;
  /** Depth at which values are cut out. */
  let level = 1;
  let isRootObject = false;
  let isInString = false;
  let isEscaped = false;
  let isKey = false;
  let hasEnded = false;
  let key: string | undefined;
  let parts: Buffer[] = [];
  let length = 0;

  function keep(chunk: Buffer, start: number, end: number): void {
    if (end > start) {
      length += end - start;
      if (length <= options.maxBytes) {
        parts.push(Buffer.from(chunk.subarray(start, end)));
      } else {
        parts = [];
      }
    }
  }
  function take(): JsonPart | undefined {
    const json = Buffer.concat(parts);
    const isTooLarge = length > options.maxBytes;
    parts = [];
    length = 0;
    if (!isTooLarge && isBlank(json)) {
      return undefined;
    }
    return { ...(key === undefined ? {} : { key }), ...(isTooLarge ? {} : { json }) };
  }

  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (isInString) {
        if (isEscaped) {
          isEscaped = false;
        } else if (byte === BACKSLASH) {
          isEscaped = true;
        } else if (byte === QUOTE) {
          isInString = false;
        }
        continue;
      }
      if (byte === QUOTE) {
        isInString = true;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        depth += 1;
        if (depth === 1) {
          isRootObject = byte === OPEN_OBJECT;
          isKey = isRootObject;
          start = index + 1;
        } else if (
          depth === 2 &&
          byte === OPEN_ARRAY &&
          key !== undefined &&
          options.elementsOf?.includes(key) === true
        ) {
          level = 2;
          parts = [];
          length = 0;
          start = index + 1;
        }
      } else if (byte === COLON && depth === 1 && isKey) {
        keep(chunk, start, index);
        key = keyOf(Buffer.concat(parts));
        parts = [];
        length = 0;
        isKey = false;
        start = index + 1;
      } else if (
        (byte === COMMA && depth === level) ||
        ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && depth === level)
      ) {
        keep(chunk, start, index);
        const part = take();
        start = index + 1;
        if (part !== undefined) {
          yield part;
        }
        if (byte !== COMMA) {
          depth -= 1;
          hasEnded = depth === 0;
          level = 1;
        } else if (level === 1 && isRootObject) {
          isKey = true;
          key = undefined;
        }
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth -= 1;
      }
      if (hasEnded) {
        return;
      }
    }
    if (depth > 0) {
      keep(chunk, start, chunk.length);
    }
  }
  throw new Error("the document ends in the middle");
}

function keyOf(text: Buffer): string | undefined {
  if (text.length > MAX_KEY_BYTES) {
    return undefined;
  }
  try {
    const key: unknown = JSON.parse(text.toString("utf8"));
    return typeof key === "string" ? key : undefined;
  } catch {
    // its value is then one without a name, which the reader refuses
    return undefined;
  }
}

function isBlank(json: Buffer): boolean {
  return json.length < 64 && json.toString("latin1").trim() === "";
}

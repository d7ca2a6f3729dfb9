// SPDX-License-Identifier: Apache-2.0

/** A value of a header, as its type is written: text (6), list of texts (8), 32-bit numbers (4), characters (1). */
export type HeaderValue = string | readonly string[] | readonly number[] | Uint8Array;

/** A package header as it lies in a database, with the tags in the order given. */
export function rpmHeader(tags: Readonly<Record<number, HeaderValue>>): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let length = 0;
  for (const [tag, value] of Object.entries(tags)) {
    const { type, count, bytes } = encode(value);
    if (type === 4 && length % 4 !== 0) {
      const padding = Buffer.alloc(4 - (length % 4));
      data.push(padding);
      length += padding.length;
    }
    const entry = Buffer.alloc(16);
    [Number(tag), type, length, count].forEach((each, at) => entry.writeUInt32BE(each, 4 * at));
    index.push(entry);
    data.push(bytes);
    length += bytes.length;
  }
  const preamble = Buffer.alloc(8);
  preamble.writeUInt32BE(index.length, 0);
  preamble.writeUInt32BE(length, 4);
  return Buffer.concat([preamble, ...index, ...data]);
}

function encode(value: HeaderValue): { readonly type: number; readonly count: number; readonly bytes: Buffer } {
  if (typeof value === "string") {
    return { type: 6, count: 1, bytes: Buffer.from(`${value}\0`) };
  }
  if (value instanceof Uint8Array) {
    return { type: 1, count: value.length, bytes: Buffer.from(value) };
  }
  if (value.every((each) => typeof each === "string")) {
    return { type: 8, count: value.length, bytes: Buffer.from(value.map((each) => `${each}\0`).join("")) };
  }
  const bytes = Buffer.alloc(4 * value.length);
  value.forEach((each, at) => bytes.writeUInt32BE(Number(each), 4 * at));
  return { type: 4, count: value.length, bytes };
}

// SPDX-License-Identifier: Apache-2.0
import { decodeText } from "../untrusted-text.ts";
import { viewOf } from "./database-record.ts";

/** The tags that are read, with rpm's numbers (rpmtag.h). */
export const RPM_TAGS = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  oldFileNames: 1027,
  fileStates: 1029,
  sourceRpm: 1044,
  folderIndexes: 1116,
  baseNames: 1117,
  folderNames: 1118,
  modularityLabel: 5096,
} as const;

export type RpmTag = keyof typeof RPM_TAGS;

const WANTED: ReadonlyMap<number, RpmTag> = new Map(
  Object.entries(RPM_TAGS).map(([tag, number]): [number, RpmTag] => [number, tag as RpmTag]),
);

const CHARACTER = 1;
const BYTE = 2;
const INT32 = 4;
const STRINGS: ReadonlySet<number> = new Set([6, 8, 9]);

const PREAMBLE_BYTES = 8;
const ENTRY_BYTES = 16;
/** rpm's own limits (header.c). */
const MAX_ENTRIES = 0xffff;
const MAX_DATA_BYTES = 0x0fff_ffff;
/** The largest packages have some hundred thousand files; each value of a list costs many times its one byte. */
const MAX_VALUES = 1_000_000;

interface Entry {
  readonly type: number;
  /** Where the value begins in the data. */
  readonly offset: number;
  readonly count: number;
}

/** The wanted tags of one package header. A tag whose value does not lie in the header reads as absent. */
export class RpmHeader {
  readonly #data: Uint8Array;
  readonly #entries: ReadonlyMap<RpmTag, Entry>;

  constructor(data: Uint8Array, entries: ReadonlyMap<RpmTag, Entry>) {
    this.#data = data;
    this.#entries = entries;
  }

  /** The text, or the first of several. */
  text(tag: RpmTag): string | undefined {
    return this.#strings(tag, 1)?.[0];
  }

  /** The first million texts. */
  texts(tag: RpmTag): readonly string[] {
    return this.#strings(tag, MAX_VALUES) ?? [];
  }

  number(tag: RpmTag): number | undefined {
    return this.#numbers(tag, 1)?.[0];
  }

  /** The first million whole numbers of 32 bits. */
  numbers(tag: RpmTag): readonly number[] {
    return this.#numbers(tag, MAX_VALUES) ?? [];
  }

  bytes(tag: RpmTag): Uint8Array {
    const entry = this.#entries.get(tag);
    if (entry === undefined || (entry.type !== CHARACTER && entry.type !== BYTE)) {
      return new Uint8Array(0);
    }
    return this.#data.subarray(entry.offset, entry.offset + entry.count);
  }

  #numbers(tag: RpmTag, limit: number): readonly number[] | undefined {
    const entry = this.#entries.get(tag);
    if (entry?.type !== INT32 || entry.offset + 4 * entry.count > this.#data.length) {
      return undefined;
    }
    const view = viewOf(this.#data);
    return Array.from({ length: Math.min(entry.count, limit) }, (_, index) => view.getUint32(entry.offset + 4 * index));
  }

  #strings(tag: RpmTag, limit: number): readonly string[] | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined || !STRINGS.has(entry.type)) {
      return undefined;
    }
    const count = Math.min(entry.count, limit);
    let end = entry.offset;
    for (let found = 0; found < count; found += 1) {
      const zero = this.#data.indexOf(0, end);
      if (zero < 0) {
        return undefined;
      }
      end = zero + 1;
    }
    return decodeText(this.#data.subarray(entry.offset, end - 1)).split("\0");
  }
}

/**
 * Reads a header as it lies in a database: two counts, the index, the data (rpm's "Package format", "Header"; without the
 * magic that files have). `undefined` when the counts do not fit the bytes.
 */
export function parseRpmHeader(bytes: Uint8Array): RpmHeader | undefined {
  if (bytes.length < PREAMBLE_BYTES) {
    return undefined;
  }
  const view = viewOf(bytes);
  const entryCount = view.getUint32(0);
  const dataBytes = view.getUint32(4);
  const dataStart = PREAMBLE_BYTES + ENTRY_BYTES * entryCount;
  if (
    entryCount < 1 ||
    entryCount > MAX_ENTRIES ||
    dataBytes > MAX_DATA_BYTES ||
    dataStart + dataBytes !== bytes.length
  ) {
    return undefined;
  }
  const entries = new Map<RpmTag, Entry>();
  for (let at = PREAMBLE_BYTES; at < dataStart; at += ENTRY_BYTES) {
    const tag = WANTED.get(view.getUint32(at));
    const entry = { type: view.getUint32(at + 4), offset: view.getUint32(at + 8), count: view.getUint32(at + 12) };
    // of a tag that is there twice rpm takes the one that it finds first
    if (tag !== undefined && !entries.has(tag) && entry.offset < dataBytes && entry.count >= 1) {
      entries.set(tag, entry);
    }
  }
  return new RpmHeader(bytes.subarray(dataStart), entries);
}

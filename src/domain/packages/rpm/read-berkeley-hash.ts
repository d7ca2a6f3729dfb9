// SPDX-License-Identifier: Apache-2.0
import { type DatabaseRecord, viewOf } from "./database-record.ts";

const HASH_MAGIC = 0x0006_1561;
const META_BYTES = 512;
const PAGE_HEADER_BYTES = 26;
/** Page types: hash with sorted and with unsorted items, overflow. */
const HASH_PAGES: ReadonlySet<number> = new Set([2, 13]);
const OVERFLOW_PAGE = 7;
/** Kinds of items on a hash page. */
const ON_PAGE = 1;
const OFF_PAGE = 3;
const OFF_PAGE_BYTES = 12;
/** The entry with this key counts packages and is none. */
const COUNTER_KEY = 0;

interface Database {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly isLittleEndian: boolean;
  readonly pageBytes: number;
  readonly pages: number;
  /** Overflow pages that were read: a page belongs to one chain, and a ring would never end. */
  readonly used: Set<number>;
}

/** Whether these are the first bytes of a hash database of Berkeley DB, of a machine of either byte order. */
export function isBerkeleyHash(bytes: Uint8Array): boolean {
  return bytes.length >= META_BYTES && [true, false].some((order) => viewOf(bytes).getUint32(12, order) === HASH_MAGIC);
}

/**
 * The headers of a `Packages` file of Berkeley DB (rpm before 4.16): hash pages hold pairs of a package number and its header,
 * which nearly always lies on a chain of overflow pages. Pages are read in the order of the file; what the database no longer
 * uses has another page type.
 */
export function* readBerkeleyHash(bytes: Uint8Array): Generator<DatabaseRecord, void> {
  const database = openDatabase(bytes);
  if (typeof database === "string") {
    yield { problem: database, isWhole: true };
    return;
  }
  for (let page = 1; page < database.pages; page += 1) {
    if (HASH_PAGES.has(bytes[page * database.pageBytes + 25] ?? 0)) {
      yield* readHashPage(database, page);
    }
  }
}

function openDatabase(bytes: Uint8Array): Database | string {
  const view = viewOf(bytes);
  const isLittleEndian = view.getUint32(12, true) === HASH_MAGIC;
  const version = view.getUint32(16, isLittleEndian);
  const pageBytes = view.getUint32(20, isLittleEndian);
  const lastPage = view.getUint32(32, isLittleEndian);
  if (version < 8 || version > 10) {
    return `expected a hash of version 8 to 10, found ${version}`;
  }
  if (pageBytes < META_BYTES || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) {
    return `expected a page size, found ${pageBytes}`;
  }
  if (bytes[24] !== 0) {
    return "database is encrypted";
  }
  const pages = lastPage + 1;
  if (pages * pageBytes > bytes.length) {
    return `expected ${pages} pages of ${pageBytes} bytes, found ${bytes.length} bytes`;
  }
  return { bytes, view, isLittleEndian, pageBytes, pages, used: new Set() };
}

function* readHashPage(database: Database, page: number): Generator<DatabaseRecord, void> {
  const { view, isLittleEndian, pageBytes } = database;
  const start = page * pageBytes;
  const items = view.getUint16(start + 20, isLittleEndian);
  if (PAGE_HEADER_BYTES + 2 * items > pageBytes) {
    yield { problem: `page ${page} has more items than room` };
    return;
  }
  // Items fill the page from its end, in pairs of key and value; each ends where the one before begins.
  let end = pageBytes;
  let isCounter = false;
  for (let index = 0; index < items; index += 1) {
    const at = view.getUint16(start + PAGE_HEADER_BYTES + 2 * index, isLittleEndian);
    if (at < PAGE_HEADER_BYTES + 2 * items || at >= end) {
      yield { problem: `item ${index} of page ${page} is not on the page` };
      return;
    }
    const item = { start: start + at, end: start + end };
    end = at;
    if (index % 2 === 0) {
      isCounter = isCounterKey(database, item);
    } else if (!isCounter) {
      const header = readItem(database, item);
      yield header === undefined ? { problem: `item ${index} of page ${page} is not readable` } : { header };
    }
  }
}

interface Item {
  readonly start: number;
  readonly end: number;
}

function isCounterKey({ view, bytes, isLittleEndian }: Database, item: Item): boolean {
  return (
    bytes[item.start] === ON_PAGE &&
    item.end - item.start === 5 &&
    view.getUint32(item.start + 1, isLittleEndian) === COUNTER_KEY
  );
}

function readItem(database: Database, item: Item): Uint8Array | undefined {
  const { bytes, view, isLittleEndian } = database;
  const kind = bytes[item.start];
  if (kind === ON_PAGE) {
    return bytes.subarray(item.start + 1, item.end);
  }
  if (kind !== OFF_PAGE || item.end - item.start !== OFF_PAGE_BYTES) {
    return undefined;
  }
  return readChain(
    database,
    view.getUint32(item.start + 4, isLittleEndian),
    view.getUint32(item.start + 8, isLittleEndian),
  );
}

function readChain(database: Database, first: number, length: number): Uint8Array | undefined {
  const { bytes, view, isLittleEndian, pageBytes, pages, used } = database;
  if (length === 0 || length > bytes.length) {
    return undefined;
  }
  const parts: Uint8Array[] = [];
  let left = length;
  for (let page = first; left > 0; ) {
    const start = page * pageBytes;
    if (page < 1 || page >= pages || used.has(page) || bytes[start + 25] !== OVERFLOW_PAGE) {
      return undefined;
    }
    used.add(page);
    const size = view.getUint16(start + 22, isLittleEndian);
    if (size < 1 || size > left || PAGE_HEADER_BYTES + size > pageBytes) {
      return undefined;
    }
    parts.push(bytes.subarray(start + PAGE_HEADER_BYTES, start + PAGE_HEADER_BYTES + size));
    left -= size;
    page = view.getUint32(start + 16, isLittleEndian);
  }
  return joined(parts, length);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

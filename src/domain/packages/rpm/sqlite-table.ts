// SPDX-License-Identifier: Apache-2.0
import { decodeText } from "../untrusted-text.ts";
import { viewOf } from "./database-record.ts";
import { readVarint, SqliteRow } from "./sqlite-row.ts";

const MAGIC = "SQLite format 3\0";
const FILE_HEADER_BYTES = 100;
const INTERIOR_PAGE = 5;
const LEAF_PAGE = 13;
const INTERIOR_HEADER_BYTES = 12;
const LEAF_HEADER_BYTES = 8;

/** A database file as its header describes it (sqlite.org/fileformat2.html, 1.3). */
export interface SqliteFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly pageBytes: number;
  /** Bytes of a page without the reserved ones at its end. */
  readonly usableBytes: number;
  readonly pages: number;
}

/** Whether these are the first bytes of an SQLite database. */
export function isSqlite(bytes: Uint8Array): boolean {
  return bytes.length >= FILE_HEADER_BYTES && decodeText(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/** The database, or what is wrong with its header. */
export function openSqlite(bytes: Uint8Array): SqliteFile | string {
  const view = viewOf(bytes);
  const written = view.getUint16(16);
  const pageBytes = written === 1 ? 65_536 : written;
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0) {
    return `expected a page size, found ${written}`;
  }
  const usableBytes = pageBytes - view.getUint8(20);
  if (usableBytes < 480) {
    return `expected at least 480 usable bytes in a page, found ${usableBytes}`;
  }
  const pages = Math.floor(bytes.length / pageBytes);
  const said = view.getUint32(28);
  if (said > pages) {
    return `expected ${said} pages of ${pageBytes} bytes, found ${bytes.length} bytes`;
  }
  return { bytes, view, pageBytes, usableBytes, pages };
}

/**
 * A table in a database. Every page is read at most once, and rows have together at most as many bytes as the file: a tree
 * with rings, or cells that lie on each other, makes no more work than an honest one.
 */
export class SqliteTable {
  readonly #file: SqliteFile;
  readonly #root: number;
  readonly #used: Set<number> = new Set();
  #leftBytes: number;

  constructor(file: SqliteFile, root: number) {
    this.#file = file;
    this.#root = root;
    this.#leftBytes = file.bytes.length;
  }

  /** The rows in order; a text says what could not be read. */
  *rows(): Generator<SqliteRow | string, void> {
    const open = [this.#root];
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      if (!this.#take(page)) {
        yield `page ${page} is used twice, or not in the file`;
        continue;
      }
      const start = (page - 1) * this.#file.pageBytes;
      // the file's header is part of the first page
      const head = page === 1 ? start + FILE_HEADER_BYTES : start;
      const type = this.#file.bytes[head];
      if (type === INTERIOR_PAGE) {
        // the last child is popped first, so children are put in from right to left
        open.push(...this.#childrenOf(start, head).toReversed());
      } else if (type === LEAF_PAGE) {
        yield* this.#leafRows(start, head, page);
      } else {
        yield `page ${page} is not of a table`;
      }
    }
  }

  #childrenOf(start: number, head: number): readonly number[] {
    const { view } = this.#file;
    const cells = this.#cellsOf(start, head, INTERIOR_HEADER_BYTES).filter(
      (cell) => cell + 4 <= start + this.#file.usableBytes,
    );
    return [...cells.map((cell) => view.getUint32(cell)), view.getUint32(head + 8)];
  }

  *#leafRows(start: number, head: number, page: number): Generator<SqliteRow | string, void> {
    for (const cell of this.#cellsOf(start, head, LEAF_HEADER_BYTES)) {
      const record = this.#recordAt(cell, start + this.#file.usableBytes);
      if (typeof record === "string") {
        yield `page ${page}: ${record}`;
        if (this.#leftBytes < 0) {
          return;
        }
      } else {
        yield new SqliteRow(record);
      }
    }
  }

  /** Where the cells of a page begin. */
  #cellsOf(start: number, head: number, headerBytes: number): readonly number[] {
    const { view, usableBytes } = this.#file;
    const room = Math.floor((start + usableBytes - head - headerBytes) / 2);
    const count = Math.min(view.getUint16(head + 3), room);
    return Array.from({ length: count }, (_, index) => start + view.getUint16(head + headerBytes + 2 * index));
  }

  /** The record of a leaf cell: its length, the row's number, and as much as lies on the page (1.6 of the file format). */
  #recordAt(cell: number, pageEnd: number): Uint8Array | string {
    const { bytes, view, usableBytes } = this.#file;
    const length = readVarint(bytes, cell, pageEnd);
    const rowId = length === undefined ? undefined : readVarint(bytes, length.end, pageEnd);
    if (length === undefined || rowId === undefined) {
      return "a cell does not lie on the page";
    }
    this.#leftBytes -= length.value;
    if (this.#leftBytes < 0) {
      return "rows hold more than the file";
    }
    const local = localBytes(length.value, usableBytes);
    const isWhole = local === length.value;
    if (rowId.end + local + (isWhole ? 0 : 4) > pageEnd) {
      return "a cell does not lie on the page";
    }
    const begin = bytes.subarray(rowId.end, rowId.end + local);
    return isWhole ? begin : this.#withOverflow(begin, length.value, view.getUint32(rowId.end + local));
  }

  #withOverflow(begin: Uint8Array, length: number, first: number): Uint8Array | string {
    const { bytes, view, pageBytes, usableBytes } = this.#file;
    const whole = new Uint8Array(length);
    whole.set(begin);
    let at = begin.length;
    for (let page = first; at < length; ) {
      if (!this.#take(page)) {
        return `overflow page ${page} is used twice, or not in the file`;
      }
      const start = (page - 1) * pageBytes;
      const size = Math.min(length - at, usableBytes - 4);
      whole.set(bytes.subarray(start + 4, start + 4 + size), at);
      at += size;
      page = view.getUint32(start);
    }
    return whole;
  }

  #take(page: number): boolean {
    if (page < 1 || page > this.#file.pages || this.#used.has(page)) {
      return false;
    }
    this.#used.add(page);
    return true;
  }
}

/** How much of a record of a table leaf lies on the page itself (1.6, "cell payload overflow"). */
function localBytes(length: number, usableBytes: number): number {
  const most = usableBytes - 35;
  if (length <= most) {
    return length;
  }
  const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23;
  const rest = least + ((length - least) % (usableBytes - 4));
  return rest <= most ? rest : least;
}

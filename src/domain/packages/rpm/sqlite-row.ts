// SPDX-License-Identifier: Apache-2.0

/** Bytes of the integers of the serial types 1 to 6 (sqlite.org/fileformat2.html, 2.1). */
const INTEGER_BYTES: readonly number[] = [0, 1, 2, 3, 4, 6, 8];
/** No table here has more. */
const MAX_COLUMNS = 64;

interface Column {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** One record of a table. A column that is not there, or of another type, reads as absent. */
export class SqliteRow {
  readonly #record: Uint8Array;
  readonly #columns: readonly Column[];

  constructor(record: Uint8Array) {
    this.#record = record;
    this.#columns = columnsOf(record);
  }

  /** Bytes of a text in the encoding of the database, which is UTF-8 in all that rpm makes. */
  text(index: number): Uint8Array | undefined {
    return this.#bytes(index, (type) => type >= 13 && type % 2 === 1);
  }

  blob(index: number): Uint8Array | undefined {
    return this.#bytes(index, (type) => type >= 12 && type % 2 === 0);
  }

  integer(index: number): number | undefined {
    const column = this.#columns[index];
    if (column === undefined) {
      return undefined;
    }
    if (column.type === 8 || column.type === 9) {
      return column.type - 8;
    }
    const bytes = column.type >= 1 && column.type <= 4 ? this.#record.subarray(column.start, column.end) : undefined;
    return bytes?.reduce((value, byte) => value * 256 + byte, 0);
  }

  #bytes(index: number, isType: (type: number) => boolean): Uint8Array | undefined {
    const column = this.#columns[index];
    return column !== undefined && isType(column.type) ? this.#record.subarray(column.start, column.end) : undefined;
  }
}

function columnsOf(record: Uint8Array): readonly Column[] {
  const header = readVarint(record, 0, record.length);
  if (header === undefined || header.value > record.length) {
    return [];
  }
  const columns: Column[] = [];
  let start = header.value;
  for (let at = header.end; at < header.value && columns.length < MAX_COLUMNS; ) {
    const type = readVarint(record, at, header.value);
    if (type === undefined) {
      return columns;
    }
    const end = start + bytesOf(type.value);
    if (end > record.length) {
      return columns;
    }
    columns.push({ type: type.value, start, end });
    at = type.end;
    start = end;
  }
  return columns;
}

function bytesOf(type: number): number {
  if (type < 12) {
    return INTEGER_BYTES[type] ?? (type === 7 ? 8 : 0);
  }
  return Math.floor((type - 12) / 2);
}

/** A number of 1 to 9 bytes and where it ends; `undefined` when it does not end before `limit`, or is beyond 2^53. */
export function readVarint(
  bytes: Uint8Array,
  start: number,
  limit: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = start; at < Math.min(limit, start + 8); at += 1) {
    const byte = bytes[at] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      return value > Number.MAX_SAFE_INTEGER ? undefined : { value, end: at + 1 };
    }
  }
  return undefined;
}

// SPDX-License-Identifier: Apache-2.0
import { inflate } from "../inflate.ts";

/** One file of a zip archive, as its central directory says. */
export interface ZipEntry {
  /** As written; data only, nothing is unpacked to it. */
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly compressedSize: number;
  readonly size: number;
  /** Of the local header, from the beginning of the archive's bytes. */
  readonly headerOffset: number;
}

/** What a zip archive lists. */
export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** How many entries were looked at, also those that nobody wants. */
  readonly count: number;
  /** Entries that were left out, as the directory is broken or too long from there on. */
  readonly isCut: boolean;
}

const END_MAGIC = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const LOCATOR_MAGIC = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64_MAGIC = 0x06064b50;
const ENTRY_MAGIC = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_MAGIC = 0x04034b50;
const LOCAL_BYTES = 30;
const EXTRA_ZIP64 = 0x0001;
const SATURATED = 0xffffffff;

const STORED = 0;
const DEFLATED = 8;

/**
 * The central directory of a zip archive (APPNOTE.TXT 4.3), `undefined` when there is none. Bytes before the archive
 * (a start script, as of "fully executable" jars) are allowed for. Names are given for those entries only that `wants` takes.
 */
export function readZipDirectory(
  bytes: Uint8Array,
  options: { readonly maxEntries: number; readonly wants: (name: string) => boolean },
): ZipDirectory | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === undefined) {
    return undefined;
  }
  const entries: ZipEntry[] = [];
  let at = end.directoryAt;
  let count = 0;
  // Java reads as many entries as there are, whatever their number in the end record: a low one must not hide any.
  for (; at < end.directoryEnd; count += 1) {
    if (
      count >= options.maxEntries ||
      at + ENTRY_BYTES > end.directoryEnd ||
      view.getUint32(at, true) !== ENTRY_MAGIC
    ) {
      return { entries, count, isCut: true };
    }
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const next = at + ENTRY_BYTES + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > end.directoryEnd) {
      return { entries, count, isCut: true };
    }
    const nameAt = at + ENTRY_BYTES;
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + nameAt, nameBytes).toString("utf8");
    if (options.wants(name)) {
      entries.push(readEntry(view, at, { name, extraAt: nameAt + nameBytes, extraBytes, shift: end.shift }));
    }
    at = next;
  }
  // Writers without 64-bit records leave the upper bits of the number out.
  return { entries, count, isCut: count % 0x10000 !== end.count % 0x10000 };
}

/** The content of an entry; `maxBytes` holds for the inflated size whatever the directory says. */
export function readZipEntry(
  bytes: Uint8Array,
  entry: ZipEntry,
  maxBytes: number,
): { readonly bytes: Uint8Array } | { readonly failure: "malformed" | "tooLarge" | "encrypted" | "unsupported" } {
  if (entry.isEncrypted) {
    return { failure: "encrypted" };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = entry.headerOffset;
  if (!(header >= 0 && header + LOCAL_BYTES <= bytes.length) || view.getUint32(header, true) !== LOCAL_MAGIC) {
    return { failure: "malformed" };
  }
  const start = header + LOCAL_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  const end = start + entry.compressedSize;
  if (!(end <= bytes.length)) {
    return { failure: "malformed" };
  }
  if (entry.method === STORED) {
    return entry.compressedSize > maxBytes ? { failure: "tooLarge" } : { bytes: bytes.subarray(start, end) };
  }
  if (entry.method !== DEFLATED) {
    return { failure: "unsupported" };
  }
  return entry.size > maxBytes ? { failure: "tooLarge" } : inflate(bytes.subarray(start, end), "deflate", maxBytes);
}

interface DirectoryEnd {
  readonly count: number;
  readonly directoryAt: number;
  readonly directoryEnd: number;
  /** How much further all offsets are than they say, for bytes before the archive. */
  readonly shift: number;
}

/**
 * The end record is searched from behind, as its comment has any length. Where bytes follow that are no comment, the
 * directory must be where it says, as Java asks for too: a record that was put behind the true one must not hide it.
 */
function findEnd(view: DataView): DirectoryEnd | undefined {
  const lowest = Math.max(0, view.byteLength - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = view.byteLength - END_BYTES; at >= lowest; at -= 1) {
    if (view.getUint32(at, true) === END_MAGIC) {
      const end = readEnd(view, at);
      const missing = view.byteLength - (at + END_BYTES + view.getUint16(at + 20, true));
      if (end !== undefined && missing >= 0 && (missing === 0 || isPlausible(view, end))) {
        return end;
      }
    }
  }
  return undefined;
}

function readEnd(view: DataView, at: number): DirectoryEnd | undefined {
  const narrow = {
    at,
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const end64 = readEnd64(view, at);
  const end = end64 !== undefined && isWidened(narrow, end64) ? end64 : narrow;
  const directoryAt = end.at - end.size;
  const isWithin = directoryAt >= 0 && directoryAt >= end.offset;
  return isWithin
    ? { count: end.count, directoryAt, directoryEnd: end.at, shift: directoryAt - end.offset }
    : undefined;
}

/** Java believes a 64-bit record that repeats what the other says, where that has room for it; the comment of an entry may hold any bytes. */
function isWidened(narrow: EndFields, end64: EndFields): boolean {
  return (
    (narrow.count === 0xffff || narrow.count === end64.count) &&
    (narrow.size === SATURATED || narrow.size === end64.size) &&
    (narrow.offset === SATURATED || narrow.offset === end64.offset)
  );
}

function isPlausible(view: DataView, { count, directoryAt, directoryEnd, shift }: DirectoryEnd): boolean {
  return (
    count > 0 &&
    directoryAt + ENTRY_BYTES <= directoryEnd &&
    view.getUint32(directoryAt, true) === ENTRY_MAGIC &&
    view.getUint32(shift, true) === LOCAL_MAGIC
  );
}

interface EndFields {
  readonly at: number;
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

function readEnd64(view: DataView, endAt: number): EndFields | undefined {
  const locator = endAt - LOCATOR_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_MAGIC) {
    return undefined;
  }
  // It lies right before its locator unless it has data of its own; bytes before the archive move it on.
  const at = locator - 56;
  if (at < 0 || view.getUint32(at, true) !== END64_MAGIC) {
    return undefined;
  }
  return { at, count: wide(view, at + 32), size: wide(view, at + 40), offset: wide(view, at + 48) };
}

function readEntry(
  view: DataView,
  at: number,
  known: { readonly name: string; readonly extraAt: number; readonly extraBytes: number; readonly shift: number },
): ZipEntry {
  let size = view.getUint32(at + 24, true);
  let compressedSize = view.getUint32(at + 20, true);
  let headerOffset = view.getUint32(at + 42, true);
  let wideAt = findExtra(view, known.extraAt, known.extraBytes);
  function next(value: number): number {
    if (value !== SATURATED || wideAt === undefined || wideAt + 8 > known.extraAt + known.extraBytes) {
      return value;
    }
    wideAt += 8;
    return wide(view, wideAt - 8);
  }
  size = next(size);
  compressedSize = next(compressedSize);
  headerOffset = next(headerOffset);
  return {
    name: known.name,
    method: view.getUint16(at + 10, true),
    isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
    compressedSize,
    size,
    headerOffset: headerOffset + known.shift,
  };
}

/** Where the 64-bit sizes of an entry begin. */
function findExtra(view: DataView, start: number, bytes: number): number | undefined {
  let at = start;
  while (at + 4 <= start + bytes) {
    if (view.getUint16(at, true) === EXTRA_ZIP64) {
      return at + 4;
    }
    at += 4 + view.getUint16(at + 2, true);
  }
  return undefined;
}

function wide(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

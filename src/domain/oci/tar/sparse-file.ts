// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import type { ExtendedHeader } from "./pax-records.ts";
import { BLOCK_BYTES, isGnu, readField } from "./tar-header.ts";

/** Bytes of a sparse file that are stored; what lies between pieces is zeros. */
interface SparsePiece {
  readonly offset: number;
  readonly length: number;
}

/** How a sparse file is stored (GNU tar manual, "Storing Sparse Files"; star's old form is the GNU one). */
export interface SparseFile {
  /** In bytes, with its holes. */
  readonly realSize: number;
  /** `"inContent"`: the map stands before the stored bytes (format 1.0). `undefined`: the map is not valid. */
  readonly pieces: readonly SparsePiece[] | "inContent" | undefined;
}

/** An honest file has some thousands; more are not read. */
const MAX_PIECES = 100_000;

const HEADER_MAP = 386;
const HEADER_PIECES = 4;
const EXTENSION_PIECES = 21;
const PIECE_BYTES = 24;

/** What the header block of an old GNU sparse file (type `S`) says; `isExtended`: blocks with more of the map follow. */
export function readGnuSparse(
  block: Buffer,
  at: number,
): { readonly realSize: number; readonly pieces: SparsePiece[]; readonly isExtended: boolean } | undefined {
  if (!isGnu(block, at)) {
    return undefined;
  }
  const pieces: SparsePiece[] = [];
  readPieces(block, at + HEADER_MAP, HEADER_PIECES, pieces);
  return { realSize: readField(block, at + 483, 12) ?? Number.NaN, pieces, isExtended: block[at + 482] !== 0 };
}

/** Adds the pieces of an extension block; says whether another block follows. */
export function readGnuSparseExtension(block: Buffer, at: number, pieces: SparsePiece[]): boolean {
  readPieces(block, at, EXTENSION_PIECES, pieces);
  return block[at + 504] !== 0;
}

function readPieces(block: Buffer, start: number, count: number, pieces: SparsePiece[]): void {
  for (let at = start; at < start + count * PIECE_BYTES; at += PIECE_BYTES) {
    // An unset entry ends the map.
    if (block[at] === 0 || pieces.length > MAX_PIECES) {
      return;
    }
    const offset = readField(block, at, 12) ?? Number.NaN;
    pieces.push({ offset, length: readField(block, at + 12, 12) ?? Number.NaN });
  }
}

/** What pax records say about a sparse file of a known format. */
export function readPaxSparse({ sparse }: ExtendedHeader, storedBytes: number): SparseFile | undefined {
  if (sparse?.isKnown !== true) {
    return undefined;
  }
  const realSize = toNumber(sparse.realSize ?? String(storedBytes));
  if (sparse.isMapInContent) {
    return { realSize, pieces: "inContent" };
  }
  const numbers = (sparse.map ?? "") === "" ? [] : (sparse.map ?? "").split(",", 2 * MAX_PIECES + 2).map(toNumber);
  return { realSize, pieces: numbers.length % 2 === 0 ? toPieces(numbers) : undefined };
}

/** The file with its holes, or `undefined` when the map does not fit (Go's `validateSparseEntries` refuses the same). */
export function expandSparse({ realSize, pieces }: SparseFile, stored: Buffer): Buffer | undefined {
  const inContent = pieces === "inContent" ? readContentMap(stored) : undefined;
  const map = pieces === "inContent" ? inContent?.pieces : pieces;
  const data = inContent === undefined ? stored : stored.subarray(inContent.dataStart);
  if (map === undefined || map.length > MAX_PIECES || !fits(map, realSize, data.length)) {
    return undefined;
  }
  const whole = Buffer.alloc(realSize);
  let at = 0;
  for (const { offset, length } of map) {
    data.copy(whole, offset, at, at + length);
    at += length;
  }
  return whole;
}

function fits(pieces: readonly SparsePiece[], realSize: number, storedBytes: number): boolean {
  let end = 0;
  let bytes = 0;
  for (const { offset, length } of pieces) {
    // Not a number fits nowhere.
    if (!(offset >= end && length >= 0 && offset + length <= realSize)) {
      return false;
    }
    end = offset + length;
    bytes += length;
  }
  return realSize >= 0 && bytes === storedBytes;
}

/** Format 1.0: decimal numbers, one a line, the count first; padded to a whole block. */
function readContentMap(
  stored: Buffer,
): { readonly pieces: readonly SparsePiece[]; readonly dataStart: number } | undefined {
  let at = 0;
  function next(): number {
    const end = stored.indexOf(0x0a, at);
    if (end < 0 || end - at > 20) {
      return Number.NaN;
    }
    const text = stored.toString("latin1", at, end);
    at = end + 1;
    return toNumber(text);
  }
  const count = next();
  if (!(count <= MAX_PIECES)) {
    return undefined;
  }
  const numbers = Array.from({ length: 2 * count }, next);
  return { pieces: toPieces(numbers), dataStart: Math.ceil(at / BLOCK_BYTES) * BLOCK_BYTES };
}

function toPieces(numbers: readonly number[]): readonly SparsePiece[] {
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    offset: numbers[2 * index] as number,
    length: numbers[2 * index + 1] as number,
  }));
}

function toNumber(text: string): number {
  return /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
}

// SPDX-License-Identifier: Apache-2.0
import { malformed, SimpleSigningError } from "./errors.ts";

/** Extra bits and bases of lengths (symbols 257–285) and distances (RFC 1951 section 3.2.5). */
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** In which order the lengths of the code length code come (section 3.2.7). */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_BITS = 15;
const END_OF_BLOCK = 256;
/** Codes of at most so many bits are looked up in a table. */
const TABLE_BITS = 9;
const TABLE_MASK = (1 << TABLE_BITS) - 1;
const LENGTH_SHIFT = 4;
const LENGTH_MASK = (1 << LENGTH_SHIFT) - 1;

/** What a DEFLATE stream held, and where it ended. */
export interface Inflated {
  readonly bytes: Uint8Array;
  /** The first byte behind the stream. */
  readonly end: number;
}

/**
 * Inflates a raw DEFLATE stream (RFC 1951) to at most `maxBytes`. The domain may use neither `node:zlib` nor a stream:
 * a signature is some hundred bytes, and inflating it here is cheaper than setting up either. Throws `LIMIT_EXCEEDED`
 * before more than `maxBytes` exist, `MALFORMED` for anything else.
 */
export function inflate(bytes: Uint8Array, maxBytes: number): Inflated {
  const input = new BitReader(bytes);
  const output = new Output(maxBytes);
  let isLast = false;
  while (!isLast) {
    isLast = input.bits(1) === 1;
    const type = input.bits(2);
    if (type === 0) {
      copyStored(input, output);
    } else if (type === 1) {
      inflateBlock(input, output, fixedCodes());
    } else if (type === 2) {
      inflateBlock(input, output, readCodes(input));
    } else {
      throw malformed("compressed data has a block of a reserved type");
    }
  }
  return { bytes: output.taken(), end: input.byteOffset() };
}

class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bits(count: number): number {
    while (this.#count < count) {
      this.#held |= this.#nextByte() << this.#count;
      this.#count += 8;
    }
    const value = this.#held & ((1 << count) - 1);
    this.#held >>>= count;
    this.#count -= count;
    return value;
  }

  /** The next symbol: by the table where its code is short, else bit by bit. The hottest loop here. */
  symbol(code: HuffmanCode): number {
    while (this.#count < TABLE_BITS && this.#at < this.#bytes.length) {
      this.#held |= (this.#bytes[this.#at] ?? 0) << this.#count;
      this.#at += 1;
      this.#count += 8;
    }
    const entry = code.table[this.#held & TABLE_MASK] ?? 0;
    const length = entry & LENGTH_MASK;
    if (length === 0 || length > this.#count) {
      return this.#longSymbol(code);
    }
    this.#held >>>= length;
    this.#count -= length;
    return entry >> LENGTH_SHIFT;
  }

  /** Canonical decoding; also finds the end of the input, and codes that mean nothing. */
  #longSymbol(code: HuffmanCode): number {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length += 1) {
      value |= this.bits(1);
      const count = code.counts[length] ?? 0;
      if (value - first < count) {
        return code.symbols[index + value - first] ?? 0;
      }
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw malformed("compressed data has a code that means nothing");
  }

  /** Bits up to the next whole byte are dropped; whole bytes that were held go back. */
  byteOffset(): number {
    this.#at -= this.#count >> 3;
    this.#held = 0;
    this.#count = 0;
    return this.#at;
  }

  #nextByte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) {
      throw malformed("compressed data ends in the middle of a block");
    }
    this.#at += 1;
    return byte;
  }

  take(length: number): Uint8Array {
    const start = this.byteOffset();
    if (start + length > this.#bytes.length) {
      throw malformed("compressed data ends in the middle of a block");
    }
    this.#at += length;
    return this.#bytes.subarray(start, start + length);
  }
}

class Output {
  readonly #maxBytes: number;
  #bytes: Uint8Array;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(Math.min(maxBytes, 1024));
  }

  push(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Byte by byte, since a match may reach into what it writes. */
  repeat(distance: number, length: number): void {
    if (distance > this.#length) {
      throw malformed("compressed data refers to bytes before its beginning");
    }
    this.#reserve(length);
    for (let count = 0; count < length; count += 1) {
      this.#bytes[this.#length] = this.#bytes[this.#length - distance] ?? 0;
      this.#length += 1;
    }
  }

  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#maxBytes) {
      throw new SimpleSigningError("LIMIT_EXCEEDED", `compressed data inflates to more than ${this.#maxBytes} bytes`);
    }
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length * 2)));
      grown.set(this.taken());
      this.#bytes = grown;
    }
  }
}

function copyStored(input: BitReader, output: Output): void {
  const [a = 0, b = 0, c = 0, d = 0] = input.take(4);
  const length = a | (b << 8);
  if (length !== (~(c | (d << 8)) & 0xffff)) {
    throw malformed("compressed data has a stored block of two lengths");
  }
  output.append(input.take(length));
}

interface HuffmanCode {
  /** How many symbols have a code of each length. */
  readonly counts: readonly number[];
  /** Sorted by length of code, then by value. */
  readonly symbols: readonly number[];
  /** By the next bits of the input: symbol and length of its code; 0 where the code is longer, or none. */
  readonly table: Uint16Array;
}

interface BlockCodes {
  readonly literals: HuffmanCode;
  readonly distances: HuffmanCode;
}

/** Throws where the lengths make no code; one that leaves bits unused may only have a single symbol, as zlib has it. */
function createCode(lengths: readonly number[], mayBeSingle = false): HuffmanCode {
  const counts = repeated(0, MAX_BITS + 1);
  for (const length of lengths) {
    counts[length] = (counts[length] ?? 0) + 1;
  }
  counts[0] = 0;
  let free = 1;
  for (let length = 1; length <= MAX_BITS; length += 1) {
    free = free * 2 - (counts[length] ?? 0);
    if (free < 0) {
      throw malformed("compressed data has a code with more symbols than fit");
    }
  }
  const isSingle = mayBeSingle && Math.max(...lengths) <= 1;
  if (free > 0 && !isSingle) {
    throw malformed("compressed data has a code with fewer symbols than fit");
  }
  const offsets = repeated(0, MAX_BITS + 2);
  for (let length = 1; length <= MAX_BITS; length += 1) {
    offsets[length + 1] = (offsets[length] ?? 0) + (counts[length] ?? 0);
  }
  const symbols: number[] = [];
  for (const [symbol, length] of lengths.entries()) {
    if (length > 0) {
      symbols[offsets[length] ?? 0] = symbol;
      offsets[length] = (offsets[length] ?? 0) + 1;
    }
  }
  return { counts, symbols, table: createTable(counts, symbols) };
}

function createTable(counts: readonly number[], symbols: readonly number[]): Uint16Array {
  const table = new Uint16Array(1 << TABLE_BITS);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= TABLE_BITS; length += 1) {
    for (let count = counts[length] ?? 0; count > 0; count -= 1) {
      const entry = ((symbols[index] ?? 0) << LENGTH_SHIFT) | length;
      // codes come with their first bit first, numbers with their last
      for (let at = reverse(code, length); at < table.length; at += 1 << length) {
        table[at] = entry;
      }
      code += 1;
      index += 1;
    }
    code <<= 1;
  }
  return table;
}

function reverse(code: number, length: number): number {
  let reversed = 0;
  for (let bit = 0; bit < length; bit += 1) {
    reversed = (reversed << 1) | ((code >> bit) & 1);
  }
  return reversed;
}

let fixed: BlockCodes | undefined;

/** The codes that every reader knows (section 3.2.6); made at the first use. */
function fixedCodes(): BlockCodes {
  fixed ??= {
    literals: createCode([...repeated(8, 144), ...repeated(9, 112), ...repeated(7, 24), ...repeated(8, 8)]),
    distances: createCode(repeated(5, 32)),
  };
  return fixed;
}

function readCodes(input: BitReader): BlockCodes {
  const literals = input.bits(5) + 257;
  const distances = input.bits(5) + 1;
  const codeLengths = input.bits(4) + 4;
  if (literals > 286 || distances > 30) {
    throw malformed("compressed data has more codes than there are symbols");
  }
  const lengths = repeated(0, 19);
  for (const symbol of CODE_LENGTH_ORDER.slice(0, codeLengths)) {
    lengths[symbol] = input.bits(3);
  }
  const all = readLengths(input, createCode(lengths), literals + distances);
  if (all[END_OF_BLOCK] === 0) {
    throw malformed("compressed data has a block without an end");
  }
  return { literals: createCode(all.slice(0, literals), true), distances: createCode(all.slice(literals), true) };
}

function readLengths(input: BitReader, code: HuffmanCode, total: number): readonly number[] {
  const lengths: number[] = [];
  while (lengths.length < total) {
    const symbol = input.symbol(code);
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    const previous = lengths.at(-1);
    if (symbol === 16 && previous === undefined) {
      throw malformed("compressed data repeats a length before the first");
    }
    const value = symbol === 16 ? (previous ?? 0) : 0;
    const count = symbol === 16 ? 3 + input.bits(2) : symbol === 17 ? 3 + input.bits(3) : 11 + input.bits(7);
    if (lengths.length + count > total) {
      throw malformed("compressed data has more code lengths than it announced");
    }
    lengths.push(...repeated(value, count));
  }
  return lengths;
}

function inflateBlock(input: BitReader, output: Output, codes: BlockCodes): void {
  for (;;) {
    const symbol = input.symbol(codes.literals);
    if (symbol === END_OF_BLOCK) {
      return;
    }
    if (symbol < END_OF_BLOCK) {
      output.push(symbol);
      continue;
    }
    const length = readExtra(input, symbol - 257, LENGTH_BASE, LENGTH_EXTRA);
    output.repeat(readExtra(input, input.symbol(codes.distances), DISTANCE_BASE, DISTANCE_EXTRA), length);
  }
}

function repeated(value: number, count: number): number[] {
  return Array.from({ length: count }, () => value);
}

function readExtra(input: BitReader, index: number, bases: readonly number[], extras: readonly number[]): number {
  const base = bases[index];
  if (base === undefined) {
    throw malformed("compressed data has a symbol that means nothing");
  }
  return base + input.bits(extras[index] ?? 0);
}

// SPDX-License-Identifier: Apache-2.0
import type { Buffer } from "node:buffer";
import { OciError } from "../errors.ts";

/**
 * Fields of a header block, read straight from the chunk. Where formats leave room, this follows Go's `archive/tar`:
 * containerd, Docker and podman unpack with it, and reading a layer differently from them would let files hide.
 */

export const BLOCK_BYTES = 512;

const CHECKSUM_START = 148;
const CHECKSUM_END = 156;
const SPACE = 32;
const SLASH = 47;
const DOT = 46;

/** Whether the block is all zeros: half of an end mark. */
export function isZeroBlock(block: Buffer, at: number): boolean {
  if (block[at] !== 0) {
    return false;
  }
  for (let index = at + 1; index < at + BLOCK_BYTES; index += 1) {
    if (block[index] !== 0) {
      return false;
    }
  }
  return true;
}

/** Throws when the checksum fits neither the sum of unsigned nor, as old programs wrote it, of signed bytes. */
export function assertChecksum(block: Buffer, at: number): void {
  let unsigned = 0;
  let high = 0;
  for (let index = at; index < at + BLOCK_BYTES; index += 1) {
    const byte = block[index] as number;
    unsigned += byte;
    high += byte >> 7;
  }
  for (let index = at + CHECKSUM_START; index < at + CHECKSUM_END; index += 1) {
    const byte = block[index] as number;
    unsigned += SPACE - byte;
    high -= byte >> 7;
  }
  const stored = readNumber(block, at + CHECKSUM_START, 8);
  if (stored !== unsigned && stored !== unsigned - 256 * high) {
    throw new OciError("TAR_INVALID", "tar header has a wrong checksum");
  }
}

/** A size: octal digits, or base 256 when the first bit is set. Throws when it is negative or beyond 2^53. */
export function readSize(block: Buffer, at: number): number {
  const size = readNumber(block, at + 124, 12);
  if (size === undefined) {
    throw new OciError("TAR_INVALID", "tar header has an invalid size");
  }
  return size;
}

/** Permission bits with setuid, setgid and sticky; 0 when the field is malformed. */
export function readMode(block: Buffer, at: number): number {
  return (readNumber(block, at + 100, 8) ?? 0) & 0o7777;
}

/** The numeric owner; 0 when the field is malformed. */
export function readUid(block: Buffer, at: number): number {
  return readNumber(block, at + 108, 8) ?? 0;
}

/** A number in octal digits or base 256; `undefined` when it is malformed, negative or beyond 2^53. */
export function readField(block: Buffer, start: number, length: number): number | undefined {
  return readNumber(block, start, length);
}

/**
 * The name with its ustar prefix, as bytes decoded from UTF-8. Most archives begin every name with `./`; cut off later it
 * would stay in memory with each path that is kept.
 */
export function readName(block: Buffer, at: number): string {
  const isDotted = block[at] === DOT && block[at + 1] === SLASH && block[at + 2] !== 0;
  const name = isDotted ? readText(block, at + 2, 98) : readText(block, at, 100);
  const prefix = readPrefix(block, at);
  return prefix === "" ? name : `${prefix}/${name}`;
}

export function readLinkName(block: Buffer, at: number): string {
  return readText(block, at + 157, 100);
}

/** The type flag; old archives mark a folder only by the slash at the end of its name (type NUL). */
export function readType(block: Buffer, at: number): number {
  return block[at + 156] as number;
}

/** Whether the block has the magic of GNU tar. */
export function isGnu(block: Buffer, at: number): boolean {
  return block.toString("latin1", at + 257, at + 265) === "ustar  \0";
}

export function endsWithSlash(name: string): boolean {
  return name.length > 0 && name.codePointAt(name.length - 1) === SLASH;
}

function readPrefix(block: Buffer, at: number): string {
  if (block[at + 345] === 0 || block[at + 257] === 0) {
    return "";
  }
  const magic = block.toString("latin1", at + 257, at + 265);
  if (magic.startsWith("ustar\0")) {
    const isStar = block.toString("latin1", at + 508, at + 512) === "tar\0";
    return readText(block, at + 345, isStar ? 131 : 155);
  }
  // GNU keeps times here. Go once wrote GNU headers with a prefix, and still reads them when the times are no numbers.
  if (magic === "ustar  \0" && (!isNumberOrUnset(block, at + 345) || !isNumberOrUnset(block, at + 357))) {
    const prefix = readText(block, at + 345, 155);
    return isAscii(prefix) ? prefix : "";
  }
  return "";
}

function isNumberOrUnset(block: Buffer, at: number): boolean {
  return block[at] === 0 || ((block[at] as number) & 0x80) !== 0 || readNumber(block, at, 12) !== undefined;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) >= 0x80) {
      return false;
    }
  }
  return true;
}

function readText(block: Buffer, start: number, length: number): string {
  let end = start;
  while (end < start + length && block[end] !== 0) {
    end += 1;
  }
  return block.toString("utf8", start, end);
}

function readNumber(block: Buffer, start: number, length: number): number | undefined {
  return ((block[start] as number) & 0x80) !== 0 ? readBase256(block, start, length) : readOctal(block, start, length);
}

function readBase256(block: Buffer, start: number, length: number): number | undefined {
  if (((block[start] as number) & 0x40) !== 0) {
    return undefined;
  }
  let value = (block[start] as number) & 0x3f;
  for (let index = start + 1; index < start + length; index += 1) {
    value = value * 256 + (block[index] as number);
    if (value > Number.MAX_SAFE_INTEGER) {
      return undefined;
    }
  }
  return value;
}

/** Octal digits between spaces and NULs; text after a NUL does not count. */
function readOctal(block: Buffer, start: number, length: number): number | undefined {
  const end = start + length;
  let index = start;
  while (index < end && (block[index] === SPACE || block[index] === 0)) {
    index += 1;
  }
  let value = 0;
  while (index < end && (block[index] as number) >= 48 && (block[index] as number) <= 55) {
    value = value * 8 + (block[index] as number) - 48;
    index += 1;
  }
  if (index < end && block[index] === 0) {
    return value;
  }
  while (index < end) {
    if (block[index] !== SPACE && block[index] !== 0) {
      return undefined;
    }
    index += 1;
  }
  return value;
}

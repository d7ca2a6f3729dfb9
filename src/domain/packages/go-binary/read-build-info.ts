// SPDX-License-Identifier: Apache-2.0
import { type Elf, type ElfSegment, sectionContent } from "../elf/parse-elf.ts";
import { decodeText } from "../untrusted-text.ts";

/** What the Go linker writes into a program. */
export interface GoBuildInfo {
  /** As `runtime.Version` gives it, e.g. `go1.22.3`. */
  readonly goVersion: string;
  /** The module lines (`path`, `mod`, `dep`, `=>`, `build`); empty when the program was built without modules. */
  readonly modules: string;
}

const MAGIC: Uint8Array = Buffer.from("\xff Go buildinf:", "latin1");
const HEADER_BYTES = 32;
/** The linker aligns the header to this. */
const ALIGNMENT = 16;
const FLAG_BIG_ENDIAN = 1;
/** Since Go 1.18 the texts follow the header; before, it has pointers to Go strings. */
const FLAG_INLINE = 2;
/** Marks around the module lines (`runtime/debug.modinfo`), 16 bytes at each end. */
const MARK_BYTES = 16;

const MAX_VERSION_BYTES = 1_024;
/** Kubernetes' programs have 50 KiB. */
const MAX_MODULES_BYTES = 4 * 1024 * 1024;

/**
 * The build information of a Go program (Go's debug/buildinfo; written since Go 1.13), `"malformed"` when its header is
 * there and leads nowhere, or `undefined` when there is none.
 */
export function readBuildInfo(bytes: Uint8Array, elf: Elf): GoBuildInfo | "malformed" | undefined {
  const place = placesOf(bytes, elf);
  for (const range of place) {
    const header = findHeader(range);
    if (header !== undefined) {
      return readHeader(bytes, elf, header) ?? "malformed";
    }
  }
  return undefined;
}

/** Where the linker puts it: a section of its own, or, where section headers were stripped off, the writable segment. */
function placesOf(bytes: Uint8Array, elf: Elf): readonly Uint8Array[] {
  const section = sectionContent(bytes, elf, ".go.buildinfo");
  // Segments of a program do not lie on each other: together they are not longer than it.
  let left = bytes.length;
  const segments = elf.segments
    .filter(({ type, flags, size }) => {
      const isSearched = type === 1 && (flags & 3) === 2 && size <= left;
      left -= isSearched ? size : 0;
      return isSearched;
    })
    .map(({ offset, size }) => bytes.subarray(offset, offset + size));
  return section === undefined ? segments : [section, ...segments];
}

function findHeader(range: Uint8Array): Uint8Array | undefined {
  const content = Buffer.from(range.buffer, range.byteOffset, range.byteLength);
  for (let at = content.indexOf(MAGIC); at !== -1; at = content.indexOf(MAGIC, at + 1)) {
    if (at % ALIGNMENT === 0 && at + HEADER_BYTES <= content.length) {
      return range.subarray(at);
    }
  }
  return undefined;
}

function readHeader(bytes: Uint8Array, elf: Elf, header: Uint8Array): GoBuildInfo | undefined {
  const flags = header[15] as number;
  const texts = (flags & FLAG_INLINE) === 0 ? pointedTexts(bytes, elf, header) : inlineTexts(header);
  if (texts === undefined || texts.goVersion.length === 0) {
    return undefined;
  }
  return { goVersion: decodeText(texts.goVersion), modules: decodeText(withoutMarks(texts.modules)) };
}

interface Texts {
  readonly goVersion: Uint8Array;
  readonly modules: Uint8Array;
}

function inlineTexts(header: Uint8Array): Texts | undefined {
  const version = lengthPrefixed(header, HEADER_BYTES, MAX_VERSION_BYTES);
  const modules = version === undefined ? undefined : lengthPrefixed(header, version.end, MAX_MODULES_BYTES);
  return version && modules && { goVersion: version.text, modules: modules.text };
}

/** Text after its length as an unsigned varint (Go's encoding/binary). */
function lengthPrefixed(
  bytes: Uint8Array,
  start: number,
  maxBytes: number,
): { readonly text: Uint8Array; readonly end: number } | undefined {
  let length = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) {
      return undefined;
    }
    length += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) {
      const from = start + index + 1;
      const isWithin = length <= maxBytes && from + length <= bytes.length;
      return isWithin ? { text: bytes.subarray(from, from + length), end: from + length } : undefined;
    }
  }
  return undefined;
}

function pointedTexts(bytes: Uint8Array, elf: Elf, header: Uint8Array): Texts | undefined {
  const pointerSize = header[14] as number;
  if (pointerSize !== 4 && pointerSize !== 8) {
    return undefined;
  }
  const isBigEndian = ((header[15] as number) & FLAG_BIG_ENDIAN) !== 0;
  const memory = new Memory(bytes, elf.segments, { pointerSize, isBigEndian });
  const goVersion = memory.goString(memory.pointerIn(header, 16), MAX_VERSION_BYTES);
  // A program without modules has an empty string, or no pointer.
  const modules = memory.goString(memory.pointerIn(header, 16 + pointerSize), MAX_MODULES_BYTES);
  return goVersion && { goVersion, modules: modules ?? new Uint8Array() };
}

/** The program as it lies in memory. */
class Memory {
  readonly #bytes: Uint8Array;
  readonly #segments: readonly ElfSegment[];
  readonly #pointerSize: 4 | 8;
  readonly #isBigEndian: boolean;

  constructor(
    bytes: Uint8Array,
    segments: readonly ElfSegment[],
    words: { readonly pointerSize: 4 | 8; readonly isBigEndian: boolean },
  ) {
    this.#bytes = bytes;
    this.#segments = segments.filter(({ type }) => type === 1);
    this.#pointerSize = words.pointerSize;
    this.#isBigEndian = words.isBigEndian;
  }

  pointerIn(bytes: Uint8Array, at: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#pointerSize === 4
      ? view.getUint32(at, !this.#isBigEndian)
      : Number(view.getBigUint64(at, !this.#isBigEndian));
  }

  /** The text of a Go string (pointer and length) whose header is at the address. */
  goString(address: number, maxBytes: number): Uint8Array | undefined {
    const header = this.#read(address, 2 * this.#pointerSize);
    if (header === undefined) {
      return undefined;
    }
    const length = this.pointerIn(header, this.#pointerSize);
    return length > maxBytes ? undefined : this.#read(this.pointerIn(header, 0), length);
  }

  #read(address: number, size: number): Uint8Array | undefined {
    const segment = this.#segments.find(
      (each) => each.address <= address && address + size <= each.address + each.size,
    );
    if (segment === undefined) {
      return undefined;
    }
    const start = segment.offset + (address - segment.address);
    return this.#bytes.subarray(start, start + size);
  }
}

function withoutMarks(modules: Uint8Array): Uint8Array {
  const isMarked = modules.length > 2 * MARK_BYTES && modules[modules.length - MARK_BYTES - 1] === 0x0a;
  return isMarked ? modules.subarray(MARK_BYTES, modules.length - MARK_BYTES) : new Uint8Array();
}

// SPDX-License-Identifier: Apache-2.0

/** One section of an ELF file; its content lies within the file. */
export interface ElfSection {
  readonly name: string;
  /** `SHT_NOTE` is 7, `SHT_NOBITS` (8) has no content and is left out. */
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** One segment of an ELF file: what is mapped where; cut to what the file has. */
export interface ElfSegment {
  /** `PT_LOAD` is 1, `PT_NOTE` 4. */
  readonly type: number;
  /** Bit 0 executable, bit 1 writable, bit 2 readable. */
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** The headers of an ELF file (System V ABI, chapters 4 and 5). */
export interface Elf {
  readonly isBigEndian: boolean;
  readonly is64Bit: boolean;
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];
}

const MAGIC = 0x7f454c46;
const SHT_NOBITS = 8;
/** Real programs have some dozens; objects compiled with a section for each function have more, but are not run. */
const MAX_HEADERS = 10_000;
const MAX_NAME_BYTES = 128;

/** Whether the bytes begin as an ELF file does. */
export function isElf(head: Uint8Array): boolean {
  return head.length >= 4 && viewOf(head).getUint32(0) === MAGIC;
}

/**
 * The headers of an ELF file, or `undefined` when it is none. A broken table is left out, as a loader does that needs
 * only the other one; what lies outside of the file is left out or cut.
 */
export function parseElf(bytes: Uint8Array): Elf | undefined {
  const wordClass = bytes[4];
  const encoding = bytes[5];
  if (!isElf(bytes) || (wordClass !== 1 && wordClass !== 2) || (encoding !== 1 && encoding !== 2)) {
    return undefined;
  }
  const reader = new ElfReader(bytes, { is64Bit: wordClass === 2, isBigEndian: encoding === 2 });
  if (bytes.length < (reader.is64Bit ? 64 : 52)) {
    return undefined;
  }
  return {
    isBigEndian: reader.isBigEndian,
    is64Bit: reader.is64Bit,
    segments: readSegments(reader),
    sections: readSections(reader),
  };
}

/** The content of the section with that name, the first if there are more. */
export function sectionContent(bytes: Uint8Array, elf: Elf, name: string): Uint8Array | undefined {
  const section = elf.sections.find((each) => each.name === name);
  return section === undefined ? undefined : bytes.subarray(section.offset, section.offset + section.size);
}

function readSegments(reader: ElfReader): readonly ElfSegment[] {
  const at = reader.word(reader.is64Bit ? 32 : 28);
  const entrySize = reader.half(reader.is64Bit ? 54 : 42);
  const count = reader.half(reader.is64Bit ? 56 : 44);
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count && reader.has(at + index * entrySize, reader.is64Bit ? 56 : 32); index += 1) {
    const entry = at + index * entrySize;
    const offset = reader.word(entry + (reader.is64Bit ? 8 : 4));
    segments.push({
      type: reader.int(entry),
      flags: reader.int(entry + (reader.is64Bit ? 4 : 24)),
      offset,
      address: reader.word(entry + (reader.is64Bit ? 16 : 8)),
      size: reader.cut(offset, reader.word(entry + (reader.is64Bit ? 32 : 16))),
    });
  }
  return segments;
}

function readSections(reader: ElfReader): readonly ElfSection[] {
  const at = reader.word(reader.is64Bit ? 40 : 32);
  const entrySize = reader.half(reader.is64Bit ? 58 : 46);
  const headerSize = reader.is64Bit ? 64 : 40;
  if (at === 0 || entrySize < headerSize || !reader.has(at, headerSize)) {
    return [];
  }
  const first = readSectionHeader(reader, at);
  // From 0xff00 on the true numbers stand in the first header ("extended numbering").
  const count = reader.half(reader.is64Bit ? 60 : 48) || first.size;
  const named = reader.half(reader.is64Bit ? 62 : 50);
  const nameIndex = named === 0xffff ? first.link : named;
  if (count > MAX_HEADERS || !reader.has(at + nameIndex * entrySize, headerSize)) {
    return [];
  }
  const names = readSectionHeader(reader, at + nameIndex * entrySize);
  const sections: ElfSection[] = [];
  for (let index = 1; index < count && reader.has(at + index * entrySize, headerSize); index += 1) {
    const { nameAt, type, address, offset, size } = readSectionHeader(reader, at + index * entrySize);
    if (type !== SHT_NOBITS && reader.has(offset, size)) {
      sections.push({ name: reader.text(names.offset + nameAt), type, address, offset, size });
    }
  }
  return sections;
}

interface SectionHeader {
  readonly nameAt: number;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

function readSectionHeader(reader: ElfReader, at: number): SectionHeader {
  const width = reader.is64Bit ? 8 : 4;
  return {
    nameAt: reader.int(at),
    type: reader.int(at + 4),
    address: reader.word(at + 8 + width),
    offset: reader.word(at + 8 + 2 * width),
    size: reader.word(at + 8 + 3 * width),
    link: reader.int(at + 8 + 4 * width),
  };
}

/** Reads numbers in the file's byte order; beyond the end, and above 2⁵³, they are huge, so that nothing lies there. */
class ElfReader {
  readonly is64Bit: boolean;
  readonly isBigEndian: boolean;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, kind: { readonly is64Bit: boolean; readonly isBigEndian: boolean }) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.is64Bit = kind.is64Bit;
    this.isBigEndian = kind.isBigEndian;
  }

  half(at: number): number {
    return this.has(at, 2) ? this.#view.getUint16(at, !this.isBigEndian) : 0;
  }

  int(at: number): number {
    return this.has(at, 4) ? this.#view.getUint32(at, !this.isBigEndian) : 0;
  }

  /** An address, offset or size. */
  word(at: number): number {
    if (!this.is64Bit) {
      return this.has(at, 4) ? this.int(at) : Number.MAX_SAFE_INTEGER;
    }
    return this.has(at, 8) ? Number(this.#view.getBigUint64(at, !this.isBigEndian)) : Number.MAX_SAFE_INTEGER;
  }

  has(at: number, size: number): boolean {
    return at + size <= this.#bytes.length;
  }

  /** The size as far as the file reaches. */
  cut(offset: number, size: number): number {
    return Math.max(0, Math.min(size, this.#bytes.length - offset));
  }

  /** Text up to NUL; section names are short and many. */
  text(at: number): string {
    let text = "";
    for (let index = at; index < at + MAX_NAME_BYTES; index += 1) {
      const byte = this.#bytes[index];
      if (byte === undefined || byte === 0) {
        break;
      }
      text += String.fromCharCode(byte);
    }
    return text;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

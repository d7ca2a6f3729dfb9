// SPDX-License-Identifier: Apache-2.0
import type { Elf } from "./parse-elf.ts";

/** One note of an ELF file (System V ABI, "Note Section"). */
export interface ElfNote {
  readonly owner: string;
  readonly type: number;
  readonly content: Uint8Array;
}

const SHT_NOTE = 7;
const MAX_NOTES = 1_000;
const HEADER_BYTES = 12;
/** `GNU`, `FDO`, `stapsdt`; sections may lie on each other, so that long names of a thousand notes would be many times the file. */
const MAX_OWNER_BYTES = 64;

/** The notes of all note sections. What is cut off is left out. */
export function parseNotes(bytes: Uint8Array, elf: Elf): readonly ElfNote[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const notes: ElfNote[] = [];
  for (const { type, offset, size } of elf.sections) {
    const end = offset + size;
    let at = type === SHT_NOTE ? offset : end;
    while (at + HEADER_BYTES <= end && notes.length < MAX_NOTES) {
      const ownerBytes = view.getUint32(at, !elf.isBigEndian);
      const contentBytes = view.getUint32(at + 4, !elf.isBigEndian);
      const contentAt = at + HEADER_BYTES + padded(ownerBytes);
      if (contentAt + contentBytes > end) {
        break;
      }
      const ownerEnd = at + HEADER_BYTES + Math.min(ownerBytes, MAX_OWNER_BYTES);
      const owner = Buffer.from(bytes.subarray(at + HEADER_BYTES, ownerEnd)).toString("latin1");
      notes.push({
        owner: owner.replace(/\0+$/, ""),
        type: view.getUint32(at + 8, !elf.isBigEndian),
        content: bytes.subarray(contentAt, contentAt + contentBytes),
      });
      at = contentAt + padded(contentBytes);
    }
  }
  return notes;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

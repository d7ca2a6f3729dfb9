// SPDX-License-Identifier: Apache-2.0
import { crc32, deflateRawSync } from "node:zlib";

/** One zip entry as a test wants it written; nothing is checked, so that hostile archives can be made. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Written in the headers instead of the true inflated size. */
  readonly declaredSize?: number;
  /** Written in the headers instead of the true CRC-32. */
  readonly declaredChecksum?: number;
  readonly isStored?: true;
}

/** A zip archive; entries are deflated unless they say otherwise. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, declaredSize, declaredChecksum, isStored } of entries) {
    const bytes = Buffer.from(content);
    const packed = isStored === true ? bytes : deflateRawSync(bytes);
    const path = Buffer.from(name);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(declaredChecksum ?? crc32(bytes), 0);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(declaredSize ?? bytes.length, 8);
    const shared = Buffer.concat([
      bytesOf(20, 0x0800, isStored === true ? 0 : 8, 0, 0),
      sizes,
      bytesOf(path.length, 0),
    ]);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), shared, path, packed]);
    const position = Buffer.alloc(4);
    position.writeUInt32LE(offset);
    directory.push(
      Buffer.from("PK\u0001\u0002", "latin1"),
      bytesOf(20),
      shared,
      bytesOf(0, 0, 0, 0, 0),
      position,
      path,
    );
    files.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, index, end]);
}

function bytesOf(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) {
    buffer.writeUInt16LE(value, index * 2);
  }
  return buffer;
}

// SPDX-License-Identifier: Apache-2.0
import { createReadStream, readdirSync, statSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "#base";
import { AdvisoryDatabaseError } from "./errors.ts";
import { processMark } from "./process-mark.ts";

const BLOCK = 512;

/**
 * Packs a folder that we have written (an OCI layout) into a tar archive without compression, sorted and without times or
 * owners: equal folders are equal archives. The file appears when it is complete.
 */
export async function writeLayoutArchive(folder: string, file: string): Promise<void> {
  const temporary = `${file}.${processMark()}`;
  try {
    const archive = await open(temporary, "wx");
    try {
      for (const path of filesBelow(folder, "")) {
        await writeEntry(archive, path, join(folder, path));
      }
      await archive.write(Buffer.alloc(2 * BLOCK));
      await archive.sync();
    } finally {
      await archive.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new AdvisoryDatabaseError("ADVISORY_DATABASE_UNWRITABLE", `cannot write ${file}: ${messageOf(error)}`, {
      cause: error,
      details: { file },
    });
  }
}

function filesBelow(folder: string, prefix: string): readonly string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : entry.name.startsWith(".") ? [] : [path];
    });
}

async function writeEntry(archive: FileHandle, path: string, from: string): Promise<void> {
  const { size } = statSync(from);
  await archive.write(header(path, size));
  let written = 0;
  for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    await archive.write(chunk);
    written += chunk.length;
  }
  if (written !== size) {
    throw new Error(`${path} changed while it was read`);
  }
  if (size % BLOCK > 0) {
    await archive.write(Buffer.alloc(BLOCK - (size % BLOCK)));
  }
}

/** A ustar header (POSIX pax, "ustar Interchange Format"); sizes from 8 GiB on in base 256, as GNU writes them. */
function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0, 100, "utf8");
  block.write("0000644\0", 100, "latin1");
  block.write("0000000\0", 108, "latin1");
  block.write("0000000\0", 116, "latin1");
  if (size < 8 ** 11) {
    block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  } else {
    block.writeUInt8(0x80, 124);
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write("00000000000\0", 136, "latin1");
  block.write("        ", 148, "latin1");
  block.write("0", 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

// SPDX-License-Identifier: Apache-2.0
import { ImageSourceError } from "../errors.ts";

export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

const BLOCK_BYTES = 512;
/** More than a ustar header can say (11 octal digits, 100 bytes): then a pax record does. */
const MAX_USTAR_BYTES = 0o77777777777;
const MAX_USTAR_NAME = 100;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Writes a tar archive whose bytes depend on names and contents alone: no time, no owner, no machine. */
export class TarWriter {
  readonly #write: WriteBytes;

  constructor(write: WriteBytes) {
    this.#write = write;
  }

  async folder(path: string): Promise<void> {
    await this.#write(header({ path: `${path}/`, size: 0, type: "5", mode: 0o755 }));
  }

  /** `send` hands over exactly `size` bytes; throws `BLOB_TOO_LONG` or `BLOB_TOO_SHORT` where it does not. */
  async file(path: string, size: number, send: (write: WriteBytes) => Promise<void>): Promise<void> {
    const records = [
      ...(Buffer.byteLength(path) > MAX_USTAR_NAME ? [paxRecord("path", path)] : []),
      ...(size > MAX_USTAR_BYTES ? [paxRecord("size", String(size))] : []),
    ].join("");
    if (records !== "") {
      const bytes = Buffer.from(records);
      await this.#write(header({ path: "PaxHeader", size: bytes.length, type: "x", mode: 0o644 }));
      await this.#write(bytes);
      await this.#pad(bytes.length);
    }
    await this.#write(header({ path, size, type: "0", mode: 0o644 }));
    let sent = 0;
    await send(async (bytes) => {
      sent += bytes.length;
      if (sent > size) {
        throw new ImageSourceError("BLOB_TOO_LONG", `${path} is longer than the ${size} bytes that were announced`);
      }
      await this.#write(bytes);
    });
    if (sent < size) {
      throw new ImageSourceError("BLOB_TOO_SHORT", `${path} has ${sent} bytes, expected ${size}`);
    }
    await this.#pad(size);
  }

  /** Two empty blocks. */
  async end(): Promise<void> {
    await this.#write(ZEROS);
    await this.#write(ZEROS);
  }

  async #pad(size: number): Promise<void> {
    const rest = size % BLOCK_BYTES;
    if (rest > 0) {
      await this.#write(ZEROS.subarray(rest));
    }
  }
}

/** POSIX ustar; a name or size that does not fit is cut here and said in full by the pax record before it. */
function header(entry: {
  readonly path: string;
  readonly size: number;
  readonly type: "0" | "5" | "x";
  readonly mode: number;
}): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(entry.path.slice(0, MAX_USTAR_NAME), 0, "utf8");
  block.write(`${octal(entry.mode, 7)}\0`, 100, "latin1");
  block.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108, "latin1");
  block.write(`${octal(Math.min(entry.size, MAX_USTAR_BYTES), 11)}\0${octal(0, 11)}\0`, 124, "latin1");
  block.write(" ".repeat(8), 148, "latin1");
  block.write(entry.type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** The length counts its own digits (POSIX.1-2001, "pax Extended Header"). */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  const digits = String(bytes + String(bytes).length).length;
  return `${bytes + digits}${rest}`;
}

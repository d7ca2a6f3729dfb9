// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { LIMITS, type Limits } from "#base";
import { OciError } from "../errors.ts";
import { changesEntries, type ExtendedHeader, parseExtendedHeader } from "./pax-records.ts";
import type { TarEntry, TarEntryKind } from "./tar-entry.ts";
import * as header from "./tar-header.ts";
import { normaliseTarPath } from "./tar-path.ts";

/** An entry that is left out, or that readers could disagree about. */
export interface TarProblem {
  readonly path: string;
  /** For people: English, lower case, no full stop. */
  readonly message: string;
  readonly isLimit: boolean;
}

export interface TarReaderOptions {
  readonly limits?: Limits;
  /** Every entry, in the order of the archive. The entry is the receiver's to keep. */
  onEntry?(entry: TarEntry): void;
  /** Whether the content of this file is wanted; called for entries of kind `file` after `onEntry`. */
  select(entry: TarEntry): boolean;
  /** The whole content of a selected file. The bytes hold only during the call: they lie in the chunk that was written. */
  onFile(entry: TarEntry, bytes: Uint8Array): void;
  onProblem?(problem: TarProblem): void;
}

/** Takes an archive chunk by chunk. Both throw `OciError` (`TAR_INVALID`, `LIMIT_EXCEEDED`) and are dead afterwards. */
export interface TarReader {
  write(chunk: Uint8Array): void;
  /** Says that there is no more. Throws when the archive stops in the middle of an entry. */
  end(): void;
  /** How many of the next bytes the reader would only skip: a caller that can seek passes them to `skip`. */
  readonly skippableBytes: number;
  skip(bytes: number): void;
  /** Whether the end mark was read; what follows it is ignored, as runtimes do. */
  readonly isEnded: boolean;
}

/**
 * An incremental reader of ustar, pax and GNU archives. Names and links are data: nothing is followed or created, and
 * an entry whose path leads out of the root is a problem and never selected.
 */
export function createTarReader(options: TarReaderOptions): TarReader {
  return new IncrementalTarReader(options);
}

const KINDS: Readonly<Record<string, TarEntryKind>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "device",
  "4": "device",
  "5": "folder",
  "6": "fifo",
  S: "sparse",
};
const KIND_OF: readonly TarEntryKind[] = Array.from(
  { length: 256 },
  (_, code) => KINDS[String.fromCharCode(code)] ?? "other",
);
/** Types whose size field says nothing about content (Go: `isHeaderOnlyType`). */
const HEADER_ONLY: ReadonlySet<TarEntryKind> = new Set(["hardlink", "symlink", "device", "folder", "fifo"]);

const PAX_LOCAL = 0x78;
const PAX_GLOBAL = 0x67;
const GNU_LONG_NAME = 0x4c;
const GNU_LONG_LINK = 0x4b;

/** Content that is being gathered: of a selected file, or of an extended header. */
interface Body {
  readonly size: number;
  readonly entry: TarEntry | undefined;
  readonly type: number;
  /** Absent as long as the content may lie in one chunk. */
  buffer?: Buffer;
  filled: number;
}

class IncrementalTarReader implements TarReader {
  readonly #options: TarReaderOptions;
  readonly #limits: Limits;
  readonly #partialBlock: Buffer = Buffer.alloc(header.BLOCK_BYTES);
  #partialBytes = 0;
  #skipBytes = 0;
  /** The padding within `#skipBytes`, which a sloppy writer leaves out at the end. */
  #paddingBytes = 0;
  #body: Body | undefined;
  /** Content bytes to skip after the extension blocks of an old GNU sparse file. */
  #sparseBytes: number | undefined;
  #extended: ExtendedHeader = {};
  #longName = "";
  #longLink = "";
  #position = 0;
  #entries = 0;
  #hasZeroBlock = false;
  #isEnded = false;

  constructor(options: TarReaderOptions) {
    this.#options = options;
    this.#limits = options.limits ?? LIMITS;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get skippableBytes(): number {
    return this.#skipBytes;
  }

  skip(bytes: number): void {
    this.#skipBytes -= bytes;
    this.#position += bytes;
  }

  write(bytes: Uint8Array): void {
    const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < chunk.length && !this.#isEnded) {
      const left = chunk.length - at;
      let used: number;
      if (this.#skipBytes > 0) {
        used = Math.min(this.#skipBytes, left);
        this.#skipBytes -= used;
      } else if (this.#body !== undefined) {
        used = this.#gather(this.#body, chunk, at);
      } else if (this.#partialBytes === 0 && left >= header.BLOCK_BYTES) {
        used = header.BLOCK_BYTES;
        this.#readBlock(chunk, at);
      } else {
        used = this.#gatherBlock(chunk, at);
      }
      at += used;
      this.#position += used;
    }
  }

  end(): void {
    const isInContent = this.#skipBytes > this.#paddingBytes || this.#body !== undefined;
    if (!this.#isEnded && (isInContent || this.#partialBytes > 0 || this.#sparseBytes !== undefined)) {
      throw new OciError("TAR_INVALID", "tar archive is truncated");
    }
    this.#isEnded = true;
  }

  #gatherBlock(chunk: Buffer, at: number): number {
    const used = Math.min(header.BLOCK_BYTES - this.#partialBytes, chunk.length - at);
    chunk.copy(this.#partialBlock, this.#partialBytes, at, at + used);
    this.#partialBytes += used;
    if (this.#partialBytes === header.BLOCK_BYTES) {
      // The block began before this chunk: #readBlock takes #position as its start.
      this.#position -= header.BLOCK_BYTES - used;
      this.#partialBytes = 0;
      this.#readBlock(this.#partialBlock, 0);
      this.#position += header.BLOCK_BYTES - used;
    }
    return used;
  }

  #gather(body: Body, chunk: Buffer, at: number): number {
    const used = Math.min(body.size - body.filled, chunk.length - at);
    if (body.buffer === undefined && used === body.size) {
      this.#finishBody(body, chunk.subarray(at, at + used));
      return used;
    }
    body.buffer ??= Buffer.allocUnsafeSlow(body.size);
    chunk.copy(body.buffer, body.filled, at, at + used);
    body.filled += used;
    if (body.filled === body.size) {
      this.#finishBody(body, body.buffer);
    }
    return used;
  }

  #finishBody(body: Body, bytes: Buffer): void {
    this.#body = undefined;
    this.#skipContent(0, body.size);
    if (body.entry !== undefined) {
      this.#options.onFile(body.entry, bytes);
    } else if (body.type === PAX_LOCAL) {
      this.#extended = parseExtendedHeader(bytes);
    } else if (body.type === PAX_GLOBAL) {
      if (changesEntries(bytes)) {
        this.#report("", "a global pax header that names or sizes entries was ignored");
      }
      this.#forgetExtensions();
    } else {
      const end = bytes.indexOf(0);
      const name = bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
      if (body.type === GNU_LONG_NAME) {
        this.#longName = name;
      } else {
        this.#longLink = name;
      }
    }
  }

  #readBlock(block: Buffer, at: number): void {
    if (this.#sparseBytes !== undefined) {
      this.#readSparseExtension(block, at);
      return;
    }
    if (header.isZeroBlock(block, at)) {
      this.#isEnded = this.#hasZeroBlock;
      this.#hasZeroBlock = true;
      return;
    }
    if (this.#hasZeroBlock) {
      throw new OciError("TAR_INVALID", "tar archive goes on after half of its end mark");
    }
    header.assertChecksum(block, at);
    this.#entries += 1;
    if (this.#entries > this.#limits.maxTarEntries) {
      throw new OciError("LIMIT_EXCEEDED", `tar archive has more than ${this.#limits.maxTarEntries} entries`);
    }
    const type = header.readType(block, at);
    if (type === PAX_LOCAL || type === PAX_GLOBAL || type === GNU_LONG_NAME || type === GNU_LONG_LINK) {
      this.#beginExtension(type, header.readSize(block, at));
    } else {
      this.#beginEntry(block, at, type);
    }
  }

  #beginExtension(type: number, size: number): void {
    if (size > this.#limits.maxTarHeaderBytes) {
      throw new OciError("LIMIT_EXCEEDED", `extended tar header has ${size} bytes`);
    }
    const body: Body = { size, entry: undefined, type, filled: 0 };
    if (size === 0) {
      this.#finishBody(body, Buffer.alloc(0));
    } else {
      this.#body = body;
    }
  }

  #beginEntry(block: Buffer, at: number, type: number): void {
    const { sparse, path, link, size } = this.#extended;
    const isPaxSparse = sparse?.isKnown === true;
    const ownName = this.#longName || path || header.readName(block, at);
    const name = (isPaxSparse ? sparse.name : undefined) ?? ownName;
    let kind = KIND_OF[type] as TarEntryKind;
    if (type === 0 && header.endsWithSlash(ownName)) {
      kind = "folder";
    } else if (kind === "file" && isPaxSparse) {
      kind = "sparse";
    }
    const stated = size ?? header.readSize(block, at);
    const target =
      kind === "symlink" || kind === "hardlink" ? this.#longLink || link || header.readLinkName(block, at) : "";
    const content = HEADER_ONLY.has(kind) ? 0 : stated;
    if (sparse?.isKnown === false) {
      this.#report(name, "entry has sparse records of an unknown form");
    }
    this.#forgetExtensions();
    if (type === 0x53 && header.isGnu(block, at) && block[at + 482] !== 0) {
      this.#sparseBytes = content;
    }
    this.#deliver(name, kind, target, content);
  }

  #deliver(name: string, kind: TarEntryKind, target: string, size: number): void {
    const entry = this.#toEntry(name, kind, target, size);
    if (entry !== undefined) {
      this.#options.onEntry?.(entry);
      if (kind === "file" && this.#options.select(entry)) {
        const body: Body = { size, entry, type: 0, filled: 0 };
        if (size === 0) {
          this.#finishBody(body, Buffer.alloc(0));
        } else {
          this.#body = body;
        }
        return;
      }
    }
    if (this.#sparseBytes === undefined) {
      this.#skipContent(size, size);
    }
  }

  #toEntry(name: string, kind: TarEntryKind, target: string, size: number): TarEntry | undefined {
    if (name.length > this.#limits.maxPathBytes || target.length > this.#limits.maxPathBytes) {
      this.#report(name.slice(0, 256), `path or link is longer than ${this.#limits.maxPathBytes} bytes`, true);
      return undefined;
    }
    const path = normaliseTarPath(name);
    if (path === undefined) {
      this.#report(name, "path leads out of the root of the image");
      return undefined;
    }
    const link = kind === "hardlink" ? normaliseTarPath(target) : target;
    if (link === undefined) {
      this.#report(name, "hard link leads out of the root of the image");
      return undefined;
    }
    return { path, kind, size, offset: this.#position + header.BLOCK_BYTES, link };
  }

  #readSparseExtension(block: Buffer, at: number): void {
    if (block[at + 504] === 0) {
      const size = this.#sparseBytes ?? 0;
      this.#sparseBytes = undefined;
      this.#skipContent(size, size);
    }
  }

  /** Skips what is left of content of `size` bytes, and its padding up to the next block. */
  #skipContent(left: number, size: number): void {
    this.#paddingBytes = (header.BLOCK_BYTES - (size % header.BLOCK_BYTES)) % header.BLOCK_BYTES;
    this.#skipBytes = left + this.#paddingBytes;
  }

  #forgetExtensions(): void {
    this.#extended = {};
    this.#longName = "";
    this.#longLink = "";
  }

  #report(path: string, message: string, isLimit = false): void {
    this.#options.onProblem?.({ path, message, isLimit });
  }
}

// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { LIMITS, type Limits } from "#base";
import { OciError } from "../errors.ts";
import { changesEntries, type ExtendedHeader, parseExtendedHeader } from "./pax-records.ts";
import { expandSparse, readGnuSparse, readGnuSparseExtension, readPaxSparse, type SparseFile } from "./sparse-file.ts";
import type { TarEntry, TarEntryKind } from "./tar-entry.ts";
import * as header from "./tar-header.ts";
import { normaliseTarPath } from "./tar-path.ts";

/** An entry that is left out, or that readers could disagree about. */
export interface TarProblem {
  readonly path: string;
  /** For people: English, lower case, no full stop. */
  readonly message: string;
  readonly isLimit: boolean;
  /** The entry is there and its content cannot be had; never of an archive. */
  readonly isUnreadable?: true;
}

export interface TarReaderOptions {
  readonly limits?: Limits;
  /** Every entry, in the order of the archive. The entry is the receiver's to keep. */
  onEntry?(entry: TarEntry): void;
  /**
   * Whether the content of this file is wanted; called for entries of kind `file` and `sparse` after `onEntry`. `"sniff"`: `accepts` is
   * asked with its first bytes.
   */
  select(entry: TarEntry): boolean | "sniff";
  /** Whether the content is wanted, told by its first 512 bytes or all of a smaller file. They hold only during the call. */
  accepts?(entry: TarEntry, head: Uint8Array): boolean;
  /** The whole content of a selected file, with its holes. The bytes hold only during the call: they lie in the chunk that was written. */
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
const GNU_SPARSE = 0x53;

/** Larger files are rare, and have a buffer of their own. */
const MAX_SHARED_BYTES = 16 * 1024 * 1024;

/** How much of a file is shown to `accepts`. */
const SNIFFED_BYTES = 512;

/** What a header says about an entry besides its name. */
interface HeaderFields extends Pick<TarEntry, "kind" | "size" | "mode" | "uid"> {
  /** Of a link, as written. */
  readonly target: string;
  /** Bytes in the archive. */
  readonly stored: number;
  readonly sparse: SparseFile | undefined;
}

/** A sparse file whose map goes on in the blocks to come. */
interface PendingSparse {
  readonly name: string;
  readonly said: HeaderFields;
  readonly pieces: Parameters<typeof readGnuSparseExtension>[2];
}

/** Content that is being gathered: of a selected file, or of an extended header. */
interface Body {
  readonly size: number;
  /** Still to be shown to `accepts`. */
  isSniffed: boolean;
  readonly entry: TarEntry | undefined;
  readonly type: number;
  readonly sparse?: { readonly file: SparseFile; readonly isSniffed: boolean };
  /** Absent as long as the content may lie in one chunk. */
  buffer?: Buffer;
  filled: number;
}

class IncrementalTarReader implements TarReader {
  readonly #options: TarReaderOptions;
  readonly #limits: Limits;
  readonly #partialBlock: Buffer = Buffer.alloc(header.BLOCK_BYTES);
  #partialBytes = 0;
  /** For content that lies in several chunks. */
  #shared: Buffer = Buffer.alloc(0);
  #skipBytes = 0;
  /** The padding within `#skipBytes`, which a sloppy writer leaves out at the end. */
  #paddingBytes = 0;
  #body: Body | undefined;
  #pendingSparse: PendingSparse | undefined;
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
    if (!this.#isEnded && (isInContent || this.#partialBytes > 0 || this.#pendingSparse !== undefined)) {
      throw new OciError("TAR_INVALID", "tar archive is truncated");
    }
    this.#isEnded = true;
    giveBack(this.#shared);
    this.#shared = Buffer.alloc(0);
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
    if (body.isSniffed) {
      return this.#sniff(body, chunk, at);
    }
    const used = Math.min(body.size - body.filled, chunk.length - at);
    if (body.buffer === undefined && used === body.size) {
      this.#finishBody(body, chunk.subarray(at, at + used));
      return used;
    }
    body.buffer ??= this.#bufferOf(body.size);
    chunk.copy(body.buffer, body.filled, at, at + used);
    body.filled += used;
    if (body.filled === body.size) {
      this.#finishBody(body, body.buffer);
      if (body.size > MAX_SHARED_BYTES) {
        giveBack(body.buffer);
      }
    }
    return used;
  }

  /** Most files share one buffer, which nobody may keep: a new one for each would cost more than reading it. */
  #bufferOf(size: number): Buffer {
    if (size > MAX_SHARED_BYTES) {
      return Buffer.allocUnsafeSlow(size);
    }
    if (this.#shared.length < size) {
      this.#shared = Buffer.allocUnsafeSlow(Math.min(2 * size, MAX_SHARED_BYTES));
    }
    return this.#shared.subarray(0, size);
  }

  /** Gathers the first bytes of a file, unless they lie in the chunk, and asks whether the rest is wanted. */
  #sniff(body: Body, chunk: Buffer, at: number): number {
    const headBytes = Math.min(SNIFFED_BYTES, body.size);
    if (body.filled === 0 && chunk.length - at >= headBytes) {
      this.#decide(body, chunk.subarray(at, at + headBytes));
      return 0;
    }
    body.buffer ??= Buffer.allocUnsafeSlow(headBytes);
    const used = Math.min(headBytes - body.filled, chunk.length - at);
    chunk.copy(body.buffer, body.filled, at, at + used);
    body.filled += used;
    if (body.filled === headBytes) {
      this.#decide(body, body.buffer);
    }
    return used;
  }

  #decide(body: Body, head: Buffer): void {
    body.isSniffed = false;
    if (body.entry === undefined || this.#options.accepts?.(body.entry, head) !== true) {
      this.#body = undefined;
      this.#skipContent(body.size - body.filled, body.size);
    } else if (body.filled === body.size) {
      this.#finishBody(body, head);
    } else if (body.filled > 0) {
      body.buffer = this.#bufferOf(body.size);
      head.copy(body.buffer);
    }
  }

  #finishBody(body: Body, bytes: Buffer): void {
    this.#body = undefined;
    this.#skipContent(0, body.size);
    if (body.entry !== undefined) {
      this.#finishFile(body.entry, bytes, body.sparse);
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

  #finishFile(entry: TarEntry, bytes: Buffer, sparse: Body["sparse"]): void {
    if (sparse === undefined) {
      this.#options.onFile(entry, bytes);
      return;
    }
    const whole = expandSparse(sparse.file, bytes);
    if (whole === undefined) {
      this.#report(entry.path, "the map of a sparse file does not fit its content");
    } else if (!sparse.isSniffed || this.#options.accepts?.(entry, whole.subarray(0, SNIFFED_BYTES)) === true) {
      this.#options.onFile(entry, whole);
    }
  }

  #readBlock(block: Buffer, at: number): void {
    if (this.#pendingSparse !== undefined) {
      this.#readSparseExtension(this.#pendingSparse, block, at);
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
    this.#beginContent({ size, isSniffed: false, entry: undefined, type, filled: 0 });
  }

  #beginContent(body: Body): void {
    this.#body = body;
    if (body.size === 0) {
      if (body.isSniffed) {
        this.#decide(body, Buffer.alloc(0));
      } else {
        this.#finishBody(body, Buffer.alloc(0));
      }
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
    const stored = HEADER_ONLY.has(kind) ? 0 : stated;
    if (sparse?.isKnown === false) {
      this.#report(name, "entry has sparse records of an unknown form");
    }
    const mode = header.readMode(block, at);
    const uid = header.readUid(block, at);
    if (kind === "sparse") {
      const gnu = type === GNU_SPARSE ? readGnuSparse(block, at) : undefined;
      const file = gnu ?? readPaxSparse(this.#extended, stored);
      const isSized = file !== undefined && Number.isSafeInteger(file.realSize);
      const said = { kind, target, size: isSized ? file.realSize : stored, mode, uid, stored, sparse: file };
      this.#forgetExtensions();
      if (gnu?.isExtended === true) {
        this.#pendingSparse = { name, said, pieces: gnu.pieces };
      } else {
        this.#deliver(name, said);
      }
      return;
    }
    this.#forgetExtensions();
    this.#deliver(name, { kind, target, size: stored, mode, uid, stored, sparse: undefined });
  }

  #deliver(name: string, said: HeaderFields): void {
    const { kind, stored } = said;
    const entry = this.#toEntry(name, said);
    if (entry !== undefined) {
      this.#options.onEntry?.(entry);
      if (kind === "sparse") {
        this.#deliverSparse(entry, said);
        return;
      }
      const answer = kind === "file" && this.#options.select(entry);
      if (answer !== false) {
        this.#beginContent({ size: stored, isSniffed: answer === "sniff", entry, type: 0, filled: 0 });
        return;
      }
    }
    this.#skipContent(stored, stored);
  }

  /** A few bytes of an archive can stand for a file of any size, so its real size is limited before it is made. */
  #deliverSparse(entry: TarEntry, { stored, sparse }: HeaderFields): void {
    const maxBytes = this.#limits.maxAnalyzedFileBytes;
    const answer = this.#options.select(entry);
    if (answer !== false && sparse !== undefined && Math.max(entry.size, stored) <= maxBytes) {
      const shape = { file: sparse, isSniffed: answer === "sniff" };
      this.#beginContent({ size: stored, isSniffed: false, entry, type: 0, sparse: shape, filled: 0 });
      return;
    }
    if (answer !== false) {
      this.#report(entry.path, sparse === undefined ? "sparse file of an unknown form" : "sparse file is too large");
    }
    this.#skipContent(stored, stored);
  }

  #toEntry(name: string, { kind, target, size, mode, uid }: HeaderFields): TarEntry | undefined {
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
    return { path, kind, size, offset: this.#position + header.BLOCK_BYTES, link, mode, uid };
  }

  #readSparseExtension(pending: PendingSparse, block: Buffer, at: number): void {
    if (!readGnuSparseExtension(block, at, pending.pieces)) {
      this.#pendingSparse = undefined;
      this.#deliver(pending.name, pending.said);
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

/** Memory of a buffer that nobody may use any more; the garbage collector would let that of many layers gather. */
function giveBack({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) {
    buffer.transfer(0);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { LIMITS, type Limits, messageOf } from "#base";
import { AdvisoryDatabaseError } from "../errors.ts";
import type { RawRecord } from "./record-feed.ts";

/** The limits that an archive is read with. */
export type ArchiveLimits = Pick<
  Limits,
  | "maxAdvisoryBytes"
  | "maxAdvisoryArchiveEntries"
  | "maxInflatedAdvisoryBytes"
  | "maxCompressionRatio"
  | "minRatioBytes"
>;

const STORED = 0;
const DEFLATED = 8;

/** A zip archive opened for reading its JSON entries one by one. */
export interface RecordArchive {
  readonly entryCount: number;
  /** The entries named `*.json`. Memory: one entry. An entry that is too large is a problem; a broken archive throws. */
  records(): AsyncIterable<RawRecord>;
  close(): Promise<void>;
}

/**
 * Opens a zip archive. Names inside it (absolute, with `..`) are shown and never used as paths. Bombs are stopped by the
 * entry's limit while inflating, by the total, and by the ratio to the archive's size, which also catches entries that
 * share the same bytes.
 */
export async function openArchive(path: string, label: string, limits: ArchiveLimits = LIMITS): Promise<RecordArchive> {
  const file = await open(path, "r");
  let zip: ZipFile;
  try {
    zip = await yauzl.openPromise(path, {
      lazyEntries: true,
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: true,
    });
  } catch (error) {
    await file.close();
    throw malformed(label, error);
  }
  return {
    entryCount: zip.entryCount,
    records: () => readEntries(zip, file, label, limits),
    close: async () => {
      zip.close();
      await file.close();
    },
  };
}

async function* readEntries(
  zip: ZipFile,
  file: FileHandle,
  label: string,
  limits: ArchiveLimits,
): AsyncGenerator<RawRecord> {
  const maxTotal = Math.min(
    limits.maxInflatedAdvisoryBytes,
    Math.max(limits.minRatioBytes, zip.fileSize * limits.maxCompressionRatio),
  );
  let entries = 0;
  let total = 0;
  const iterator = zip.eachEntry()[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next().catch((error: unknown) => {
      throw malformed(label, error);
    });
    if (next.done === true) {
      return;
    }
    entries += 1;
    if (entries > limits.maxAdvisoryArchiveEntries) {
      throw exceeded(label, `more than ${limits.maxAdvisoryArchiveEntries} entries`);
    }
    const entry = next.value;
    const name = entry.fileNameRaw.toString("utf8");
    if (!name.endsWith(".json")) {
      continue;
    }
    const origin = `${label}: ${printable(name)}`;
    if (entry.uncompressedSize > limits.maxAdvisoryBytes || entry.compressedSize > limits.maxAdvisoryBytes) {
      yield { origin, problem: `the record is larger than ${limits.maxAdvisoryBytes} bytes` };
      continue;
    }
    let json: Buffer;
    try {
      json = readEntry(file, entry);
    } catch (error) {
      throw malformed(origin, error);
    }
    total += json.length;
    if (total > maxTotal) {
      throw exceeded(label, `it inflates to more than ${maxTotal} bytes`);
    }
    yield { origin, json };
  }
}

const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;
/** Of the extra field in the local header, which may differ from that in the directory; a longer one costs another read. */
const EXPECTED_EXTRA_BYTES = 64;

/** Reads an entry at once: a turn of the thread pool for each of 100,000 small entries takes longer than everything else. */
function readEntry(file: FileHandle, entry: Entry): Buffer {
  if (entry.isEncrypted() || (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)) {
    throw new Error(`it is encrypted or compressed with method ${entry.compressionMethod}`);
  }
  const packed = readPacked(file, entry);
  // a stream would take twice as long; the declared size was checked and is enforced here
  const bytes =
    entry.compressionMethod === STORED
      ? packed
      : inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
  if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32) {
    throw new Error("its size or checksum is not the one in the directory");
  }
  return bytes;
}

/** The content of an entry as it is stored (APPNOTE 4.3.7): behind the local header, whose own lengths count. */
function readPacked(file: FileHandle, entry: Entry): Buffer {
  const offset = entry.relativeOffsetOfLocalHeader;
  const guess = LOCAL_HEADER_BYTES + entry.fileNameRaw.length + EXPECTED_EXTRA_BYTES + entry.compressedSize;
  const head = readAt(file, offset, guess);
  if (head.length < LOCAL_HEADER_BYTES || head.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw new Error("there is no entry where the directory says");
  }
  const start = LOCAL_HEADER_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  const end = start + entry.compressedSize;
  const packed = end <= head.length ? head.subarray(start, end) : readAt(file, offset + start, entry.compressedSize);
  if (packed.length !== entry.compressedSize) {
    throw new Error("the archive ends inside it");
  }
  return packed;
}

function readAt(file: FileHandle, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file.fd, buffer, filled, length - filled, position + filled);
    if (count === 0) {
      break;
    }
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function printable(name: string): string {
  return name.slice(0, 200).toWellFormed().replaceAll(/\p{C}/gu, "?");
}

function malformed(label: string, cause: unknown): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError("ADVISORY_SOURCE_MALFORMED", `${label} is a broken archive: ${messageOf(cause)}`, {
    cause,
  });
}

function exceeded(label: string, why: string): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError("ADVISORY_SOURCE_LIMIT_EXCEEDED", `${label} was refused: ${why}`);
}

// SPDX-License-Identifier: Apache-2.0
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
    const json = await readEntry(zip, file, entry).catch((error: unknown) => {
      throw malformed(origin, error);
    });
    total += json.length;
    if (total > maxTotal) {
      throw exceeded(label, `it inflates to more than ${maxTotal} bytes`);
    }
    yield { origin, json };
  }
}

async function readEntry(zip: ZipFile, file: FileHandle, entry: Entry): Promise<Buffer> {
  if (entry.isEncrypted() || (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)) {
    throw new Error(`it is encrypted or compressed with method ${entry.compressionMethod}`);
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = Buffer.allocUnsafe(entry.compressedSize);
  const { bytesRead } = await file.read(packed, 0, packed.length, fileDataStart);
  if (bytesRead !== packed.length) {
    throw new Error("the archive ends inside it");
  }
  // a stream for each of 100,000 small entries takes twice as long; the declared size was checked and is enforced here
  const bytes =
    entry.compressionMethod === STORED
      ? packed
      : inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
  if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32) {
    throw new Error("its size or checksum is not the one in the directory");
  }
  return bytes;
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

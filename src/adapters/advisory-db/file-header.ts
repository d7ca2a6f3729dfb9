// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { messageOf } from "#base";
import { AdvisoryDatabaseError } from "./errors.ts";
import { APPLICATION_ID, FORMAT_VERSION } from "./schema.ts";

const HEADER_BYTES = 100;

/**
 * Checks the SQLite header (https://www.sqlite.org/fileformat.html section 1.3) before SQLite sees the file: that it is one
 * of ours, of a format version that is read here, and as long as it says. Returns its size in bytes.
 */
export function checkShardHeader(path: string): number {
  const header = Buffer.alloc(HEADER_BYTES);
  let size: number;
  try {
    const descriptor = openSync(path, "r");
    try {
      size = fstatSync(descriptor).size;
      readSync(descriptor, header, 0, HEADER_BYTES, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing
      ? new AdvisoryDatabaseError("ADVISORY_DATABASE_CORRUPT", `the advisory database lacks its file ${path}`, {
          cause: error,
          details: { file: path },
        })
      : new AdvisoryDatabaseError("ADVISORY_DATABASE_FOREIGN", `cannot read ${path}: ${messageOf(error)}`, {
          cause: error,
        });
  }
  const details = { file: path };
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0" || header.readUInt32BE(68) !== APPLICATION_ID) {
    throw new AdvisoryDatabaseError("ADVISORY_DATABASE_FOREIGN", `${path} is not an advisory database of Haechi`, {
      details,
    });
  }
  const version = header.readUInt32BE(60);
  if (version > FORMAT_VERSION) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_NEWER",
      `${path} has format version ${version}, made by a newer Haechi; this one reads version ${FORMAT_VERSION}. Update Haechi, or build the database again with this version`,
      { details: { ...details, version, supported: FORMAT_VERSION } },
    );
  }
  if (version < FORMAT_VERSION) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_OLDER",
      `${path} has format version ${version}, which is no longer read: a database is a folder now. Run the same “haechi db import” or “haechi db build” again, which makes the folder, then delete the old file`,
      { details: { ...details, version, supported: FORMAT_VERSION } },
    );
  }
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  if (size !== pageSize * header.readUInt32BE(28)) {
    throw new AdvisoryDatabaseError("ADVISORY_DATABASE_CORRUPT", `${path} is cut off or has been changed`, { details });
  }
  return size;
}

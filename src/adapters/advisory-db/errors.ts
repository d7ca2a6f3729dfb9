// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

/** Why an advisory database could not be read, or data could not be imported. The database file in use stays as it was. */
export type AdvisoryDatabaseErrorCode =
  /** There is no such folder. */
  | "ADVISORY_DATABASE_MISSING"
  /** Not an advisory database at all, or a single shard of one. */
  | "ADVISORY_DATABASE_FOREIGN"
  /** Written by a newer Haechi, in a format that this one does not know. */
  | "ADVISORY_DATABASE_NEWER"
  /** Written by an older Haechi, in a format that is no longer read, such as a single file: import or build it again. */
  | "ADVISORY_DATABASE_OLDER"
  /** Cut off or damaged, or its content does not have the digest that it says. */
  | "ADVISORY_DATABASE_CORRUPT"
  /** The file cannot be written (folder, permission, space). */
  | "ADVISORY_DATABASE_UNWRITABLE"
  /** Another import or update finished while this one ran. */
  | "ADVISORY_DATABASE_CHANGED"
  /** Neither signed by a trusted key or identity nor pinned by its digest. */
  | "ADVISORY_DATABASE_UNTRUSTED"
  /** Signed, but older than the data in use: somebody may be holding updates back. */
  | "ADVISORY_DATABASE_OLDER_DATA"
  /** No reference to update from is configured or given. */
  | "ADVISORY_REFERENCE_REQUIRED"
  /** The file or folder to import from does not exist. */
  | "ADVISORY_SOURCE_MISSING"
  /** The address to import from did not answer, or not with the data. */
  | "ADVISORY_SOURCE_UNREACHABLE"
  /** Plain HTTP to another machine without permission. */
  | "ADVISORY_SOURCE_INSECURE"
  /** Not a zip archive, or a broken one. */
  | "ADVISORY_SOURCE_MALFORMED"
  /** An archive or record is larger than the limits allow. */
  | "ADVISORY_SOURCE_LIMIT_EXCEEDED"
  /** It was read, but it holds nothing for what was asked for. */
  | "ADVISORY_SOURCE_EMPTY"
  /** A bucket needs to be told which ecosystems are wanted. */
  | "ADVISORY_ECOSYSTEM_REQUIRED"
  /** No such ecosystem in the OSV schema, or the bucket does not have it. */
  | "ADVISORY_ECOSYSTEM_UNKNOWN"
  /** The import was interrupted. */
  | "ADVISORY_IMPORT_ABORTED";

/** An expected failure of reading or building an advisory database. */
export class AdvisoryDatabaseError extends CodedError<AdvisoryDatabaseErrorCode> {
  override readonly name = "AdvisoryDatabaseError";
}

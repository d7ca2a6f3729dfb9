// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

/** What can go wrong with the database in a way somebody can do something about; texts: message ids `database.<CODE>`. */
export type DatabaseErrorCode =
  /** Another Haechi process uses the data folder. Details: `pid`, `folder`. */
  | "DATABASE_IN_USE"
  /** The schema was made by a newer Haechi. Details: `migration`. */
  | "DATABASE_NEWER"
  /** The data folder belongs to another major version of PostgreSQL. Details: `found`, `expected`, `folder`. */
  | "DATABASE_OTHER_MAJOR"
  /** An external PostgreSQL below version 15. Details: `version`. */
  | "DATABASE_TOO_OLD"
  /** An external database that is not UTF8. Details: `encoding`. */
  | "DATABASE_ENCODING"
  /** The server does not answer or is (re)starting. Details of an external one: `host`, `reason`. */
  | "DATABASE_UNAVAILABLE"
  /** The setting is not the URL of a PostgreSQL. Details: `reason`, which holds nothing of the URL. */
  | "DATABASE_URL_INVALID"
  /** No server has the name in the URL. Details: `host`. */
  | "DATABASE_HOST_UNKNOWN"
  /** An external server refuses the role or its password. Details: `host`, `user`, `reason`. */
  | "DATABASE_LOGIN_REFUSED"
  /** An external server has no database of that name. Details: `host`, `database`, `user`. */
  | "DATABASE_MISSING"
  /** The embedded server did not start. Details: `reason`. */
  | "DATABASE_START_FAILED"
  /** No embedded PostgreSQL for this platform. Details: `platform`. */
  | "EMBEDDED_UNSUPPORTED"
  /** We are root and there is no unprivileged account to run PostgreSQL. Details: `accounts`. */
  | "SYSTEM_ACCOUNT_MISSING"
  /** The unprivileged account cannot enter the data folder, nor is there a folder to fall back to. Details: `account`, `folder`, `fallback`. */
  | "DATA_FOLDER_UNREACHABLE"
  /** The data folder belongs to another account. Details: `folder`, `owner`, `account`. */
  | "DATA_FOLDER_OWNER"
  /** No space left for the database. */
  | "DISK_FULL"
  /** A migration failed and was rolled back; the data is as it was. */
  | "MIGRATION_FAILED"
  /** The backup before a migration could not be written, so the migration did not run. Details: `folder`. */
  | "BACKUP_FAILED"
  /** A backup that cannot be restored here. Details: `folder`, `reason`. */
  | "BACKUP_INVALID"
  /** A backup is restored into an empty database only. Details: `folder` (the backup), `database` (what to move away). */
  | "DATABASE_NOT_EMPTY"
  /** The key is wrong and a new one lies beside it: `haechi admin rotate-key` was interrupted and must run again. Details: `file`, `newFile`. */
  | "KEY_ROTATION_UNFINISHED"
  /** The secret key is not the one that the secrets were encrypted with. Details: `folder` (of the database; of an external one host and name). */
  | "SECRET_KEY_WRONG"
  /** The secret key file is malformed or readable by others. Details: `file`, `reason`. */
  | "SECRET_KEY_FILE"
  /** A stored secret does not decrypt although the key is right: it was damaged or swapped. Details: `name`. */
  | "SECRET_DAMAGED"
  /** There is an account of that name. */
  | "ACCOUNT_EXISTS"
  /** There is no account of that name. */
  | "ACCOUNT_UNKNOWN"
  /** The change would leave no administrator who may sign in. */
  | "LAST_ADMINISTRATOR"
  /** There is no such access key, or it cannot be used any more. */
  | "ACCESS_KEY_UNKNOWN"
  /** The account has two usable access keys already. */
  | "ACCESS_KEYS_FULL"
  /** A password longer than the limit. Details: `maxBytes`. */
  | "PASSWORD_TOO_LONG";

/** An expected failure of the database or of what it needs. */
export class DatabaseError extends CodedError<DatabaseErrorCode> {
  override readonly name: string = "DatabaseError";
}

// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type ServerErrorCode =
  /** Another program listens on the address. */
  | "PORT_BUSY"
  /** The account may not open the port. */
  | "PORT_FORBIDDEN"
  /** The address is none of this machine. */
  | "ADDRESS_UNUSABLE"
  /** The first administrator's password file is missing, too short or too long. */
  | "PASSWORD_FILE_INVALID"
  /** The data folder cannot be made or written. */
  | "DATA_FOLDER_UNUSABLE"
  /** The blobs in the data folder belong to another database, which would lose them. */
  | "STORAGE_OF_ANOTHER"
  /** Others than this machine reach the admission listener, and nothing says who may ask. */
  | "CALLERS_UNSET";

/** The server cannot start; the message says what to change. */
export class ServerError extends CodedError<ServerErrorCode> {
  override readonly name: string = "ServerError";
}

// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";
import { DatabaseError } from "./errors.ts";

/** Codes of Node and SQLSTATEs with which a server says that it is not there (yet, or any more). */
const UNAVAILABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "57P01",
  "57P02",
  "57P03",
  "53300",
]);

/** Messages of `pg` and `pg-pool` that have no code. */
const UNAVAILABLE_MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/;

/** The error of `pg` as a coded error where somebody can act on it; anything else (a bug) as it came. */
export function toDatabaseError(error: unknown): Error {
  if (!(error instanceof Error)) {
    return new Error(String(error));
  }
  if (error instanceof CodedError) {
    return error;
  }
  const code = sqlState(error);
  if (code === "53100" || code === "ENOSPC") {
    return new DatabaseError("DISK_FULL", "the disk of the database is full", { cause: error });
  }
  if (UNAVAILABLE.has(code ?? "") || code?.startsWith("08") === true || UNAVAILABLE_MESSAGES.test(error.message)) {
    // Two addresses that both refuse make an error without a message.
    const reason = error.message === "" ? (code ?? error.name) : error.message;
    return new DatabaseError("DATABASE_UNAVAILABLE", `the database does not answer: ${reason}`, {
      cause: error,
      details: { host: "", reason },
    });
  }
  return error;
}

/** The SQLSTATE (or system error code) of an error, also of one that was already made into a coded error. */
export function sqlState(error: unknown): string | undefined {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    if (!(each instanceof CodedError) && "code" in each && typeof each.code === "string") {
      return each.code;
    }
  }
  return undefined;
}

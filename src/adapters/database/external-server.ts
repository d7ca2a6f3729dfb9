// SPDX-License-Identifier: Apache-2.0
import pg from "pg";
import { DatabaseError } from "./errors.ts";
import { sqlState } from "./postgres-errors.ts";

const SCHEME = /^postgres(?:ql)?:\/\//i;

/** Which server and database a URL leads to; never its password. */
export interface ExternalServer {
  /** `host:port`, or the folder of a Unix socket. */
  readonly host: string;
  readonly database: string;
  readonly user: string;
}

/** What the URL of an external database leads to. Throws `DATABASE_URL_INVALID`, which holds nothing of the URL: there is a password in it. */
export function parseDatabaseUrl(url: string): ExternalServer {
  if (!SCHEME.test(url)) {
    throw invalidUrl("it does not begin with postgresql://");
  }
  try {
    const { host, port, database, user } = new pg.Client({ connectionString: url });
    return {
      host: host.startsWith("/") ? host : `${host}:${port}`,
      database: database ?? "",
      user: user ?? "",
    };
  } catch {
    // What was thrown quotes the whole URL.
    throw invalidUrl("host, port, name and password cannot be told apart (special characters must be percent-encoded)");
  }
}

/**
 * The error of a connection, with the server that it is about, and told apart by what has to be changed. What is not about
 * the connection comes back as it is.
 */
export function explainConnectionError(error: Error, { host, database, user }: ExternalServer): Error {
  const state = sqlState(error) ?? "";
  const options = { cause: error };
  if (state === "28P01" || state === "28000") {
    const reason = rootMessage(error);
    return new DatabaseError(
      "DATABASE_LOGIN_REFUSED",
      `the PostgreSQL at ${host} refuses the role ${user}: ${reason}; check name and password in DATABASE_URL, and pg_hba.conf of the server`,
      { ...options, details: { host, user, reason } },
    );
  }
  if (state === "3D000") {
    return new DatabaseError(
      "DATABASE_MISSING",
      `the PostgreSQL at ${host} has no database ${database}: make it (createdb --owner ${user} --encoding UTF8 --template template0 ${database}), or correct DATABASE_URL`,
      { ...options, details: { host, database, user } },
    );
  }
  if (state === "ENOTFOUND") {
    return new DatabaseError(
      "DATABASE_HOST_UNKNOWN",
      `the host of the database, ${host}, is unknown: check the name in DATABASE_URL, and the DNS of this machine`,
      { ...options, details: { host } },
    );
  }
  if (error instanceof DatabaseError && error.code === "DATABASE_UNAVAILABLE") {
    return unavailable(host, rootMessage(error), error);
  }
  return error;
}

/** `DATABASE_UNAVAILABLE` with the server and the cause. */
export function unavailable(host: string, reason: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    "DATABASE_UNAVAILABLE",
    `the database at ${host} does not answer: ${reason}; check that it runs and that DATABASE_URL leads to it`,
    { cause, details: { host, reason } },
  );
}

/** What the server or the system said. Names of two addresses that both refuse make an error without a message. */
export function rootMessage(error: Error): string {
  const root = error instanceof DatabaseError && error.cause instanceof Error ? error.cause : error;
  return root.message === "" ? (sqlState(root) ?? root.name) : root.message;
}

function invalidUrl(reason: string): DatabaseError {
  return new DatabaseError(
    "DATABASE_URL_INVALID",
    `DATABASE_URL is not the URL of a PostgreSQL: ${reason}; it looks like postgresql://NAME:PASSWORD@HOST:5432/DATABASE`,
    { details: { reason } },
  );
}

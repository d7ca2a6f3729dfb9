// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import { HttpError } from "./errors.ts";

/** A failure of the network as a coded error; one that is coded already stays as it is. */
export function networkError(url: URL, error: unknown): HttpError {
  if (error instanceof HttpError) {
    return error;
  }
  const code = networkCode(error);
  const isTimeout = code.includes("TIMEOUT") || code === "ETIMEDOUT";
  const message = error instanceof AggregateError ? messageOf(error.errors[0]) : messageOf(error);
  // Node.js adds advice about its own options, which nobody can give here
  const [why = ""] = message.split("; if the root CA is installed locally");
  return new HttpError(
    isTimeout ? "HOST_TIMEOUT" : "HOST_UNREACHABLE",
    isTimeout ? `${url.host} does not answer in time` : `${url.host} cannot be reached: ${why}`,
    { cause: error, details: { host: url.host, reason: code } },
  );
}

/** Trying again does not help against a wrong certificate or a name that does not exist; who was silent for a minute stays so. */
export function isFinalFailure(error: unknown): boolean {
  return (
    error instanceof HttpError || /CERT|SSL|TLS|SIGNATURE|ENOTFOUND|ECONNREFUSED|ERR_INVALID/.test(networkCode(error))
  );
}

/** The code that the runtime gives a failure of a connection, or an empty text. */
function networkCode(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return typeof inner === "object" && inner !== null && "code" in inner && typeof inner.code === "string"
    ? inner.code
    : "";
}

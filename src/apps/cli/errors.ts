// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type UsageErrorCode =
  /** No such command. */
  | "COMMAND_UNKNOWN"
  /** An option that the command does not have, or a value that it does not take. */
  | "OPTION_INVALID"
  /** A word is missing or too many. */
  | "ARGUMENT_INVALID";

/** The command line was typed wrongly; the message says how, the program then names the help. */
export class UsageError extends CodedError<UsageErrorCode> {
  override readonly name: string = "UsageError";
}

export type GateErrorCode =
  /** No webhook configuration of that name is in the cluster. */
  "WEBHOOKS_MISSING";

/** A gate command that cannot do what it was asked. */
export class GateError extends CodedError<GateErrorCode> {
  override readonly name: string = "GateError";
}

export type ServerErrorCode =
  /** No answer from the server. */
  | "SERVER_UNREACHABLE"
  /** The server's own code and message: login failed, permission missing, policies not valid. */
  | "SERVER_REFUSED";

/** A server that a command asked and that did not give a result. */
export class ServerError extends CodedError<ServerErrorCode> {
  override readonly name: string = "ServerError";
}

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

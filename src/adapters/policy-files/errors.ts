// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type PolicyFileErrorCode =
  /** A policy file does not exist, cannot be read or is too large. */
  "POLICY_FILE_UNREADABLE";

/** A policy file whose bytes could not be had; what is wrong inside a file is a PolicyError. */
export class PolicyFileError extends CodedError<PolicyFileErrorCode> {
  override readonly name: string = "PolicyFileError";
}

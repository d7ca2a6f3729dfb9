// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type PolicyFileErrorCode =
  /** A policy file does not exist, cannot be read or is too large. */
  | "POLICY_FILE_UNREADABLE"
  /** A file that `registry.requireSignatures` names cannot be read, or says nothing about signatures; `problems` lists all of them. */
  | "REQUIRED_SIGNATURES_INVALID";

/** A policy file whose bytes could not be had, or one of `registry.requireSignatures`; what is wrong inside a policy document is a PolicyError. */
export class PolicyFileError extends CodedError<PolicyFileErrorCode> {
  override readonly name: string = "PolicyFileError";
}

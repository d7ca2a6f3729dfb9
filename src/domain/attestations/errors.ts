// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type AttestationErrorCode =
  /** A condition of a policy is no expression, is too long or too nested, or uses what conditions may not use. */
  | "CONDITION_INVALID"
  /** Signed bytes are not an in-toto statement of a version that is supported. */
  | "STATEMENT_INVALID"
  /** A predicate of ours (verdict, scan) does not have the form that its type promises. */
  | "PREDICATE_INVALID";

/** An attestation or a condition on one that cannot be used; the message says what was expected and what was found. */
export class AttestationError extends CodedError<AttestationErrorCode> {
  override readonly name: string = "AttestationError";
}

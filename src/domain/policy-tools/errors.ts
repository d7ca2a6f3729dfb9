// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type PolicyToolsErrorCode =
  /** A file of policy tests cannot be used; the message lists what is wrong. */
  "POLICY_TEST_INVALID";

/** Input of the policy tools that cannot be used. */
export class PolicyToolsError extends CodedError<PolicyToolsErrorCode> {
  override readonly name: string = "PolicyToolsError";
}

// SPDX-License-Identifier: Apache-2.0
import { compileConditions } from "#attestations";
import { messageOf } from "#base";

/** What is wrong with a condition on attestations, the part of the policy language that the domain does not read by itself. */
export function checkCondition(condition: string): string | undefined {
  try {
    compileConditions([condition]);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

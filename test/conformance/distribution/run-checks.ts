// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import { type Check, type CheckOutcome, UnsupportedError } from "./check.ts";
import type { RegistryUnderTest } from "./registry-under-test.ts";

/** What came of one check; `message` says what was found when it failed. */
export interface CheckResult {
  readonly outcome: CheckOutcome;
  readonly message?: string;
}

/** Runs one check; never throws. */
export async function runCheck(check: Check, registry: RegistryUnderTest): Promise<CheckResult> {
  try {
    await check.run(registry);
    return { outcome: "pass" };
  } catch (error) {
    if (error instanceof UnsupportedError) {
      return { outcome: "unsupported" };
    }
    return { outcome: "fail", message: messageOf(error) };
  }
}

// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import { type Check, type CheckOutcome, checkId, NotApplicableError, UnsupportedError } from "./check.ts";
import type { RegistryUnderTest } from "./registry-under-test.ts";

const CHECKS_AT_ONCE = 6;

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
    if (error instanceof NotApplicableError) {
      return { outcome: "not-applicable" };
    }
    return { outcome: "fail", message: messageOf(error) };
  }
}

/** Runs all of them, some at a time; what came of each, in their order. */
export async function runChecks(
  checks: readonly Check[],
  registry: RegistryUnderTest,
): Promise<ReadonlyMap<string, CheckResult>> {
  const results = new Map<string, CheckResult>();
  const waiting = [...checks];
  const workers = Array.from({ length: CHECKS_AT_ONCE }, async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      results.set(checkId(check), await runCheck(check, registry));
    }
  });
  await Promise.all(workers);
  return new Map(
    checks.map((check) => [checkId(check), results.get(checkId(check)) ?? { outcome: "fail", message: "not run" }]),
  );
}

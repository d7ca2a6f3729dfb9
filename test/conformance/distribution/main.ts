// SPDX-License-Identifier: Apache-2.0
import { ALL_CHECKS } from "./all-checks.ts";
import { CHECK_OUTCOMES, checkId } from "./check.ts";
import { RegistryUnderTest } from "./registry-under-test.ts";
import { runChecks } from "./run-checks.ts";
import { foreignTarget } from "./target.ts";

const target = foreignTarget();
if (target === undefined) {
  process.stderr.write("HAECHI_CONFORMANCE_URL says which registry to check\n");
  process.exitCode = 2;
} else {
  const registry = new RegistryUnderTest(target.url, target.credentials);
  const results = await runChecks(ALL_CHECKS, registry);
  registry.close();
  for (const check of ALL_CHECKS) {
    const { outcome = "fail", message } = results.get(checkId(check)) ?? {};
    const why = message === undefined ? "" : ` (${message.replaceAll(/\s+/g, " ").slice(0, 300)})`;
    process.stdout.write(`${outcome}\t${check.level}\t${checkId(check)}${why}\n`);
  }
  const outcomes = [...results.values()].map(({ outcome }) => outcome);
  const counts = CHECK_OUTCOMES.map((each) => `${outcomes.filter((outcome) => outcome === each).length} ${each}`);
  process.stdout.write(`${counts.join(", ")}\n`);
  process.exitCode = outcomes.includes("fail") ? 1 : 0;
}

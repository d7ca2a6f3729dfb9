// SPDX-License-Identifier: Apache-2.0
import { benchAdmission } from "./admission-bench.ts";
import { benchAdmissionLimits } from "./admission-limits-bench.ts";
import { benchAdvisories } from "./advisory-bench.ts";
import { benchKubernetes } from "./kubernetes-bench.ts";
import { benchRegistry } from "./registry-bench.ts";
import { benchRegistryStorage } from "./registry-storage-bench.ts";
import { type BenchReport, describeLoad, describeMachine, renderReport } from "./report.ts";
import { benchScan } from "./scan-bench.ts";
import { benchScanGrowth } from "./scan-growth-bench.ts";
import { benchServer } from "./server-bench.ts";
import { benchSignatures } from "./signature-bench.ts";
import { benchVerify } from "./verify-bench.ts";

/**
 * `npm run bench [-- NAME…]`: measures us and the peers in one run and prints Markdown tables. Nothing fails when an
 * aim is missed; what the figures mean is in docs/benchmarks.md.
 */
const BENCHES: Readonly<Record<string, () => Promise<BenchReport>>> = {
  scan: benchScan,
  "scan-growth": benchScanGrowth,
  advisories: benchAdvisories,
  registry: benchRegistry,
  "registry-storage": benchRegistryStorage,
  admission: benchAdmission,
  "admission-limits": benchAdmissionLimits,
  kubernetes: benchKubernetes,
  server: benchServer,
  signatures: benchSignatures,
  verify: benchVerify,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(`no such bench: ${unknown.join(", ")} (there are ${Object.keys(BENCHES).join(", ")})\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`${describeMachine()}\n`);
  for (const [name, run] of Object.entries(BENCHES)) {
    if (asked.length === 0 || asked.includes(name)) {
      const before = describeLoad();
      const report = await run();
      process.stdout.write(`\n${renderReport(report)}- Before: ${before}; after: ${describeLoad()}.\n`);
    }
  }
}

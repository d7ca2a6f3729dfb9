// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "#configuration";
import { startDockerRegistry } from "../../support/docker-registry.ts";
import { startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../../support/registry-server.ts";
import { runTool } from "../../support/run-tool.ts";
import { describeWithTools, tool } from "../../support/tools.ts";
import { ALL_CHECKS } from "./all-checks.ts";
import { type CheckOutcome, checkId } from "./check.ts";
import { keepConformanceResults, readConformanceResults, type TestedRegistry } from "./conformance-results.ts";
import { RegistryUnderTest } from "./registry-under-test.ts";
import { runCheck } from "./run-checks.ts";
import { type ForeignTarget, foreignTarget, isKeepingResults } from "./target.ts";

const CHECKS_AT_ONCE = 6;
const foreign = foreignTarget();

it("every check has a name of its own", () => {
  const ids = ALL_CHECKS.map(checkId);
  expect(new Set(ids).size).toBe(ids.length);
});

// Not `skipIf`: what is skipped in CI is a failure there.
if (foreign === undefined) {
  testOwnRegistryAndPeer();
} else {
  testForeignRegistry(foreign);
}

function testOwnRegistryAndPeer(): void {
  describe("haechi", () => {
    let server: TestRegistry;
    let registry: RegistryUnderTest;
    const outcomes = new Map<string, CheckOutcome>();

    beforeAll(async () => {
      server = await startTestRegistry();
      registry = new RegistryUnderTest(server.url, { username: "admin", password: TEST_ACCOUNTS.admin.password });
    });

    afterAll(async () => {
      registry.close();
      await server[Symbol.asyncDispose]();
      await compareOrKeep("haechi", VERSION, outcomes);
    });

    it.each(ALL_CHECKS)("$clause ($level): $name", async (check) => {
      const result = await runCheck(check, registry);
      outcomes.set(checkId(check), result.outcome);
      expect(result).toEqual({ outcome: "pass" });
    });
  });

  // What the peer does is known, not asked for: the page tells it, and this tells when the page is wrong.
  describeWithTools("docker-registry", ["docker-registry"], () => {
    it("does what the page says", { timeout: 300_000 }, async () => {
      const outcomes = new Map<string, CheckOutcome>();
      await using peer = await startDockerRegistry();
      const registry = new RegistryUnderTest(`http://${peer.host}`);
      const waiting = [...ALL_CHECKS];
      const workers = Array.from({ length: CHECKS_AT_ONCE }, async () => {
        for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
          const { outcome, message } = await runCheck(check, registry);
          outcomes.set(checkId(check), outcome);
          if (outcome === "fail" && isKeepingResults()) {
            process.stderr.write(`docker-registry: ${checkId(check)}: ${message ?? ""}\n`);
          }
        }
      });
      await Promise.all(workers);
      registry.close();
      const { stdout } = await runTool(tool("docker-registry"), ["--version"]);
      await compareOrKeep("docker-registry", /\d[\w.+~-]*/.exec(stdout)?.[0] ?? "", outcomes);
    });
  });
}

function testForeignRegistry({ url, credentials }: ForeignTarget): void {
  describe("the registry of HAECHI_CONFORMANCE_URL", () => {
    it.each(ALL_CHECKS)("$clause ($level): $name", async (check) => {
      const registry = new RegistryUnderTest(url, credentials);
      const { outcome, message } = await runCheck(check, registry);
      registry.close();
      expect({ outcome: outcome === "unsupported" ? "pass" : outcome, message }).toEqual({ outcome: "pass" });
    });
  });
}

/** The page is made of the kept results. `HAECHI_CONFORMANCE_KEEP=1` keeps those of this run. */
async function compareOrKeep(
  registry: TestedRegistry,
  version: string,
  outcomes: ReadonlyMap<string, CheckOutcome>,
): Promise<void> {
  if (isKeepingResults()) {
    await keepConformanceResults(registry, version, outcomes);
    return;
  }
  const { notPassed } = await readConformanceResults();
  expect(Object.fromEntries([...outcomes].filter(([, outcome]) => outcome !== "pass"))).toEqual(notPassed[registry]);
}

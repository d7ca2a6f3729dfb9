// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "#configuration";
import { startDockerRegistry } from "../../support/docker-registry.ts";
import { startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../../support/registry-server.ts";
import { runTool } from "../../support/run-tool.ts";
import { describeWithTools, tool } from "../../support/tools.ts";
import { ALL_CHECKS } from "./all-checks.ts";
import { type CheckOutcome, checkId } from "./check.ts";
import { checksOf, REQUIREMENTS } from "./clauses.ts";
import { keepConformanceResults, readConformanceResults, type TestedRegistry } from "./conformance-results.ts";
import { RegistryUnderTest } from "./registry-under-test.ts";
import { runCheck } from "./run-checks.ts";
import { isKeepingResults } from "./target.ts";

/** On a machine that is busy with everything else. */
const START_WITHIN_MS = 60_000;
/** What haechi leaves out, as the specification allows, and what does not come up at it. Everything else passes. */
const HAECHI_LEAVES_OUT: Readonly<Record<string, CheckOutcome>> = {
  "Conditional requests: a push to a tag with If-Match of an older entity tag, is 412 and moves nothing": "unsupported",
  "Conditional requests: a push to a tag with If-None-Match: *, where the tag is there, is 412 and moves nothing":
    "unsupported",
  "Pushing a blob in chunks: OCI-Chunk-Min-Length, if it is there, is a number": "not-applicable",
  "Warnings: a Warning, if there is one, has the code 299, the agent - and no date, and there are at most 4096 bytes":
    "not-applicable",
};
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

describe("the checks", () => {
  it("have a name each", () => {
    const ids = ALL_CHECKS.map(checkId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("look at each requirement of the specification that can be seen, and what they name is there", () => {
    const unused = REQUIREMENTS.flatMap((requirement) =>
      requirement.checks.filter((pattern) => checksOf({ ...requirement, checks: [pattern] }, ALL_CHECKS).length === 0),
    );
    expect(unused).toEqual([]);
    const unseen = REQUIREMENTS.filter(({ checks }) => checks.length === 0);
    expect(unseen.filter((requirement) => requirement.unseen === undefined)).toEqual([]);
  });

  it("that call themselves a MUST or SHOULD are of a requirement", () => {
    const covered = new Set(REQUIREMENTS.flatMap((requirement) => checksOf(requirement, ALL_CHECKS)));
    const others = ALL_CHECKS.filter((check) => check.level === "MUST" || check.level === "SHOULD");
    expect(others.filter((check) => !covered.has(check)).map(checkId)).toEqual([]);
  });

  it("fail, but for what may be left out, at a server that answers 200 to everything", async () => {
    const outcomes = await outcomesAt(200);
    const passed = ALL_CHECKS.map(checkId).filter((id) => outcomes.get(id) === "pass");
    expect(passed).toEqual(["Determining Support: GET /v2/ is answered with 200"]);
  });

  it("fail at a server that answers 500 to everything", async () => {
    expect([...(await outcomesAt(500))].filter(([, outcome]) => outcome !== "fail")).toEqual([]);
  });

  it.each([
    "a range after the end",
    "n that is no number",
    "a method that there is not",
    "a path that there is not",
    "a digest of an algorithm that nobody knows",
  ])("fail for %s at a server that takes blobs and answers 500 to that", async (name) => {
    const outcomes = await outcomesAt(500, { POST: 202, PUT: 201 });
    expect(outcomes.get(`Error Codes: ${name} is answered with a code of the specification`)).toBe("fail");
  });
});

/** What comes of each check at a server that answers everything alike, or everything of a method. */
async function outcomesAt(
  status: number,
  ofMethods: Readonly<Record<string, number>> = {},
): Promise<ReadonlyMap<string, CheckOutcome>> {
  const server = createServer((request, response) => {
    const answer = ofMethods[request.method ?? ""] ?? status;
    request.resume().once("end", () => response.writeHead(answer, { location: "/upload", "content-length": 0 }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const registry = new RegistryUnderTest(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const outcomes = new Map<string, CheckOutcome>();
  for (const check of ALL_CHECKS) {
    outcomes.set(checkId(check), (await runCheck(check, registry)).outcome);
  }
  registry.close();
  server.close();
  return outcomes;
}

describe("haechi", () => {
  let server: TestRegistry;
  let registry: RegistryUnderTest;
  const outcomes = new Map<string, CheckOutcome>();

  beforeAll(async () => {
    server = await startTestRegistry();
    registry = new RegistryUnderTest(server.url, { username: "admin", password: TEST_ACCOUNTS.admin.password });
  }, START_WITHIN_MS);

  afterAll(async () => {
    registry.close();
    await server[Symbol.asyncDispose]();
    await compareOrKeep("haechi", VERSION, outcomes);
  });

  it.each(ALL_CHECKS)("$clause ($level): $name", async (check) => {
    const result = await runCheck(check, registry);
    outcomes.set(checkId(check), result.outcome);
    expect(result).toEqual({ outcome: HAECHI_LEAVES_OUT[checkId(check)] ?? "pass" });
  });
});

// What the peer does is known, not asked for: the page tells it, and this tells when the page is wrong.
describeWithTools("docker-registry", ["docker-registry"], () => {
  it("does what the page says, as the program for any registry finds it", { timeout: 300_000 }, async () => {
    await using peer = await startDockerRegistry();
    const environment = { HAECHI_CONFORMANCE_URL: `http://${peer.host}` };
    const { code, stdout, stderr } = await runTool(process.execPath, [MAIN], { environment });
    const lines = stdout.trimEnd().split("\n");
    const found = lines.slice(0, -1).map((line) => line.split("\t"));
    const outcomes = new Map(
      ALL_CHECKS.map((check, index) => {
        const [outcome = "", level, text = stderr] = found[index] ?? [];
        expect([level, text.slice(0, checkId(check).length)]).toEqual([check.level, checkId(check)]);
        return [checkId(check), outcome as CheckOutcome];
      }),
    );
    if (isKeepingResults()) {
      process.stderr.write(`${lines.filter((line) => line.startsWith("fail")).join("\n")}\n`);
    }
    function count(wanted: CheckOutcome): number {
      return [...outcomes.values()].filter((outcome) => outcome === wanted).length;
    }
    expect(lines.at(-1)).toBe(
      `${count("pass")} pass, ${count("fail")} fail, ${count("unsupported")} unsupported, ${count("not-applicable")} not-applicable`,
    );
    // what fails makes the program fail; what is left out counts as nothing else
    expect([code, count("fail") > 0, count("unsupported") > 0]).toEqual([1, true, true]);
    const { stdout: version } = await runTool(tool("docker-registry"), ["--version"]);
    await compareOrKeep("docker-registry", /\d[\w.+~-]*/.exec(version)?.[0] ?? "", outcomes);
  });
});

/** The page is made of the kept results. `HAECHI_CONFORMANCE_KEEP=1` keeps those of this run. */
async function compareOrKeep(
  registry: TestedRegistry,
  version: string,
  outcomes: ReadonlyMap<string, CheckOutcome>,
): Promise<void> {
  // what was not run has no result, and must not stand on the page as passed
  expect([...outcomes.keys()].toSorted()).toEqual(ALL_CHECKS.map(checkId).toSorted());
  if (isKeepingResults()) {
    await keepConformanceResults(registry, version, outcomes);
    return;
  }
  const { notPassed } = await readConformanceResults();
  expect(Object.fromEntries([...outcomes].filter(([, outcome]) => outcome !== "pass"))).toEqual(notPassed[registry]);
}

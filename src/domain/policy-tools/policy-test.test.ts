// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, factsNeeded, type PolicyDocument } from "#policy";
import { PolicyToolsError } from "./errors.ts";
import { parsePolicyTests } from "./policy-test.ts";
import { runPolicyTest } from "./run-policy-test.ts";
import { factsOfTest } from "./test-facts.ts";

const NOW = new Date("2026-11-22T00:00:00Z");

function policy(checks: NonNullable<PolicyDocument["repositories"][number]["policy"]>): readonly PolicyDocument[] {
  return [{ kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: checks }] }];
}

describe("files of policy tests", () => {
  it.each([
    { name: "an unknown field", text: "tests: [{image: a, expects: {outcome: allow}}]", message: "tests[0]" },
    {
      name: "an outcome that is none",
      text: "tests: [{image: a, expect: {outcome: ok}}]",
      message: "tests[0].expect.outcome",
    },
    {
      name: "an age that is none",
      text: "tests: [{image: a, facts: {age: old}, expect: {outcome: allow}}]",
      message: "facts.age",
    },
    { name: "neither image nor pod", text: "tests: [{expect: {outcome: allow}}]", message: "either image or pod" },
    { name: "two keys of one name", text: "tests: []\ntests: []", message: "not valid YAML" },
    { name: "nesting without end", text: `tests: ${"[".repeat(50_000)}`, message: "not" },
  ])("refuses $name", ({ text, message }) => {
    expect(() => parsePolicyTests(text, "f.yaml")).toThrow(PolicyToolsError);
    expect(() => parsePolicyTests(text, "f.yaml")).toThrow(message);
  });

  it("any text is tests or an error that says so", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parsePolicyTests(text, "f");
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyToolsError);
        }
      }),
    );
  });
});

describe("facts of a test", () => {
  it.each([
    { name: "an image that is too old", checks: { image: { maxAge: "90d" } }, facts: { age: "91d" }, outcome: "deny" },
    {
      name: "an image that is young enough",
      checks: { image: { maxAge: "90d" } },
      facts: { age: "89d" },
      outcome: "allow",
    },
    {
      name: "a scan that is too old",
      checks: { scan: { required: true, maxAge: "7d" } },
      facts: { scan: { age: "8d" } },
      outcome: "deny",
    },
    {
      name: "a package that must not be there",
      checks: { configuration: { packages: { deny: ["openssh-*"] } } },
      facts: { scan: { packages: ["openssh-server"] } },
      outcome: "deny",
    },
    {
      name: "an image that runs as root",
      checks: { configuration: { rootUser: "deny" } },
      facts: { user: "0" },
      outcome: "deny",
    },
    {
      name: "an image that does not",
      checks: { configuration: { rootUser: "deny" } },
      facts: { user: "1000" },
      outcome: "allow",
    },
    {
      name: "a scan that missed something",
      checks: { scan: { required: true } },
      facts: { scan: { status: "partial" } },
      outcome: "undecided",
    },
    {
      name: "no word about a signature that is asked for",
      checks: { trust: { enabled: true, trustOnFirstUse: true } },
      facts: {},
      outcome: "undecided",
    },
  ] as const)("$name: $outcome", ({ checks, facts, outcome }) => {
    const { failures } = runPolicyTest(
      { image: "nginx:1", facts, expect: { outcome } },
      { policies: policy(checks) },
      NOW,
    );
    expect(failures).toEqual([]);
  });

  it.each([
    { name: "a privileged Pod", privileged: true, expect: { outcome: "deny", reasons: ["PRIVILEGED"], policy: "p" } },
    { name: "one that is not", privileged: false, expect: { outcome: "allow" } },
  ] as const)("$name is judged by the checks of workloads", ({ privileged, expect: expected }) => {
    const documents: readonly PolicyDocument[] = [
      {
        kind: "ClusterImagePolicy",
        name: "p",
        repositories: [],
        isWorkloadOnly: true,
        workload: { privileged: "deny" },
      },
    ];
    const pod = { spec: { containers: [{ name: "c", image: "nginx:1", securityContext: { privileged } }] } };
    expect(runPolicyTest({ pod, expect: expected }, { policies: documents }, NOW).failures).toEqual([]);
  });

  it("are those that the gates' own function judges", () => {
    const question = { reference: "nginx:1", policies: policy({ vulnerability: { maxSeverity: "low" } }) };
    const scan = { vulnerabilities: [{ id: "CVE-1", severity: "medium" as const, package: "p" }] };
    const facts = factsOfTest({ scan }, { image: "nginx:1", trust: factsNeeded(question).trust, now: NOW });
    expect(evaluate({ ...question, facts, now: NOW }).reasons).toMatchObject([
      { code: "VULNERABILITY", params: { id: "CVE-1", severity: "medium" } },
    ]);
  });
});

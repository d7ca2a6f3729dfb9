// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { VulnerabilityFinding } from "#findings";
import { evaluate } from "./evaluate.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import { done, finding, image } from "./testdata/scanned-image.ts";
import type { Verdict } from "./verdict.ts";

const NOW = new Date("2026-07-01T00:00:00Z");
const KEV = { knownExploited: { added: "2026-05-01" } };
const EPSS = { epss: { score: 0.6, percentile: 0.99, date: "2026-06-01" } };
const LISTED = ["kev", "epss"] as const;

type Vulnerability = NonNullable<ImageChecks["vulnerability"]>;

function judge(
  vulnerability: Vulnerability,
  findings: readonly VulnerabilityFinding[],
  exploitation: readonly ("kev" | "epss")[] = LISTED,
): Verdict {
  const policies: readonly PolicyDocument[] = [
    { kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: { vulnerability } }] },
  ];
  return evaluate({
    reference: "registry.example/app:1",
    policies,
    facts: image({ scan: done({ findings, exploitation }) }),
    now: NOW,
  });
}

function brief({ outcome, reasons }: Verdict): readonly string[] {
  return [outcome, ...reasons.map(({ effect, code }) => `${effect} ${code}`)];
}

describe("grace", () => {
  it.each([
    {
      name: "is over: denied",
      with: { fixPublished: "2026-06-16T23:59:59Z" },
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "ends this very instant: denied",
      with: { fixPublished: "2026-06-17T00:00:00Z" },
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "is not over: warned",
      with: { fixPublished: "2026-06-17T00:00:01Z" },
      want: ["allow", "warn VULNERABILITY"],
    },
    { name: "nobody says since when: cannot tell", with: {}, want: ["undecided", "undecided FIX_DATE_UNKNOWN"] },
    {
      name: "a time that is still to come is no grace without end",
      with: { fixPublished: "2099-01-01T00:00:00Z" },
      want: ["undecided", "undecided FIX_DATE_UNKNOWN"],
    },
    {
      name: "a date that is none",
      with: { fixPublished: "lately" },
      want: ["undecided", "undecided FIX_DATE_UNKNOWN"],
    },
    {
      name: "there is no fix that could be late: denied as without grace",
      with: { fixedVersions: [] },
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "a version that does not compare has its grace, too",
      with: { state: "undecided" as const, fixPublished: "2026-06-30T00:00:00Z" },
      want: ["allow", "warn VULNERABILITY"],
    },
    {
      name: "and none after it",
      with: { state: "undecided" as const, fixPublished: "2026-01-01T00:00:00Z" },
      want: ["undecided", "undecided VULNERABILITY_UNDECIDED"],
    },
    { name: "an accepted severity needs no grace", with: { severity: "low" as const }, want: ["allow"] },
  ])("$name", ({ with: changes, want }) => {
    expect(brief(judge({ maxSeverity: "medium", grace: "14d" }, [finding(changes)]))).toEqual(want);
  });

  it("the verdict holds until the first grace ends", () => {
    const findings = ["2026-06-20T00:00:00Z", "2026-06-25T00:00:00Z"].map((fixPublished, at) =>
      finding({ id: `CVE-2026-000${at}`, fixPublished }),
    );
    expect(judge({ grace: "14d" }, findings).validUntil).toBe("2026-07-04T00:00:00.000Z");
  });
});

describe("what is exploited", () => {
  const UNFIXABLE = { fixedVersions: [], severity: "low" as const };
  it.each([
    {
      name: "is denied whatever severity, fix and grace say",
      checks: { maxSeverity: "critical", onlyFixable: true, grace: "90d", denyKnownExploited: true },
      findings: [finding({ ...UNFIXABLE, exploitation: KEV })],
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "passes where the policy does not ask",
      checks: { maxSeverity: "critical" },
      findings: [finding({ ...UNFIXABLE, exploitation: KEV })],
      want: ["allow"],
    },
    {
      name: "and not known to concern the version: cannot tell",
      checks: { maxSeverity: "critical", denyKnownExploited: true },
      findings: [finding({ state: "undecided", exploitation: KEV })],
      want: ["undecided", "undecided VULNERABILITY_UNDECIDED"],
    },
    {
      name: "a score above the limit is denied",
      checks: { maxSeverity: "critical", epssAbove: 0.5 },
      findings: [finding({ ...UNFIXABLE, exploitation: EPSS })],
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "the limit itself passes",
      checks: { maxSeverity: "critical", epssAbove: 0.6 },
      findings: [finding({ exploitation: EPSS })],
      want: ["allow"],
    },
  ] satisfies readonly {
    name: string;
    checks: Vulnerability;
    findings: readonly VulnerabilityFinding[];
    want: readonly string[];
  }[])("$name", ({ checks, findings, want }) => {
    expect(brief(judge(checks, findings))).toEqual(want);
  });

  it("a database that knows of no attacks does not say that there are none", () => {
    const checks: Vulnerability = { maxSeverity: "critical", denyKnownExploited: true, epssAbove: 0.5 };
    const unknown = "undecided EXPLOITATION_UNKNOWN";
    expect(brief(judge(checks, [finding()], []))).toEqual(["undecided", unknown, unknown]);
    expect(brief(judge(checks, [finding()], ["kev"]))).toEqual(["undecided", unknown]);
    expect(brief(judge(checks, [], []))).toEqual(["allow"]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { compileConditions, type InTotoStatement, toVerdictPredicate, VERDICT_PREDICATE_TYPE } from "#attestations";
import { digestHex, digestOf } from "#base";
import type { ScanReport } from "#findings";
import { requirementId, type SignatureResult } from "#signatures";
import { evaluate } from "./evaluate.ts";
import { factsNeeded } from "./facts-needed.ts";
import { foreignVerdictRequirement, VERDICT_TYPE } from "./foreign-verdict.ts";
import type { ImageFacts, ScanFacts } from "./image-facts.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import { PUBLIC_KEY } from "./testdata/material.ts";
import type { Verdict } from "./verdict.ts";

const DIGEST = digestOf("image");
const NOW = new Date("2026-07-01T00:00:00Z");

const PREDICATE = {
  image: { digest: DIGEST, reference: "r.example/a:1" },
  outcome: "allow",
  mode: "enforce",
  reasons: [],
  policy: { digest: digestOf("policy") },
  advisories: { digest: digestOf("database"), date: "2026-06-30T00:00:00Z" },
  evaluatedAt: "2026-06-30T12:00:00Z",
  isComplete: true,
  scanner: { name: "haechi", version: "1.0.0" },
} as const;

function statement(predicate: object, ...others: readonly string[]): InTotoStatement {
  const subject = [DIGEST, ...others.map((each) => digestOf(each))].map((digest) => ({
    name: "",
    digest: { sha256: digestHex(digest) },
  }));
  return { subject, predicateType: VERDICT_PREDICATE_TYPE, predicate } as unknown as InTotoStatement;
}

describe("the conditions of a verdict that stands in for a scan", () => {
  const { predicateType, conditions } = foreignVerdictRequirement([], "1d");
  const compiled = compileConditions(conditions);
  const outcomeOf = (each: InTotoStatement): string => compiled.evaluate(each, { left: 100_000 }).state;

  it("are about the predicate that we sign ourselves", () => {
    expect(predicateType).toBe(VERDICT_PREDICATE_TYPE);
    expect(VERDICT_TYPE).toBe(VERDICT_PREDICATE_TYPE);
    expect(outcomeOf(statement(toVerdictPredicate(PREDICATE)))).toBe("true");
  });

  it.each<{ readonly name: string; readonly predicate: object }>([
    { name: "a denial", predicate: { ...PREDICATE, outcome: "deny" } },
    { name: "cannot tell", predicate: { ...PREDICATE, outcome: "undecided" } },
    { name: "not complete", predicate: { ...PREDICATE, isComplete: false } },
    { name: "an allow with a reason against it", predicate: { ...PREDICATE, reasons: [{ effect: "deny" }] } },
    { name: "no policy", predicate: { ...PREDICATE, policy: { digest: "" } } },
    { name: "no policy digest", predicate: { ...PREDICATE, policy: {} } },
    {
      name: "another hash of the policy",
      predicate: { ...PREDICATE, policy: { digest: `x${PREDICATE.policy.digest}` } },
    },
    { name: "no database", predicate: { ...PREDICATE, advisories: { digest: "sha256:" } } },
    { name: "no word on the database", predicate: { ...PREDICATE, advisories: undefined } },
    { name: "another image", predicate: { ...PREDICATE, image: { digest: digestOf("other") } } },
    { name: "nothing", predicate: {} },
  ])("are not fulfilled by $name", ({ predicate }) => {
    expect(outcomeOf(statement(JSON.parse(JSON.stringify(predicate))))).not.toBe("true");
  });

  it("are not fulfilled by a verdict that lists other images beside its own", () => {
    expect(outcomeOf(statement(PREDICATE, "another image"))).toBe("false");
  });
});

const CHECKS: ImageChecks = {
  scan: { required: true, maxAge: "2d", acceptVerdictsFrom: [{ cosign: { key: PUBLIC_KEY } }] },
  vulnerability: {},
};
const POLICIES: readonly PolicyDocument[] = [
  { kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: CHECKS }] },
];
const [REQUIREMENT] = factsNeeded({ reference: "a", policies: POLICIES }).trust;

function result(changes: Partial<SignatureResult> = {}): SignatureResult {
  return {
    requirement: REQUIREMENT === undefined ? "" : requirementId(REQUIREMENT),
    digest: DIGEST,
    state: "verified",
    signatures: [
      {
        kind: "cosign",
        identity: "build cluster",
        keyId: "sha256:1",
        location: "referrer",
        checks: [],
        signedAt: "2026-06-30T12:00:00Z",
        predicateType: VERDICT_TYPE,
      },
    ],
    problems: [],
    validUntil: "2026-07-02T12:00:00.000Z",
    ...changes,
  };
}

function done(findings: ScanReport["findings"]): ScanFacts {
  const report = {
    database: { digest: "d", date: "", advisories: 1, isBundled: false, ecosystems: {} },
    inventory: { status: "complete", packages: [], problems: [], analyzers: {} },
    findings,
    coverageGaps: [],
  } as unknown as ScanReport;
  return { state: "done", report, scannedAt: "2026-06-30T00:00:00Z" };
}

const VULNERABLE = done([
  {
    kind: "vulnerability",
    state: "affected",
    id: "CVE-2026-0001",
    severity: "high",
    package: { type: "npm", name: "p", version: "1" },
    fixedVersions: [],
  } as unknown as ScanReport["findings"][number],
]);

function judge(facts: ImageFacts, now = NOW): Verdict {
  return evaluate({ reference: "r.example/a:1", policies: POLICIES, facts, now });
}

function image(scan: ScanFacts, trust: readonly SignatureResult[]): ImageFacts {
  return { kind: "image", digest: DIGEST, platform: "linux/amd64", scan, trust };
}

describe("a verdict of somebody else", () => {
  it("is asked for with the age of the scan", () => {
    expect(REQUIREMENT).toMatchObject({ kind: "attestation", predicateType: VERDICT_TYPE, maxAge: "2d" });
  });

  it.each<{ readonly name: string; readonly facts: ImageFacts; readonly want: readonly string[] }>([
    { name: "stands in for a scan that is missing", facts: image({ state: "missing" }, [result()]), want: ["allow"] },
    {
      name: "stands in for a scan that is not finished",
      facts: image({ state: "pending" }, [result()]),
      want: ["allow"],
    },
    {
      name: "never overrides a denial of our own",
      facts: image(VULNERABLE, [result()]),
      want: ["deny", "VULNERABILITY"],
    },
    {
      name: "does not stand in for a scan that failed",
      facts: image({ state: "failed", message: "x" }, [result()]),
      want: ["undecided", "SCAN_FAILED"],
    },
    {
      name: "does not stand in for what is no image",
      facts: image({ state: "unsupported", mediaType: "a/b" }, [result()]),
      want: ["undecided", "ARTIFACT_UNSUPPORTED"],
    },
    {
      name: "that is bad leaves the scan missing",
      facts: image({ state: "missing" }, [result({ state: "bad", signatures: [] })]),
      want: ["undecided", "SCAN_MISSING"],
    },
    {
      name: "that cannot be read leaves the scan pending",
      facts: image({ state: "pending" }, [result({ state: "unknown", signatures: [] })]),
      want: ["undecided", "SCAN_PENDING"],
    },
    {
      name: "on another image does not count",
      facts: image({ state: "missing" }, [result({ digest: digestOf("other") })]),
      want: ["undecided", "SCAN_MISSING"],
    },
    {
      name: "that is verified by no signature does not count",
      facts: image({ state: "missing" }, [result({ signatures: [] })]),
      want: ["undecided", "SCAN_MISSING"],
    },
    {
      name: "that nobody looked up does not count",
      facts: image({ state: "missing" }, []),
      want: ["undecided", "SCAN_MISSING"],
    },
    { name: "is not needed beside a scan", facts: image(done([]), []), want: ["allow"] },
  ])("$name", ({ facts, want }) => {
    const verdict = judge(facts);
    expect([verdict.outcome, ...verdict.reasons.map((reason) => reason.code)]).toEqual(want);
    // Whether somebody else has judged the image says nothing about whether it is signed.
    expect(verdict).not.toHaveProperty("trust");
  });

  it("is named, and ends when it is too old", () => {
    const facts = image({ state: "missing" }, [result()]);
    expect(judge(facts)).toMatchObject({
      validUntil: "2026-07-02T12:00:00.000Z",
      acceptedVerdict: { identity: "build cluster", signedAt: "2026-06-30T12:00:00Z", predicateType: VERDICT_TYPE },
    });
    expect(judge(facts, new Date("2026-07-02T12:00:00.000Z")).outcome).toBe("undecided");
    expect(judge(image(done([]), [result()]))).not.toHaveProperty("acceptedVerdict");
  });

  it("on an index stands in for its children, and only where they are not scanned", () => {
    const children = [
      { digest: digestOf("a"), platform: "linux/amd64", scan: { state: "missing" } },
      { digest: digestOf("b"), platform: "linux/arm64", scan: done([]) },
    ] as const;
    const index: ImageFacts = { kind: "index", digest: DIGEST, trust: [result()], children };
    expect(judge(index).outcome).toBe("allow");
    expect(judge({ ...index, trust: [] }).outcome).toBe("undecided");
    const [first, second] = children;
    expect(judge({ ...index, children: [first, { ...second, scan: VULNERABLE }] }).outcome).toBe("deny");
  });
});

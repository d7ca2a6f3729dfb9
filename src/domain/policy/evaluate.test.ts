// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { CoverageGap, ScanReport, VulnerabilityFinding } from "#findings";
import { DEFAULT_REGISTRY_POLICIES } from "./default-policies.ts";
import { type EvaluationInput, evaluate } from "./evaluate.ts";
import { factsNeeded } from "./facts-needed.ts";
import type { ImageFacts, PlatformFacts, ScanFacts } from "./image-facts.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import type { Verdict } from "./verdict.ts";

const NOW = new Date("2026-07-01T00:00:00Z");
const SCANNED_AT = "2026-06-30T00:00:00Z";
const DIGEST = digestOf("image");

function finding(changes: Partial<VulnerabilityFinding> = {}): VulnerabilityFinding {
  return {
    kind: "vulnerability",
    state: "affected",
    id: "CVE-2026-0001",
    aliases: [],
    severity: "high",
    title: "a bug",
    package: { type: "npm", name: "left-pad", version: "1.0.0" },
    evidence: { layer: DIGEST, layerIndex: 0, path: "package.json", analyzer: "npm" },
    fixedVersions: ["1.0.1"],
    match: { advisoryId: "GHSA-1", ecosystem: "npm", packageName: "left-pad", version: "1.0.0", range: "<1.0.1" },
    ...changes,
  };
}

function report(
  parts: {
    readonly findings?: readonly VulnerabilityFinding[];
    readonly gaps?: readonly CoverageGap[];
    readonly status?: ScanReport["inventory"]["status"];
  } = {},
): ScanReport {
  const status = parts.status ?? "complete";
  return {
    image: {
      digest: DIGEST,
      mediaType: "m",
      platform: { os: "linux", architecture: "amd64" },
      sizeBytes: 1,
      layers: [],
    },
    inventory: {
      status,
      packages: [],
      problems: status === "complete" ? [] : [{ code: "FILE_MALFORMED", message: "not a database", path: "var/lib/x" }],
      analyzers: {},
    },
    findings: parts.findings ?? [],
    coverageGaps: parts.gaps ?? [],
    database: { digest: "d", date: "2026-06-01", advisories: 1, isBundled: true, ecosystems: {} },
  };
}

function done(parts: Parameters<typeof report>[0] = {}): ScanFacts {
  return { state: "done", report: report(parts), scannedAt: SCANNED_AT };
}

function child(scan: ScanFacts, platform = "linux/amd64"): PlatformFacts {
  return { digest: digestOf(platform), platform, scan };
}

function image(scan: ScanFacts): ImageFacts {
  return { kind: "image", ...child(scan), digest: DIGEST };
}

function index(...children: readonly PlatformFacts[]): ImageFacts {
  return { kind: "index", digest: DIGEST, children };
}

function policy(checks: ImageChecks | undefined): readonly PolicyDocument[] {
  const entry = checks === undefined ? { name: "*" } : { name: "*", policy: checks };
  return [{ kind: "ClusterImagePolicy", name: "p", repositories: [entry] }];
}

function judge(facts: ImageFacts, checks?: ImageChecks, rest: Partial<EvaluationInput> = {}): Verdict {
  const policies = checks === undefined ? DEFAULT_REGISTRY_POLICIES : policy(checks);
  return evaluate({ reference: "registry.example/team/app:1", facts, policies, now: NOW, ...rest });
}

/** Outcome and the reasons as `effect CODE`. */
function summary(verdict: Verdict): readonly string[] {
  return [verdict.outcome, ...verdict.reasons.map((reason) => `${reason.effect} ${reason.code}`)];
}

const UNFIXED = finding({ fixedVersions: [] });
const CVSS = { scan: { required: true }, vulnerability: { maxSeverity: "medium" } } as const satisfies ImageChecks;

describe("the default policy", () => {
  it.each<{ readonly name: string; readonly facts: ImageFacts; readonly want: readonly string[] }>([
    { name: "allows a complete scan without findings", facts: image(done()), want: ["allow"] },
    { name: "allows what cannot be fixed", facts: image(done({ findings: [UNFIXED] })), want: ["allow"] },
    {
      name: "denies what can be fixed",
      facts: image(done({ findings: [finding()] })),
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "denies more findings than fit on the stack as arguments",
      facts: image(done({ findings: Array.from({ length: 200_000 }, () => finding()) })),
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "denies a fixable vulnerability of unknown severity",
      facts: image(done({ findings: [finding({ severity: "unknown" })] })),
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "is undecided when a version does not parse",
      facts: image(done({ findings: [finding({ state: "undecided" })] })),
      want: ["undecided", "undecided VULNERABILITY_UNDECIDED"],
    },
    {
      name: "is undecided about an unknown image",
      facts: { kind: "unknown" },
      want: ["undecided", "undecided IMAGE_UNKNOWN"],
    },
    {
      name: "is undecided without a scan",
      facts: image({ state: "missing" }),
      want: ["undecided", "undecided SCAN_MISSING"],
    },
    {
      name: "is undecided during a scan",
      facts: image({ state: "pending" }),
      want: ["undecided", "undecided SCAN_PENDING"],
    },
    {
      name: "is undecided after a failed scan",
      facts: image({ state: "failed", message: "no" }),
      want: ["undecided", "undecided SCAN_FAILED"],
    },
    {
      name: "is undecided about an artifact",
      facts: image({ state: "unsupported", mediaType: "a/b" }),
      want: ["undecided", "undecided ARTIFACT_UNSUPPORTED"],
    },
    {
      name: "is undecided about an unknown distribution",
      facts: image(done({ gaps: [{ code: "DISTRIBUTION_UNKNOWN" }] })),
      want: ["undecided", "undecided DISTRIBUTION_UNKNOWN"],
    },
    {
      name: "is undecided about a partial scan",
      facts: image(done({ status: "partial" })),
      want: ["undecided", "undecided SCAN_PARTIAL"],
    },
    {
      name: "is undecided about a report that failed",
      facts: image(done({ status: "failed" })),
      want: ["undecided", "undecided SCAN_FAILED"],
    },
    {
      name: "denies a partial scan that found enough",
      facts: image(done({ status: "partial", findings: [finding()] })),
      want: ["deny", "deny VULNERABILITY", "undecided SCAN_PARTIAL"],
    },
  ])("$name", ({ facts, want }) => {
    expect(summary(judge(facts))).toEqual(want);
  });
});

describe("checks", () => {
  const gaps: readonly CoverageGap[] = [
    { code: "DISTRIBUTION_UNSUPPORTED", distribution: "plan9 4" },
    { code: "ADVISORIES_MISSING", ecosystem: "npm" },
  ];
  it.each<{
    readonly name: string;
    readonly checks: ImageChecks;
    readonly facts: ImageFacts;
    readonly want: readonly string[];
  }>([
    { name: "no check is on: allow", checks: {}, facts: image({ state: "missing" }), want: ["allow"] },
    {
      name: "an optional scan may be missing",
      checks: { scan: { required: false, maxAge: "1d" } },
      facts: image({ state: "missing" }),
      want: ["allow"],
    },
    {
      name: "an optional scan is too old",
      checks: { scan: { required: false, maxAge: "1d" } },
      facts: image(done({ status: "partial" })),
      want: ["deny", "deny SCAN_TOO_OLD"],
    },
    {
      name: "a vulnerability check needs a scan",
      checks: { vulnerability: {} },
      facts: image({ state: "missing" }),
      want: ["undecided", "undecided SCAN_MISSING"],
    },
    {
      name: "a scan alone asks about no vulnerability",
      checks: { scan: { required: true } },
      facts: image(done({ findings: [finding()] })),
      want: ["allow"],
    },
    {
      name: "vulnerabilities without a fix count by default",
      checks: { vulnerability: {} },
      facts: image(done({ findings: [UNFIXED] })),
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "the severity that is named passes",
      checks: CVSS,
      facts: image(done({ findings: [finding({ severity: "medium" })] })),
      want: ["allow"],
    },
    {
      name: "a worse severity does not",
      checks: CVSS,
      facts: image(done({ findings: [finding({ severity: "high" })] })),
      want: ["deny", "deny VULNERABILITY"],
    },
    {
      name: "an unknown severity is undecided",
      checks: CVSS,
      facts: image(done({ findings: [finding({ severity: "unknown" })] })),
      want: ["undecided", "undecided SEVERITY_UNKNOWN"],
    },
    {
      name: "an unknown severity is not worse than critical",
      checks: { vulnerability: { maxSeverity: "critical" } },
      facts: image(done({ findings: [finding({ severity: "unknown" })] })),
      want: ["allow"],
    },
    {
      name: "an undecided finding that would pass anyway passes",
      checks: CVSS,
      facts: image(done({ findings: [finding({ severity: "low", state: "undecided" })] })),
      want: ["allow"],
    },
    {
      name: "gaps are undecided",
      checks: CVSS,
      facts: image(done({ gaps })),
      want: ["undecided", "undecided DISTRIBUTION_UNSUPPORTED", "undecided ADVISORIES_MISSING"],
    },
    {
      name: "gaps are denied",
      checks: { scan: { required: true, unsupported: "deny" } },
      facts: image(done({ gaps })),
      want: ["deny", "deny DISTRIBUTION_UNSUPPORTED", "deny ADVISORIES_MISSING"],
    },
    {
      name: "gaps are a warning",
      checks: { scan: { required: true, unsupported: "allow" } },
      facts: image(done({ gaps })),
      want: ["allow", "warn DISTRIBUTION_UNSUPPORTED", "warn ADVISORIES_MISSING"],
    },
    {
      name: "unsupported allows an artifact",
      checks: { scan: { required: true, unsupported: "allow" } },
      facts: image({ state: "unsupported", mediaType: "a/b" }),
      want: ["allow", "warn ARTIFACT_UNSUPPORTED"],
    },
    {
      name: "unsupported does not allow a partial scan",
      checks: { scan: { required: true, unsupported: "allow" } },
      facts: image(done({ status: "partial" })),
      want: ["undecided", "undecided SCAN_PARTIAL"],
    },
  ])("$name", ({ checks, facts, want }) => {
    expect(summary(judge(facts, checks))).toEqual(want);
  });

  it("the age is over at the instant that validUntil names", () => {
    const checks: ImageChecks = { scan: { required: true, maxAge: "30h" } };
    const verdict = judge(image(done()), checks);
    expect(verdict).toMatchObject({ outcome: "allow", validUntil: "2026-07-01T06:00:00.000Z" });
    const later = judge(image(done()), checks, { now: new Date(verdict.validUntil ?? "") });
    expect(summary(later)).toEqual(["deny", "deny SCAN_TOO_OLD"]);
    expect(later.validUntil).toBeUndefined();
  });

  it("a scan date that cannot be read is too old", () => {
    const facts = image({ state: "done", report: report(), scannedAt: "yesterday" });
    expect(judge(facts, { scan: { required: true, maxAge: "1d" } }).outcome).toBe("deny");
  });

  it.each(["warn", "audit"] as const)("mode %s keeps the outcome", (mode) => {
    expect(judge(image(done({ findings: [finding()] })), { mode, vulnerability: {} })).toMatchObject({
      mode,
      outcome: "deny",
    });
  });
});

describe("an index", () => {
  const good = child(done(), "linux/amd64");
  const bad = child(done({ findings: [finding()] }), "linux/arm64");
  const pending = child({ state: "pending" }, "linux/s390x");
  it.each<{ readonly name: string; readonly facts: ImageFacts; readonly any: string; readonly every: string }>([
    { name: "of good images", facts: index(good, { ...good, platform: "linux/arm64" }), any: "allow", every: "allow" },
    { name: "with one bad image", facts: index(good, bad), any: "allow", every: "deny" },
    { name: "with one that is being scanned", facts: index(good, pending), any: "allow", every: "undecided" },
    { name: "of bad images", facts: index(bad), any: "deny", every: "deny" },
    { name: "bad and being scanned", facts: index(bad, pending), any: "deny", every: "deny" },
    { name: "being scanned", facts: index(pending), any: "undecided", every: "undecided" },
    { name: "without images", facts: index(), any: "deny", every: "deny" },
  ])("$name", ({ facts, any, every }) => {
    expect(judge(facts, undefined, { indexRule: "any-child" }).outcome).toBe(any);
    expect(judge(facts, undefined, { indexRule: "every-child" }).outcome).toBe(every);
    expect(judge(facts).outcome).toBe(every);
  });

  it("names the platform of each reason", () => {
    const verdict = judge(index(good, bad, pending));
    expect(verdict.reasons.map((reason) => [reason.code, reason.platform])).toEqual([
      ["VULNERABILITY", "linux/arm64"],
      ["SCAN_PENDING", "linux/s390x"],
    ]);
  });

  it("that passes because of one child warns about the others", () => {
    const verdict = judge(index(good, bad), undefined, { indexRule: "any-child" });
    expect(summary(verdict)).toEqual(["allow", "warn VULNERABILITY"]);
  });

  it("of which no child passes says so", () => {
    expect(summary(judge(index(bad), undefined, { indexRule: "any-child" }))).toEqual([
      "deny",
      "deny NO_PLATFORM_ALLOWED",
      "deny VULNERABILITY",
    ]);
  });

  it("is valid until the first child is not", () => {
    const older = child({ state: "done", report: report(), scannedAt: "2026-06-29T12:00:00Z" }, "linux/arm64");
    expect(judge(index(good, older), { scan: { required: true, maxAge: "10d" } }).validUntil).toBe(
      "2026-07-09T12:00:00.000Z",
    );
  });
});

describe("the entry", () => {
  it("is missing: deny", () => {
    expect(evaluate({ reference: "a", facts: image(done()), policies: [], now: NOW })).toEqual({
      outcome: "deny",
      reasons: [{ code: "NO_POLICY", effect: "deny", params: {} }],
      mode: "enforce",
      mutateImage: false,
    });
  });

  it("does not match: deny", () => {
    const policies: readonly PolicyDocument[] = [
      { kind: "ImagePolicy", namespace: "team", name: "own", repositories: [] },
      ...DEFAULT_REGISTRY_POLICIES,
    ];
    const verdict = evaluate({ reference: "a", namespace: "team", facts: image(done()), policies, now: NOW });
    expect(summary(verdict)).toEqual(["deny", "deny NO_MATCHING_REPOSITORY"]);
    expect(verdict.reasons[0]?.params).toEqual({ namespace: "team", kind: "ImagePolicy" });
  });

  it("without policy allows unchecked, unchanged and without facts", () => {
    const image = { reference: "nginx", policies: policy(undefined) };
    expect(factsNeeded(image).digest).toBe(false);
    expect(evaluate({ ...image, facts: { kind: "unknown" }, now: NOW })).toEqual({
      outcome: "allow",
      reasons: [],
      policy: { kind: "ClusterImagePolicy", name: "p", repository: "*" },
      mode: "enforce",
      mutateImage: false,
    });
  });

  it.each<{ readonly checks: ImageChecks; readonly facts: boolean; readonly pins: boolean }>([
    { checks: {}, facts: false, pins: false },
    { checks: { mode: "warn" }, facts: false, pins: false },
    { checks: { mutateImage: true }, facts: true, pins: true },
    { checks: { vulnerability: {} }, facts: true, pins: true },
    { checks: { vulnerability: {}, mutateImage: false }, facts: true, pins: false },
    { checks: { scan: { required: true } }, facts: true, pins: true },
    { checks: { scan: { required: false } }, facts: false, pins: false },
  ])("$checks needs facts: $facts, pins: $pins", ({ checks, facts, pins }) => {
    expect(factsNeeded({ reference: "nginx", policies: policy(checks) }).digest).toBe(facts);
    expect(judge(image(done()), checks).mutateImage).toBe(pins);
  });
});

describe("reasons", () => {
  it("are sorted by severity, then by id, without repetitions", () => {
    const findings = [
      finding({ id: "CVE-2", severity: "low" }),
      finding({ id: "CVE-1", severity: "low" }),
      finding({ id: "CVE-9", severity: "critical" }),
      finding({ id: "CVE-1", severity: "low", evidence: { ...finding().evidence, path: "elsewhere" } }),
    ];
    expect(judge(image(done({ findings }))).reasons.map((reason) => reason.params["id"])).toEqual([
      "CVE-9",
      "CVE-1",
      "CVE-2",
    ]);
  });

  it("of a long list are cut, and say how many more there are", () => {
    const findings = Array.from({ length: 120 }, (_, at) => finding({ id: `CVE-2026-${at + 1000}` }));
    const { outcome, reasons } = judge(image(done({ findings, status: "partial" })));
    expect(outcome).toBe("deny");
    expect(reasons.map((reason) => reason.code)).toEqual([
      ...Array.from({ length: 50 }, () => "VULNERABILITY"),
      "MORE_REASONS",
      "SCAN_PARTIAL",
    ]);
    expect(reasons[50]).toEqual({ code: "MORE_REASONS", effect: "deny", params: { count: 70 } });
  });
});

const anyFinding = fc
  .record({
    id: fc.constantFrom("CVE-1", "CVE-2", "CVE-3"),
    state: fc.constantFrom("affected" as const, "undecided" as const),
    severity: fc.constantFrom("critical", "high", "medium", "low", "negligible", "unknown"),
    fixedVersions: fc.constantFrom([], ["2.0"]),
  })
  .map((parts) => finding(parts));
const anyChecks: fc.Arbitrary<ImageChecks> = fc.record(
  {
    mode: fc.constantFrom("enforce", "warn", "audit"),
    scan: fc.record(
      {
        required: fc.boolean(),
        maxAge: fc.constantFrom("1h", "12h", "30d"),
        unsupported: fc.constantFrom("allow", "deny"),
      },
      { requiredKeys: ["required"] },
    ),
    vulnerability: fc.record(
      {
        maxSeverity: fc.constantFrom("none", "negligible", "low", "medium", "high", "critical"),
        onlyFixable: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const anyParts = fc.record({
  findings: fc.array(anyFinding, { maxLength: 5 }),
  gaps: fc.subarray<CoverageGap>([{ code: "DISTRIBUTION_UNKNOWN" }, { code: "ADVISORIES_MISSING", ecosystem: "npm" }]),
  status: fc.constantFrom("complete", "partial", "failed"),
});
const anyScan: fc.Arbitrary<ScanFacts> = fc.oneof(
  anyParts.map((parts) => done(parts)),
  fc.constantFrom<ScanFacts>(
    { state: "missing" },
    { state: "pending" },
    { state: "failed", message: "x" },
    { state: "unsupported", mediaType: "a/b" },
  ),
);
const anyFacts: fc.Arbitrary<ImageFacts> = fc.oneof(
  fc.constant<ImageFacts>({ kind: "unknown" }),
  anyScan.map(image),
  fc.array(anyScan, { maxLength: 4 }).map((scans) => index(...scans.map((scan, at) => child(scan, `linux/p${at}`)))),
);
const anyRule = fc.constantFrom("any-child" as const, "every-child" as const);
const STRICTNESS = { allow: 0, undecided: 1, deny: 2 };

describe("for any facts and checks", () => {
  it("the outcome follows from the reasons", () => {
    fc.assert(
      fc.property(anyFacts, anyChecks, anyRule, (facts, checks, indexRule) => {
        const { outcome, reasons } = judge(facts, checks, { indexRule });
        const effects = new Set(reasons.map((reason) => reason.effect));
        expect(outcome).toBe(effects.has("deny") ? "deny" : effects.has("undecided") ? "undecided" : "allow");
      }),
    );
  });

  it("one more finding never makes a verdict milder", () => {
    fc.assert(
      fc.property(anyParts, anyFinding, anyChecks, (parts, added, checks) => {
        const before = judge(image(done(parts)), checks);
        const after = judge(image(done({ ...parts, findings: [...parts.findings, added] })), checks);
        expect(STRICTNESS[after.outcome]).toBeGreaterThanOrEqual(STRICTNESS[before.outcome]);
      }),
    );
  });

  it("every-child is never milder than any-child", () => {
    fc.assert(
      fc.property(anyFacts, anyChecks, (facts, checks) => {
        const any = judge(facts, checks, { indexRule: "any-child" });
        const every = judge(facts, checks, { indexRule: "every-child" });
        expect(STRICTNESS[every.outcome]).toBeGreaterThanOrEqual(STRICTNESS[any.outcome]);
      }),
    );
  });

  it("the order of findings and policies does not matter", () => {
    const entries = fc.array(
      fc.record({ name: fc.constantFrom("*", "registry.example/*", "*:1"), policy: anyChecks }),
      { maxLength: 3 },
    );
    const document: fc.Arbitrary<PolicyDocument> = fc.record({
      kind: fc.constant("ClusterImagePolicy" as const),
      name: fc.constantFrom("a", "b", "c"),
      repositories: entries,
    });
    fc.assert(
      fc.property(anyParts, fc.array(document, { maxLength: 4 }), (parts, policies) => {
        const straight = judge(image(done(parts)), undefined, { policies });
        const reversed = judge(image(done({ ...parts, findings: parts.findings.toReversed() })), undefined, {
          policies: policies.toReversed(),
        });
        expect(reversed).toEqual(straight);
      }),
    );
  });

  it("facts that the policy does not need change nothing", () => {
    fc.assert(
      fc.property(anyFacts, anyChecks, (facts, checks) => {
        const asked = { reference: "nginx", policies: policy(checks) };
        fc.pre(!factsNeeded(asked).digest);
        expect(evaluate({ ...asked, facts, now: NOW }).outcome).toBe("allow");
        expect(evaluate({ ...asked, facts: { kind: "unknown" }, now: NOW }).outcome).toBe("allow");
      }),
    );
  });
});

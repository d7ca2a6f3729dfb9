// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { type EvaluationInput, evaluate } from "./evaluate.ts";
import { EXEMPTIBLE_CODES } from "./exemptible-codes.ts";
import { factsNeeded } from "./facts-needed.ts";
import type { ImageFacts } from "./image-facts.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import { child, DIGEST, done, finding, image, index } from "./testdata/scanned-image.ts";
import type { Reason, Verdict } from "./verdict.ts";

const NOW = new Date("2026-07-01T00:00:00Z");
const CHECKS = {
  vulnerability: { maxSeverity: "none" },
  configuration: { rootUser: "deny", packages: { deny: ["telnetd"] } },
} as const satisfies ImageChecks;

function policies(checks: ImageChecks = CHECKS): readonly PolicyDocument[] {
  return [{ kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: checks }] }];
}

function exception(changes: Partial<PolicyException> = {}): PolicyException {
  return {
    name: "e",
    namespace: "haechi-system",
    subject: { repositories: ["registry.example/*"] },
    findings: { vulnerabilities: ["CVE-2026-0001"] },
    reason: "not called",
    requester: "kim",
    approver: "lee",
    until: "2026-08-01T00:00:00Z",
    ...changes,
  };
}

function judge(
  exceptions: readonly PolicyException[],
  facts: ImageFacts = image({ scan: done({ findings: [finding()] }), config: { user: "1000" } }),
  rest: Partial<EvaluationInput> = {},
): Verdict {
  return evaluate({
    reference: "registry.example/app:1",
    namespace: "shop",
    policies: policies(),
    facts,
    exceptions,
    now: NOW,
    ...rest,
  });
}

function summary({ outcome, reasons }: Verdict): readonly string[] {
  return [
    outcome,
    ...reasons.map(({ effect, code, params }) => `${effect} ${code} ${params["id"] ?? params["package"] ?? ""}`.trim()),
  ];
}

const DENIED = ["deny", "deny VULNERABILITY CVE-2026-0001"];
const EXEMPT = ["allow", "exempt VULNERABILITY CVE-2026-0001"];

describe("an exception has no effect", () => {
  it.each<{
    readonly name: string;
    readonly changes: Partial<PolicyException>;
    readonly rest?: Partial<EvaluationInput>;
  }>([
    { name: "past its end", changes: { until: "2026-06-30T23:59:59Z" } },
    { name: "at its end", changes: { until: NOW.toISOString() } },
    { name: "with an end that is no time", changes: { until: "some day" } },
    { name: "with a blank approver", changes: { approver: "  " } },
    { name: "granted by who asked for it", changes: { approver: "kim" } },
    { name: "for another vulnerability", changes: { findings: { vulnerabilities: ["CVE-2026-0002"] } } },
    { name: "for another package", changes: { findings: { packages: ["openssl"] } } },
    { name: "for the beginning of a name", changes: { findings: { packages: ["left"] } } },
    {
      name: "for a pattern, which is none here",
      changes: { findings: { vulnerabilities: ["CVE-*"], packages: ["*"], rules: ["*"] } },
    },
    { name: "for another rule", changes: { findings: { rules: ["SCAN_TOO_OLD"] } } },
    { name: "without findings", changes: { findings: {} } },
    { name: "for another repository", changes: { subject: { repositories: ["registry.example/app2"] } } },
    {
      name: "for a host that only looks alike",
      changes: { subject: { repositories: ["registry.example.evil.com/*"] } },
    },
    { name: "for another digest", changes: { subject: { digests: [digestOf("other")] } } },
    { name: "for another namespace", changes: { subject: { namespaces: ["other"] } } },
    { name: "for another workload", changes: { subject: { workloads: [{ kind: "Deployment", name: "shop" }] } } },
    {
      name: "for a workload of another kind",
      changes: { subject: { workloads: [{ kind: "Deployment", name: "shop" }] } },
      rest: { workload: { kind: "StatefulSet", name: "shop" } },
    },
    {
      name: "where only one of two subjects fits",
      changes: { subject: { repositories: ["registry.example/*"], namespaces: ["other"] } },
    },
    { name: "lying in another namespace", changes: { namespace: "other" } },
    {
      name: "lying in what was Haechi's namespace elsewhere",
      changes: {},
      rest: { systemNamespace: "security" },
    },
    {
      name: "for a namespace, at a registry",
      changes: { subject: { namespaces: ["shop"] } },
      rest: { namespace: undefined as unknown as string },
    },
  ])("$name", ({ changes, rest = {} }) => {
    const verdict = judge([exception(changes)], undefined, rest);
    expect(summary(verdict)).toEqual(DENIED);
    expect(verdict.exceptions).toBeUndefined();
  });

  it("while it is only asked for", () => {
    const { approver: _, ...asked } = exception();
    expect(summary(judge([asked]))).toEqual(DENIED);
  });
});

describe("an exception exempts", () => {
  it.each<{
    readonly name: string;
    readonly changes: Partial<PolicyException>;
    readonly rest?: Partial<EvaluationInput>;
  }>([
    { name: "a vulnerability by id", changes: {} },
    { name: "a vulnerability by alias", changes: { findings: { vulnerabilities: ["GHSA-aaaa-bbbb-cccc"] } } },
    { name: "a package", changes: { findings: { packages: ["left-pad"] } } },
    { name: "a rule", changes: { findings: { rules: ["VULNERABILITY"] } } },
    { name: "what one of its lists names", changes: { findings: { rules: ["SCAN_TOO_OLD"], packages: ["left-pad"] } } },
    { name: "by digest", changes: { subject: { digests: [DIGEST] } } },
    { name: "by namespace", changes: { subject: { namespaces: ["other", "shop"] } } },
    {
      name: "by workload",
      changes: { subject: { workloads: [{ kind: "Deployment", name: "shop-*" }] } },
      rest: { workload: { kind: "Deployment", name: "shop-web" } },
    },
    { name: "from a file, without a namespace", changes: { namespace: undefined as unknown as string } },
    { name: "in its own namespace", changes: { namespace: "shop" } },
    {
      name: "from another namespace of Haechi",
      changes: { namespace: "security" },
      rest: { systemNamespace: "security" },
    },
    {
      name: "under another name of the registry",
      changes: {},
      rest: { reference: "10.0.0.1:5000/app:1", hostAliases: ["registry.example", "10.0.0.1:5000"] },
    },
  ])("$name", ({ changes, rest = {} }) => {
    const facts = image({
      scan: done({ findings: [finding({ aliases: ["GHSA-aaaa-bbbb-cccc"] })] }),
      config: { user: "1" },
    });
    const verdict = judge([exception(changes)], facts, rest);
    expect(summary(verdict)).toEqual(EXEMPT);
    expect(verdict.exceptions).toMatchObject([
      { name: "e", until: "2026-08-01T00:00:00Z", approver: "lee", exempted: ["VULNERABILITY CVE-2026-0001 left-pad"] },
    ]);
    expect(verdict.validUntil).toBe("2026-08-01T00:00:00.000Z");
    // Aliases serve to find it, and are nothing to show.
    expect(verdict.reasons[0]).not.toHaveProperty("aliases");
  });

  it("that and nothing else", () => {
    const facts = image({
      scan: done({ findings: [finding(), finding({ id: "CVE-2026-0002" })], packages: ["telnetd"] }),
      config: {},
    });
    expect(summary(judge([exception()], facts))).toEqual([
      "deny",
      "deny ROOT_USER",
      "deny PACKAGE_DENIED telnetd",
      "deny VULNERABILITY CVE-2026-0002",
      "exempt VULNERABILITY CVE-2026-0001",
    ]);
  });

  it("a denied package by its name", () => {
    const facts = image({ scan: done({ packages: ["telnetd"] }), config: { user: "1" } });
    expect(summary(judge([exception({ findings: { packages: ["telnetd"] } })], facts))).toEqual([
      "allow",
      "exempt PACKAGE_DENIED telnetd",
    ]);
  });

  it("what is undecided", () => {
    const undecided = image({ scan: done({ findings: [finding({ state: "undecided" })] }), config: { user: "1" } });
    expect(judge([exception()], undecided).outcome).toBe("allow");
  });

  it("no policy, and no entry, where it names them, and pins nothing", () => {
    const rules = exception({ findings: { rules: ["NO_POLICY", "NO_MATCHING_REPOSITORY"] } });
    const none = judge([rules], { kind: "unknown" }, { policies: [] });
    expect(none).toMatchObject({
      outcome: "allow",
      mutateImage: false,
      reasons: [{ code: "NO_POLICY", effect: "exempt" }],
    });
    const other: readonly PolicyDocument[] = [
      { kind: "ClusterImagePolicy", name: "o", repositories: [{ name: "other.example/*" }] },
    ];
    expect(judge([rules], { kind: "unknown" }, { policies: other }).outcome).toBe("allow");
    expect(judge([exception()], { kind: "unknown" }, { policies: [] }).outcome).toBe("deny");
  });

  it("no entry, and nothing of what mandatory policies ask for beside it", () => {
    const rules = exception({ findings: { rules: ["NO_MATCHING_REPOSITORY"] } });
    const own: PolicyDocument = { kind: "ImagePolicy", name: "own", namespace: "shop", repositories: [] };
    const mandatory: PolicyDocument = {
      kind: "ClusterImagePolicy",
      name: "m",
      mandatory: true,
      repositories: [{ name: "*", policy: CHECKS }],
    };
    const asked = { reference: "registry.example/app:1", namespace: "shop", policies: [own, mandatory] };
    const facts = image({ scan: done({ findings: [finding()] }), config: { user: "1000" } });
    expect(summary(judge([rules], facts, asked))).toEqual([
      "deny",
      "deny VULNERABILITY CVE-2026-0001",
      "exempt NO_MATCHING_REPOSITORY",
    ]);
    expect(judge([rules, exception()], facts, asked)).toMatchObject({ outcome: "allow", mandatory: [{ name: "m" }] });
    expect(factsNeeded({ ...asked, exceptions: [rules] })).toMatchObject({ scan: true, digest: true });
    // What is refused in any case contacts nobody.
    expect(factsNeeded({ ...asked, exceptions: [exception()] })).toMatchObject({ scan: false, digest: false });
    const broken = { ...mandatory, repositories: [], problem: "not a policy" };
    expect(judge([rules], facts, { ...asked, policies: [own, broken] }).outcome).toBe("undecided");
  });

  it("uses the one that lasts longest, and says so once", () => {
    const short = exception({ name: "short", until: "2026-07-02T00:00:00Z" });
    const { exceptions, validUntil } = judge([short, exception()]);
    expect(exceptions?.map(({ name }) => name)).toEqual(["e"]);
    expect(validUntil).toBe("2026-08-01T00:00:00.000Z");
  });

  it("what a mandatory policy refuses, too", () => {
    const mandatory: PolicyDocument = {
      kind: "ClusterImagePolicy",
      name: "m",
      mandatory: true,
      repositories: [{ name: "*", policy: CHECKS }],
    };
    const open: PolicyDocument = {
      kind: "ClusterImagePolicy",
      name: "o",
      repositories: [{ name: "registry.example/*" }],
    };
    expect(judge([], undefined, { policies: [mandatory, open] }).outcome).toBe("deny");
    expect(judge([exception()], undefined, { policies: [mandatory, open] })).toMatchObject({ outcome: "allow" });
  });
});

describe("an exception never reaches", () => {
  it.each([
    { name: "an image that is not known", facts: { kind: "unknown" }, code: "IMAGE_UNKNOWN" },
    { name: "an index without images", facts: index([]), code: "NO_PLATFORM_ALLOWED" },
  ] as const)("$name", ({ facts, code }) => {
    const verdict = judge([exception({ findings: { rules: [code] } })], facts);
    expect(verdict.outcome).not.toBe("allow");
    expect(verdict.exceptions).toBeUndefined();
  });

  it("a policy that cannot be read", () => {
    const broken: PolicyDocument = { kind: "ClusterImagePolicy", name: "b", repositories: [], problem: "no spec" };
    const verdict = judge([exception({ findings: { rules: ["POLICY_INVALID"] } })], undefined, { policies: [broken] });
    expect(summary(verdict)).toEqual(["undecided", "undecided POLICY_INVALID"]);
  });

  it.each([
    "POLICY_INVALID",
    "SECRET_MISSING",
    "REFERENCE_INVALID",
    "LOOKUP_FAILED",
    "IMAGE_UNKNOWN",
    "DIGEST_REQUIRED",
    "IMAGE_INVALID",
    "MORE_REASONS",
  ])("%s, which nobody may name", (code) => {
    expect(EXEMPTIBLE_CODES.has(code)).toBe(false);
  });
});

describe("of an index", () => {
  const scan = done({ findings: [finding()] });
  const arm = child({ platform: "linux/arm64", scan, config: { user: "1" } });
  const facts = index([child({ scan, config: { user: "1" } }), arm]);

  it("the digest of the index stands for its images", () => {
    expect(judge([exception({ subject: { digests: [DIGEST] } })], facts).outcome).toBe("allow");
  });

  it("the digest of one image stands for that one only", () => {
    const verdict = judge([exception({ subject: { digests: [arm.digest] } })], facts);
    expect(verdict.outcome).toBe("deny");
    expect(verdict.reasons.map(({ effect, platform }) => `${effect} ${platform}`)).toEqual([
      "deny linux/amd64",
      "exempt linux/arm64",
    ]);
  });

  it("an image that is fetched after its index is covered by what was granted for that", () => {
    const covered = exception({ subject: { digests: [digestOf("index")] } });
    const alone = image({ scan, config: { user: "1" } });
    expect(judge([covered], { ...alone, parents: [{ digest: digestOf("index") }] }).outcome).toBe("allow");
    expect(judge([covered], alone).outcome).toBe("deny");
  });

  it("what is exempt is no warning about other children", () => {
    const verdict = judge([exception({ subject: { digests: [arm.digest] } })], facts, { indexRule: "any-child" });
    expect(verdict.reasons.map(({ effect, platform }) => `${effect} ${platform}`)).toEqual([
      "warn linux/amd64",
      "exempt linux/arm64",
    ]);
  });
});

const anyFinding = fc
  .record({
    id: fc.constantFrom("CVE-1", "CVE-2", "CVE-3"),
    state: fc.constantFrom("affected" as const, "undecided" as const),
    severity: fc.constantFrom("critical", "high", "low", "unknown"),
    aliases: fc.subarray(["GHSA-1", "GHSA-2"]),
    package: fc.constantFrom("a", "b").map((name) => ({ type: "npm" as const, name, version: "1" })),
  })
  .map((parts) => finding(parts));
const anyChild = fc
  .record({
    findings: fc.array(anyFinding, { maxLength: 4 }),
    packages: fc.subarray(["telnetd", "bash"]),
    status: fc.constantFrom("complete" as const, "partial" as const),
    user: fc.constantFrom("", "1000"),
  })
  .map(({ user, ...parts }) => ({ scan: done(parts), config: { user } }));
const anyFacts: fc.Arbitrary<ImageFacts> = fc.oneof(
  fc.constant<ImageFacts>({ kind: "unknown" }),
  anyChild.map((facts) => image(facts)),
  fc
    .array(anyChild, { maxLength: 3 })
    .map((children) => index(children.map((each, at) => child({ platform: `linux/p${at}`, ...each })))),
);
const VULNERABILITIES = ["CVE-1", "CVE-2", "GHSA-1"];
const PACKAGES = ["a", "telnetd"];
const RULES = ["SCAN_PARTIAL", "ROOT_USER", "SEVERITY_UNKNOWN", "IMAGE_UNKNOWN", "NO_PLATFORM_ALLOWED"];
const anyException: fc.Arbitrary<PolicyException> = fc
  .record({
    vulnerabilities: fc.subarray(VULNERABILITIES),
    packages: fc.subarray(PACKAGES),
    rules: fc.subarray(RULES),
    digests: fc.option(fc.subarray([DIGEST, digestOf("linux/p0"), digestOf("linux/p1")], { minLength: 1 }), {
      nil: undefined,
    }),
    until: fc.constantFrom("2026-06-01T00:00:00Z", "2026-08-01T00:00:00Z"),
    approver: fc.constantFrom("lee", ""),
  })
  .map(({ digests, until, approver, ...findings }) =>
    exception({ subject: digests === undefined ? { namespaces: ["shop"] } : { digests }, findings, until, approver }),
  );
const anyMode = fc.constantFrom("enforce" as const, "warn" as const);
const STRICTNESS = { allow: 0, undecided: 1, deny: 2 };

/** What the exception speaks of, by the words of it alone. Aliases are those of the finding. */
function isNamed(
  { findings: { vulnerabilities = [], packages = [], rules = [] } }: PolicyException,
  reason: Reason,
  aliases: readonly string[],
): boolean {
  return (
    rules.includes(reason.code) ||
    packages.includes(String(reason.params["package"])) ||
    [String(reason.params["id"]), ...aliases].some((id) => vulnerabilities.includes(id))
  );
}

/** What sums up or cuts others follows from them. */
function isOwn({ code }: Reason): boolean {
  return code !== "NO_PLATFORM_ALLOWED" && code !== "MORE_REASONS";
}

function keyOf({ code, params, platform }: Reason): string {
  return JSON.stringify([code, params, platform]);
}

describe("for any facts and exceptions", () => {
  it("an exception never changes a reason that it does not name", () => {
    fc.assert(
      fc.property(anyFacts, anyException, anyMode, (facts, granted, mode) => {
        const asked = { policies: policies({ ...CHECKS, mode }) };
        const without = judge([], facts, asked).reasons.filter(isOwn);
        const within = judge([granted], facts, asked).reasons.filter(isOwn);
        // An id of one finding here may be an alias of another, so that all that could be meant are given to the check.
        const kept = without.filter((reason) => !isNamed(granted, reason, ["GHSA-1", "GHSA-2"]));
        const after = new Map(within.map((reason) => [keyOf(reason), reason]));
        for (const reason of kept) {
          expect(after.get(keyOf(reason))).toEqual(reason);
        }
        expect(new Set(within.map(keyOf))).toEqual(new Set(without.map(keyOf)));
      }),
    );
  });

  it("reasons change to exempt, and to nothing else", () => {
    fc.assert(
      fc.property(anyFacts, fc.array(anyException, { maxLength: 3 }), (facts, granted) => {
        const before = new Map(judge([], facts).reasons.map((reason) => [keyOf(reason), reason]));
        for (const reason of judge(granted, facts).reasons.filter(isOwn)) {
          expect([before.get(keyOf(reason))?.effect, "exempt"]).toContain(reason.effect);
        }
      }),
    );
  });

  it("one more exception never makes a verdict stricter, and without a use leaves it as it was", () => {
    fc.assert(
      fc.property(anyFacts, fc.array(anyException, { maxLength: 2 }), anyException, (facts, granted, added) => {
        const before = judge(granted, facts);
        const after = judge([...granted, added], facts);
        expect(STRICTNESS[after.outcome]).toBeLessThanOrEqual(STRICTNESS[before.outcome]);
        if (after.exceptions === undefined) {
          expect(after).toEqual(judge([], facts));
        }
        expect(after.reasons.some(({ effect }) => effect === "exempt")).toBe(after.exceptions !== undefined);
      }),
    );
  });

  it("the order of exceptions does not matter", () => {
    fc.assert(
      fc.property(anyFacts, fc.array(anyException, { maxLength: 4 }), (facts, granted) => {
        const named = granted.map((each, at) => ({ ...each, name: `e${at}` }));
        expect(judge(named.toReversed(), facts)).toEqual(judge(named, facts));
      }),
    );
  });
});

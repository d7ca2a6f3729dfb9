// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import {
  requirementId,
  type SignatureProblem,
  type SignatureResult,
  type SignatureState,
  type TrustRequirement,
  type VerifiedSignature,
} from "#signatures";
import { defaultClusterPolicies } from "./default-policies.ts";
import { type EvaluationInput, evaluate } from "./evaluate.ts";
import { factsNeeded } from "./facts-needed.ts";
import type { ImageFacts, PlatformFacts, ScanFacts } from "./image-facts.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import { ARMOURED_KEY, PUBLIC_KEY } from "./testdata/material.ts";
import type { Verdict } from "./verdict.ts";

const NOW = new Date("2026-07-01T00:00:00Z");
const DIGEST = digestOf("image");
const STATES: readonly SignatureState[] = ["verified", "none", "bad", "unknown"];
const STRICTNESS = { allow: 0, undecided: 1, deny: 2 };

const COSIGN: ImageChecks = { signatures: [{ cosign: { key: PUBLIC_KEY } }] };
const COVERED: ImageChecks = { signatures: [{ cosign: { key: PUBLIC_KEY }, children: "covered" }] };
const NOTARY: ImageChecks = { trust: { enabled: true } };
const SIMPLE: ImageChecks = { simple: { requirements: [{ type: "signedBy", keys: [ARMOURED_KEY] }] } };
const ATTESTED: ImageChecks = {
  attestations: [{ predicateType: "https://slsa.dev/provenance/v1", by: [{ cosign: { key: PUBLIC_KEY } }] }],
};

function policy(checks: ImageChecks | undefined, rest: Partial<PolicyDocument> = {}): PolicyDocument {
  const entry = checks === undefined ? { name: "*" } : { name: "*", policy: checks };
  return { kind: "ClusterImagePolicy", name: "p", repositories: [entry], ...rest };
}

function requirementsOf(checks: ImageChecks): readonly TrustRequirement[] {
  return factsNeeded({ reference: "r.example/a:1", policies: [policy(checks)] }).trust;
}

const SIGNATURE: VerifiedSignature = {
  kind: "cosign",
  identity: "sha256:abc",
  keyId: "sha256:abc",
  location: "referrer",
  checks: ["signature"],
};

function problem(changes: Partial<SignatureProblem> = {}): SignatureProblem {
  return {
    kind: "cosign",
    code: "KEY_MISMATCH",
    effect: "bad",
    location: "tag sha256-1.sig",
    message: "signed by another key",
    claimedIdentity: "mallory",
    ...changes,
  };
}

/** Results in that state for every requirement of the checks, about the digest. */
function results(
  checks: ImageChecks,
  state: SignatureState,
  digest: Digest = DIGEST,
  changes: Partial<SignatureResult> = {},
): readonly SignatureResult[] {
  const problems = {
    verified: [],
    none: [],
    bad: [problem()],
    unknown: [problem({ code: "SOURCE_UNAVAILABLE", effect: "unknown", message: "no answer from registry.example" })],
  };
  return requirementsOf(checks).map((requirement) => ({
    requirement: requirementId(requirement),
    digest,
    state,
    signatures: state === "verified" ? [SIGNATURE] : [],
    problems: problems[state],
    ...changes,
  }));
}

const SCANNED: ScanFacts = { state: "missing" };

function image(trust: readonly SignatureResult[], scan: ScanFacts = SCANNED): ImageFacts {
  return { kind: "image", digest: DIGEST, platform: "linux/amd64", scan, trust };
}

function child(platform: string, trust: readonly SignatureResult[], scan: ScanFacts = SCANNED): PlatformFacts {
  return { digest: digestOf(platform), platform, scan, trust };
}

function judge(checks: ImageChecks, facts: ImageFacts, rest: Partial<EvaluationInput> = {}): Verdict {
  return evaluate({ reference: "r.example/a:1", policies: [policy(checks)], facts, now: NOW, ...rest });
}

/** Outcome and the reasons as `effect CODE field`. */
function summary(verdict: Verdict): readonly string[] {
  const reasons = verdict.reasons.map(({ effect, code, params, platform }) =>
    [effect, code, params["field"], platform].filter((each) => each !== undefined).join(" "),
  );
  return [verdict.outcome, ...reasons];
}

describe("every state of every check", () => {
  const kinds = [
    { checks: COSIGN, field: "signatures[0]", prefix: "SIGNATURE" },
    { checks: NOTARY, field: "trust", prefix: "SIGNATURE" },
    { checks: SIMPLE, field: "simple.requirements[0]", prefix: "SIGNATURE" },
    { checks: ATTESTED, field: "attestations[0]", prefix: "ATTESTATION" },
  ];
  const expected = {
    verified: () => ["allow"],
    none: (prefix: string, field: string) => ["deny", `deny ${prefix}_MISSING ${field}`],
    bad: (prefix: string, field: string) => ["deny", `deny ${prefix}_INVALID ${field}`],
    unknown: (prefix: string, field: string) => ["undecided", `undecided ${prefix}_UNDECIDED ${field}`],
  };
  const modes = ["enforce", "warn", "audit"] as const;
  const cases = kinds.flatMap((kind) => STATES.flatMap((state) => modes.map((mode) => ({ ...kind, state, mode }))));

  it.each(cases)("$field is $state in mode $mode", ({ checks, field, prefix, state, mode }) => {
    const verdict = judge({ ...checks, mode }, image(results(checks, state)));
    expect(summary(verdict)).toEqual(expected[state](prefix, field));
    expect(verdict).toMatchObject({ mode, digest: DIGEST, mutateImage: true, trust: { state } });
  });

  it.each(kinds)("$field without a result is undecided", ({ checks, field, prefix }) => {
    expect(summary(judge(checks, image([])))).toEqual(expected.unknown(prefix, field));
    expect(summary(judge(checks, { kind: "unknown" }))).toEqual(["undecided", "undecided IMAGE_UNKNOWN"]);
  });

  it.each(kinds)("$field that is verified without any signature is undecided", ({ checks, field, prefix }) => {
    const facts = image(results(checks, "verified", DIGEST, { signatures: [] }));
    expect(summary(judge(checks, facts))).toEqual(expected.unknown(prefix, field));
  });

  it("a registry without a trust service is denied by its own name", () => {
    const problems = [problem({ kind: "notary", code: "NOT_SUPPORTED" })];
    const facts = image(results(NOTARY, "bad", DIGEST, { problems }));
    expect(summary(judge(NOTARY, facts))).toEqual(["deny", "deny TRUST_NOT_SUPPORTED trust"]);
  });

  it("is denied even if nobody has looked the image up, unless the policy names a server", () => {
    const facts: ImageFacts = { kind: "unknown", hasTrustService: false };
    expect(summary(judge(NOTARY, facts))).toEqual([
      "deny",
      "deny TRUST_NOT_SUPPORTED trust",
      "undecided IMAGE_UNKNOWN",
    ]);
    const named: ImageChecks = { trust: { enabled: true, trustServer: "https://notary.example" } };
    expect(summary(judge(named, facts))).toEqual(["undecided", "undecided IMAGE_UNKNOWN"]);
    expect(summary(judge(COSIGN, facts))).toEqual(["undecided", "undecided IMAGE_UNKNOWN"]);
    expect(judge({ trust: { enabled: false } }, facts).outcome).toBe("allow");
  });

  it("trust that is off asks for nothing and says nothing", () => {
    const verdict = judge({ trust: { enabled: false } }, { kind: "unknown" });
    expect(verdict).toMatchObject({ outcome: "allow", reasons: [], mutateImage: false });
    expect(verdict).not.toHaveProperty("trust");
  });

  it("type reject denies without a look, and anything is accepted beside nothing", () => {
    const reject: ImageChecks = { simple: { requirements: [{ type: "reject" }, { type: "insecureAcceptAnything" }] } };
    expect(summary(judge(reject, { kind: "unknown" }))).toEqual([
      "deny",
      "deny SIGNATURE_REJECTED simple.requirements[0]",
    ]);
    const accept: ImageChecks = { simple: { requirements: [{ type: "insecureAcceptAnything" }] } };
    expect(judge(accept, image([]))).toMatchObject({ outcome: "allow", mutateImage: true, digest: DIGEST });
  });

  it("a Secret that is missing denies, also without facts", () => {
    const checks: ImageChecks = { trust: { enabled: true, signerSecrets: [{ name: "alice" }] } };
    const verdict = judge(checks, { kind: "unknown" });
    expect(summary(verdict)).toEqual(["deny", "deny SECRET_MISSING trust"]);
    expect(verdict.reasons[0]?.params).toEqual({
      field: "trust",
      secret: "alice",
      namespace: "haechi-system",
      key: "name",
      problem: "absent",
    });
  });
});

describe("evidence", () => {
  it("says what was asked, what was found, and what failed", () => {
    const [reason] = judge(COSIGN, image(results(COSIGN, "bad"))).reasons;
    expect(reason?.params).toEqual({
      field: "signatures[0]",
      method: "cosign",
      requirement: expect.stringMatching(/^cosign \(sha256:[0-9a-f]{16}…\)$/),
      problem: "KEY_MISMATCH",
      message: "signed by another key",
      location: "tag sha256-1.sig",
      found: "mallory",
    });
  });

  it("is short, however much a registry says", () => {
    const problems = Array.from({ length: 60 }, (_, at) =>
      problem({ message: "x".repeat(10_000), claimedIdentity: `${at}${"y".repeat(10_000)}` }),
    );
    const [reason] = judge(COSIGN, image(results(COSIGN, "bad", DIGEST, { problems }))).reasons;
    expect(JSON.stringify(reason).length).toBeLessThan(3_000);
  });

  it("prefers what is bad to what is only unknown", () => {
    const problems = [problem({ effect: "unknown", code: "UNSUPPORTED" }), problem({ code: "DIGEST_MISMATCH" })];
    const [reason] = judge(COSIGN, image(results(COSIGN, "bad", DIGEST, { problems }))).reasons;
    expect(reason?.params["problem"]).toBe("DIGEST_MISMATCH");
  });

  it("a bad signature is louder than none, which is louder than one that cannot be told", () => {
    const checks: ImageChecks = { ...ATTESTED, ...COSIGN, ...NOTARY, ...SIMPLE };
    const states: readonly SignatureState[] = ["unknown", "none", "bad", "verified"];
    const trust = results(checks, "verified").map((each, at) => {
      const state = states[at] ?? "verified";
      return { ...each, state, signatures: state === "verified" ? each.signatures : [] };
    });
    const verdict = judge(checks, image(trust));
    expect(summary(verdict)).toEqual([
      "deny",
      "deny SIGNATURE_INVALID signatures[0]",
      "deny SIGNATURE_MISSING simple.requirements[0]",
      "undecided SIGNATURE_UNDECIDED trust",
    ]);
    expect(verdict.trust).toEqual({
      state: "bad",
      signers: [{ kind: "cosign", identity: "sha256:abc", keyId: "sha256:abc" }],
    });
  });
});

describe("the digest", () => {
  it("verified must be the digest admitted", () => {
    const facts = image(results(COSIGN, "verified", digestOf("another image")));
    const verdict = judge(COSIGN, facts);
    expect(summary(verdict)).toEqual(["deny", "deny SIGNATURE_INVALID signatures[0]"]);
    expect(verdict.reasons[0]?.params["problem"]).toBe("DIGEST_MISMATCH");
  });

  it("must be the same for simple and trust", () => {
    const checks = { ...SIMPLE, ...NOTARY };
    const agreed = [...results(SIMPLE, "verified"), ...results(NOTARY, "verified")];
    expect(judge(checks, image(agreed)).outcome).toBe("allow");
    const conflicting = [...results(SIMPLE, "verified"), ...results(NOTARY, "verified", digestOf("other"))];
    expect(summary(judge(checks, image(conflicting)))).toEqual(["deny", "deny SIGNATURE_INVALID trust"]);
  });

  it("of another image that is not signed says nothing about this one", () => {
    const facts = image(results(COSIGN, "none", digestOf("another image")));
    expect(judge(COSIGN, facts).outcome).toBe("undecided");
  });
});

describe("validity", () => {
  it("ends when the metadata ends on which a result rests", () => {
    const validUntil = "2026-07-02T00:00:00.000Z";
    const facts = image(results(COSIGN, "verified", DIGEST, { validUntil }));
    expect(judge(COSIGN, facts)).toMatchObject({ outcome: "allow", validUntil });
    const later = judge(COSIGN, facts, { now: new Date(validUntil) });
    expect(summary(later)).toEqual(["undecided", "undecided SIGNATURE_UNDECIDED signatures[0]"]);
    expect(later.validUntil).toBeUndefined();
  });

  it("that cannot be read has ended", () => {
    const facts = image(results(COSIGN, "verified", DIGEST, { validUntil: "tomorrow" }));
    expect(judge(COSIGN, facts).outcome).toBe("undecided");
  });

  it("is that of the first to end", () => {
    const checks = { ...COSIGN, ...NOTARY };
    const trust = [
      ...results(COSIGN, "verified", DIGEST, { validUntil: "2026-07-03T00:00:00Z" }),
      ...results(NOTARY, "verified", DIGEST, { validUntil: "2026-07-02T00:00:00Z" }),
    ];
    expect(judge(checks, image(trust)).validUntil).toBe("2026-07-02T00:00:00.000Z");
  });
});

describe("an index", () => {
  const amd64 = digestOf("linux/amd64");
  const arm64 = digestOf("linux/arm64");

  function index(checks: ImageChecks, own: SignatureState, ...children: readonly SignatureState[]): ImageFacts {
    const platforms = ["linux/amd64", "linux/arm64"];
    return {
      kind: "index",
      digest: DIGEST,
      trust: results(checks, own),
      children: children.map((state, at) => {
        const platform = platforms[at] ?? "linux/other";
        return child(platform, results(checks, state, digestOf(platform)));
      }),
    };
  }

  it.each<{
    readonly name: string;
    readonly checks: ImageChecks;
    readonly facts: ImageFacts;
    readonly any: string;
    readonly every: string;
  }>([
    {
      name: "signed with its children",
      checks: COSIGN,
      facts: index(COSIGN, "verified", "verified", "verified"),
      any: "allow",
      every: "allow",
    },
    {
      name: "signed, one child is not",
      checks: COSIGN,
      facts: index(COSIGN, "verified", "verified", "none"),
      any: "allow",
      every: "deny",
    },
    {
      name: "signed, no child is",
      checks: COSIGN,
      facts: index(COSIGN, "verified", "none", "none"),
      any: "deny",
      every: "deny",
    },
    {
      name: "not signed, its children are",
      checks: COSIGN,
      facts: index(COSIGN, "none", "verified", "verified"),
      any: "deny",
      every: "deny",
    },
    {
      name: "signed, one child cannot be told",
      checks: COSIGN,
      facts: index(COSIGN, "verified", "verified", "unknown"),
      any: "allow",
      every: "undecided",
    },
    {
      name: "whose signature covers its children",
      checks: COVERED,
      facts: index(COVERED, "verified", "none", "bad"),
      any: "allow",
      every: "allow",
    },
    {
      name: "that should cover its children and is not signed",
      checks: COVERED,
      facts: index(COVERED, "none", "verified"),
      any: "deny",
      every: "deny",
    },
    {
      name: "of Docker Content Trust",
      checks: NOTARY,
      facts: index(NOTARY, "verified", "none"),
      any: "allow",
      every: "allow",
    },
    { name: "signed by GPG", checks: SIMPLE, facts: index(SIMPLE, "verified", "bad"), any: "allow", every: "allow" },
    { name: "that is signed and empty", checks: COSIGN, facts: index(COSIGN, "verified"), any: "deny", every: "deny" },
    {
      name: "attested with its children",
      checks: ATTESTED,
      facts: index(ATTESTED, "verified", "verified"),
      any: "allow",
      every: "allow",
    },
    {
      name: "attested without its children",
      checks: ATTESTED,
      facts: index(ATTESTED, "verified", "none"),
      any: "deny",
      every: "deny",
    },
  ])("$name", ({ checks, facts, any, every }) => {
    expect(judge(checks, facts, { indexRule: "any-child" }).outcome).toBe(any);
    expect(judge(checks, facts).outcome).toBe(every);
  });

  it("says which child, and marks it as one", () => {
    const verdict = judge(COSIGN, index(COSIGN, "verified", "verified", "none"));
    expect(summary(verdict)).toEqual(["deny", "deny SIGNATURE_MISSING signatures[0] linux/arm64"]);
    expect(verdict.reasons[0]?.params["child"]).toBe("true");
    expect(verdict.trust?.state).toBe("none");
  });

  it("a signature of a child does not count for its sibling", () => {
    const facts = index(COSIGN, "verified", "verified", "verified");
    const swapped: ImageFacts = {
      ...(facts as Extract<ImageFacts, { readonly kind: "index" }>),
      children: [
        child("linux/arm64", results(COSIGN, "verified", amd64)),
        child("linux/amd64", results(COSIGN, "verified", arm64)),
      ],
    };
    expect(judge(COSIGN, swapped).outcome).toBe("deny");
  });

  it.each([
    { name: "covers a child that is fetched after it", checks: COVERED, parent: "verified", want: "allow" },
    { name: "covers nothing where each child must be signed", checks: COSIGN, parent: "verified", want: "deny" },
    { name: "that is not signed covers nothing", checks: COVERED, parent: "none", want: "deny" },
    { name: "that cannot be told leaves its child undecided", checks: COVERED, parent: "unknown", want: "undecided" },
    { name: "covers its child for Docker Content Trust", checks: NOTARY, parent: "verified", want: "allow" },
  ] as const)("$name", ({ checks, parent, want }) => {
    const indexDigest = digestOf("index");
    const facts: ImageFacts = {
      kind: "image",
      ...child("linux/amd64", results(checks, "none", amd64)),
      parents: [{ digest: indexDigest, trust: results(checks, parent, indexDigest) }],
    };
    expect(judge(checks, facts).outcome).toBe(want);
  });
});

describe("mandatory policies", () => {
  const mandatory = policy(COSIGN, { name: "signed", mandatory: true });
  const own: PolicyDocument = { kind: "ImagePolicy", name: "own", namespace: "team", repositories: [{ name: "*" }] };
  const inTeam = (policies: readonly PolicyDocument[], trust: readonly SignatureResult[]): Verdict =>
    evaluate({ reference: "r.example/a:1", namespace: "team", policies, facts: image(trust), now: NOW });

  it("apply beside the namespace's own, and both are named", () => {
    const verdict = inTeam([own, mandatory], results(COSIGN, "none"));
    expect(summary(verdict)).toEqual(["deny", "deny SIGNATURE_MISSING signatures[0]"]);
    expect(verdict).toMatchObject({
      policy: { kind: "ImagePolicy", name: "own", namespace: "team", repository: "*" },
      mandatory: [{ kind: "ClusterImagePolicy", name: "signed", repository: "*" }],
      decidedBy: { kind: "ClusterImagePolicy", name: "signed", repository: "*" },
      mutateImage: true,
    });
    const allowed = inTeam([own, mandatory], results(COSIGN, "verified"));
    expect(allowed.outcome).toBe("allow");
    expect(allowed).not.toHaveProperty("decidedBy");
    const both = inTeam(
      [{ ...own, repositories: [{ name: "*", policy: COSIGN }] }, mandatory],
      results(COSIGN, "none"),
    );
    expect(both).not.toHaveProperty("decidedBy");
    expect(inTeam([own, { ...mandatory, mandatory: false }], []).outcome).toBe("allow");
  });

  it("ask for their facts", () => {
    const image = { reference: "r.example/a:1", namespace: "team" };
    expect(factsNeeded({ ...image, policies: [own] })).toMatchObject({ digest: false, trust: [] });
    expect(factsNeeded({ ...image, policies: [own, mandatory] })).toMatchObject({ digest: true });
    expect(factsNeeded({ ...image, policies: [own, mandatory] }).trust).toHaveLength(1);
  });

  it("give the worst of both, with the reasons of both", () => {
    const strict: PolicyDocument = { ...own, repositories: [{ name: "*", policy: NOTARY }] };
    const trust = [...results(COSIGN, "unknown"), ...results(NOTARY, "bad")];
    expect(summary(inTeam([strict, mandatory], trust))).toEqual([
      "deny",
      "deny SIGNATURE_INVALID trust",
      "undecided SIGNATURE_UNDECIDED signatures[0]",
    ]);
  });

  it("that match nothing do not matter", () => {
    const elsewhere = { ...mandatory, repositories: [{ name: "other.example/*", policy: COSIGN }] };
    const verdict = inTeam([own, elsewhere], []);
    expect(verdict.outcome).toBe("allow");
    expect(verdict).not.toHaveProperty("mandatory");
  });

  it("apply each by its own best entry, so that none is displaced by another", () => {
    const narrow = policy(undefined, { name: "narrow", mandatory: true, repositories: [{ name: "r.example/*" }] });
    expect(inTeam([own, narrow, mandatory], results(COSIGN, "none")).outcome).toBe("deny");
    const both = policy(undefined, {
      name: "both",
      mandatory: true,
      repositories: [{ name: "*", policy: COSIGN }, { name: "r.example/*" }],
    });
    expect(inTeam([own, both], results(COSIGN, "none")).outcome).toBe("allow");
  });

  it("never switch off what a wider entry asks for", () => {
    const narrow = policy(undefined, { name: "narrow", mandatory: true, repositories: [{ name: "r.example/*" }] });
    const asked = { reference: "r.example/a:1", facts: image(results(COSIGN, "none")), now: NOW };
    const wide = policy(COSIGN);
    expect(evaluate({ ...asked, policies: [wide] }).outcome).toBe("deny");
    expect(evaluate({ ...asked, policies: [wide, narrow] })).toMatchObject({ outcome: "deny", policy: { name: "p" } });
  });

  it("are chosen from where there is no other policy, and judged once", () => {
    const asked = { reference: "a", facts: image(results(COSIGN, "none")), now: NOW };
    const verdict = evaluate({ ...asked, policies: [mandatory] });
    expect(verdict).toMatchObject({ outcome: "deny", policy: { name: "signed" } });
    expect(verdict).not.toHaveProperty("mandatory");
    const elsewhere = policy(undefined, { repositories: [{ name: "other.example/*" }] });
    expect(summary(evaluate({ ...asked, policies: [mandatory, elsewhere] }))).toEqual([
      "deny",
      "deny NO_MATCHING_REPOSITORY",
    ]);
  });

  it("are not softened by a mode of the other, nor enforce what the other only warns of", () => {
    const warns: PolicyDocument = { ...own, repositories: [{ name: "*", policy: { ...NOTARY, mode: "warn" } }] };
    const enforced = inTeam([warns, mandatory], [...results(COSIGN, "none"), ...results(NOTARY, "none")]);
    expect(enforced).toMatchObject({ outcome: "deny", mode: "enforce" });
    expect(summary(enforced)).toEqual(["deny", "deny SIGNATURE_MISSING signatures[0]", "warn SIGNATURE_MISSING trust"]);
    const warned = inTeam([warns, mandatory], [...results(COSIGN, "verified"), ...results(NOTARY, "none")]);
    expect(warned).toMatchObject({ outcome: "deny", mode: "warn" });
    const undecided = inTeam([warns, mandatory], [...results(COSIGN, "unknown"), ...results(NOTARY, "none")]);
    expect(undecided).toMatchObject({ outcome: "undecided", mode: "enforce" });
  });
});

describe("the default policies of a cluster", () => {
  const policies = defaultClusterPolicies("security");
  const judgeIn = (namespace: string, trust: readonly SignatureResult[]): Verdict =>
    evaluate({ reference: "r.example/a:1", namespace, policies, facts: image(trust), now: NOW });

  it("ask for content trust and a scan", () => {
    expect(summary(judgeIn("team", []))).toEqual([
      "undecided",
      "undecided SIGNATURE_UNDECIDED trust",
      "undecided SCAN_MISSING",
    ]);
  });

  it.each(["kube-system", "security"])("never block %s", (namespace) => {
    expect(judgeIn(namespace, [])).toMatchObject({
      outcome: "allow",
      policy: { kind: "ImagePolicy", name: "haechi-default" },
    });
    expect(factsNeeded({ reference: "a", namespace, policies }).digest).toBe(false);
  });

  it("name a namespace once", () => {
    expect(defaultClusterPolicies("kube-system")).toHaveLength(2);
    expect(defaultClusterPolicies().map((each) => each.namespace)).toEqual([undefined, "kube-system", "haechi-system"]);
  });
});

const anyState = fc.constantFrom(...STATES, "verified" as const, "verified" as const);
const anyChecks = fc
  .record(
    {
      trust: fc.constant(NOTARY.trust),
      simple: fc.constant(SIMPLE.simple),
      signatures: fc.constantFrom(COSIGN.signatures, COVERED.signatures),
      attestations: fc.constant(ATTESTED.attestations),
      mode: fc.constantFrom("enforce", "warn", "audit"),
    },
    { requiredKeys: [] },
  )
  .map((checks) => JSON.parse(JSON.stringify(checks)) as ImageChecks);

/** An image or an index, with a state for each requirement of each manifest, some without. */
const anyWorld = anyChecks.chain((checks) => {
  const count = requirementsOf(checks).length;
  const states = fc.array(fc.option(anyState, { nil: undefined }), { minLength: count, maxLength: count });
  const trustOf = (digest: Digest, given: readonly (SignatureState | undefined)[]): readonly SignatureResult[] =>
    given.flatMap((state, at) => {
      const result = state === undefined ? undefined : results(checks, state, digest)[at];
      return result === undefined ? [] : [result];
    });
  const single = states.map((given): ImageFacts => image(trustOf(DIGEST, given)));
  const several = fc.tuple(states, fc.array(states, { maxLength: 3 })).map(
    ([own, children]): ImageFacts => ({
      kind: "index",
      digest: DIGEST,
      trust: trustOf(DIGEST, own),
      children: children.map((given, at) => child(`linux/p${at}`, trustOf(digestOf(`linux/p${at}`), given))),
    }),
  );
  return fc.tuple(fc.constant(checks), fc.oneof(single, several));
});

/** The same facts with the results of one manifest replaced: -1 is the image or index, others are children. */
function withTrust(
  facts: ImageFacts,
  at: number,
  change: (trust: readonly SignatureResult[], digest: Digest) => readonly SignatureResult[],
): ImageFacts {
  if (facts.kind === "unknown") {
    return facts;
  }
  if (at < 0 || facts.kind === "image") {
    return { ...facts, trust: change(facts.trust ?? [], facts.digest) };
  }
  const children = facts.children.map((each, index) =>
    index === at ? { ...each, trust: change(each.trust ?? [], each.digest) } : each,
  );
  return { ...facts, children };
}

describe("for any facts and checks", () => {
  it("one more bad or unknown result never makes a verdict milder", () => {
    fc.assert(
      fc.property(
        anyWorld,
        fc.constantFrom("bad" as const, "unknown" as const, "none" as const),
        fc.integer({ min: -1, max: 2 }),
        fc.nat(),
        ([checks, facts], state, at, which) => {
          const added = withTrust(facts, at, (trust, digest) => {
            const candidates = results(checks, state, digest);
            const extra = candidates[which % Math.max(1, candidates.length)];
            return extra === undefined ? trust : [...trust, extra];
          });
          expect(STRICTNESS[judge(checks, added).outcome]).toBeGreaterThanOrEqual(
            STRICTNESS[judge(checks, facts).outcome],
          );
        },
      ),
    );
  });

  it("one result less never makes a verdict that was not a denial milder", () => {
    fc.assert(
      fc.property(anyWorld, fc.integer({ min: -1, max: 2 }), fc.nat(), ([checks, facts], at, which) => {
        const before = judge(checks, facts);
        const removed = withTrust(facts, at, (trust) =>
          trust.filter((_, index) => index !== which % Math.max(1, trust.length)),
        );
        const after = judge(checks, removed);
        // What was known to be bad is not known any more: undecided, and never allowed.
        const floor = before.outcome === "deny" ? STRICTNESS.undecided : STRICTNESS[before.outcome];
        expect(STRICTNESS[after.outcome]).toBeGreaterThanOrEqual(floor);
      }),
    );
  });

  it("without results nothing that asks for a signature is allowed", () => {
    fc.assert(
      fc.property(anyWorld, ([checks, facts]) => {
        fc.pre(requirementsOf(checks).length > 0);
        const none = [-1, 0, 1, 2].reduce((each, at) => withTrust(each, at, () => []), facts);
        expect(judge(checks, none).outcome).not.toBe("allow");
      }),
    );
  });

  it("allowed means that every requirement on the manifest itself is verified", () => {
    fc.assert(
      fc.property(anyWorld, ([checks, facts]) => {
        const { outcome } = judge(checks, facts);
        const known = facts.kind === "unknown" ? [] : (facts.trust ?? []);
        const isVerified = requirementsOf(checks).every((asked) =>
          known.some((each) => each.requirement === requirementId(asked) && each.state === "verified"),
        );
        expect(isVerified || outcome !== "allow").toBe(true);
      }),
    );
  });

  it("every-child is never milder than any-child, and a mandatory policy never makes anything milder", () => {
    fc.assert(
      fc.property(anyWorld, anyChecks, ([checks, facts], more) => {
        const every = judge(checks, facts);
        const any = judge(checks, facts, { indexRule: "any-child" });
        expect(STRICTNESS[every.outcome]).toBeGreaterThanOrEqual(STRICTNESS[any.outcome]);
        const asked = { reference: "r.example/a:1", namespace: "team", facts, now: NOW };
        const own: PolicyDocument = { ...policy(checks), kind: "ImagePolicy", namespace: "team" };
        const alone = evaluate({ ...asked, policies: [own] });
        const both = evaluate({ ...asked, policies: [own, policy(more, { name: "m", mandatory: true })] });
        const enforced = (verdict: Verdict): number => (verdict.mode === "enforce" ? STRICTNESS[verdict.outcome] : 0);
        expect(enforced(both)).toBeGreaterThanOrEqual(enforced(alone));
      }),
    );
  });
});

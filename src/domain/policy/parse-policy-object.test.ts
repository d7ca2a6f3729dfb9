// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PolicyError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { parsePolicyDocuments } from "./parse-policy-documents.ts";
import { parsePolicyObject } from "./parse-policy-object.ts";
import type { PolicyDocument } from "./policy-document.ts";

const V1 = "haechi.dev/v1";
/** What the API server adds. */
const SYSTEM = {
  uid: "u",
  resourceVersion: "1",
  generation: 1,
  managedFields: [{}],
  annotations: {},
  labels: { a: "b" },
};

function policy(spec: unknown, changes: object = {}): object {
  return {
    apiVersion: V1,
    kind: "ImagePolicy",
    metadata: { name: "main", namespace: "shop", ...SYSTEM },
    spec,
    status: {},
    ...changes,
  };
}

function clusterPolicy(spec: unknown): object {
  return { apiVersion: V1, kind: "ClusterImagePolicy", metadata: { name: "main" }, spec };
}

const SPEC = {
  subject: { repositories: ["registry.example/*"] },
  findings: { vulnerabilities: ["CVE-2026-0001"] },
  reason: "not called",
  requester: "kim",
  approver: "lee",
  until: "2026-08-01T00:00:00Z",
};

function exception(changes: object = {}, metadata: object = { name: "e", namespace: "shop", ...SYSTEM }): object {
  return { apiVersion: V1, kind: "PolicyException", metadata, spec: { ...SPEC, ...changes }, status: { active: true } };
}

function problemsOf(object: unknown): readonly string[] {
  const parsed = parsePolicyObject(object, "object");
  return "problems" in parsed ? parsed.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe("an object of the API server", () => {
  it("is read with what the API server adds", () => {
    expect(parsePolicyObject(policy({ repositories: [{ name: "*" }] }), "o")).toEqual({
      document: { kind: "ImagePolicy", name: "main", namespace: "shop", repositories: [{ name: "*" }] },
      warnings: [],
    });
  });

  it("is read when it only speaks of workloads", () => {
    expect(parsePolicyObject(clusterPolicy({ workload: { privileged: "deny" }, mandatory: true }), "o")).toEqual({
      document: {
        kind: "ClusterImagePolicy",
        name: "main",
        repositories: [],
        workload: { privileged: "deny" },
        isWorkloadOnly: true,
        mandatory: true,
      },
      warnings: [],
    });
  });

  it("is read in an older spelling, with its doubts", () => {
    const object = {
      ...policy({ repositories: [{ name: "*", policies: {} }] }),
      apiVersion: "portieris.cloud.ibm.com/v1",
    };
    expect(parsePolicyObject(object, "ImagePolicy shop/main")).toMatchObject({
      document: { spelling: "portieris" },
      warnings: [{ origin: "ImagePolicy shop/main", path: "spec.repositories[0].policies" }],
    });
  });

  it("is read when it is an exception", () => {
    expect(parsePolicyObject(exception(), "o")).toEqual({
      exception: { name: "e", namespace: "shop", ...SPEC },
      warnings: [],
    });
  });

  it("compiles conditions where it is told how", () => {
    const attestations = [
      {
        predicateType: "https://x.example/t",
        by: [{ keyless: { issuer: "https://i.example", subject: "a" } }],
        conditions: ["nonsense("],
      },
    ];
    const object = policy({ repositories: [{ name: "*", policy: { attestations } }] });
    expect(parsePolicyObject(object, "o")).toHaveProperty("document");
    expect(parsePolicyObject(object, "o", { checkCondition: () => "does not parse" })).toMatchObject({
      problems: [{ path: "spec.repositories[0].policy.attestations[0].conditions[0]" }],
      broken: { name: "main" },
    });
  });
});

describe("an object that cannot be read stands for itself", () => {
  it.each<{ readonly name: string; readonly object: unknown; readonly broken: Partial<PolicyDocument> | undefined }>([
    {
      name: "a misspelt check",
      object: policy({ repositories: [{ name: "*", policy: { scann: {} } }] }),
      broken: {
        kind: "ImagePolicy",
        namespace: "shop",
        problem: 'spec.repositories[0].policy.scann: unknown field "scann"',
      },
    },
    { name: "no spec", object: policy(undefined), broken: { namespace: "shop" } },
    { name: "another version", object: policy({}, { apiVersion: "haechi.dev/v9" }), broken: { namespace: "shop" } },
    {
      name: "of the cluster",
      object: clusterPolicy({ repositories: 1 }),
      broken: { kind: "ClusterImagePolicy", name: "main" },
    },
    { name: "mandatory", object: clusterPolicy({ repositories: 1, mandatory: true }), broken: { mandatory: true } },
    {
      name: "mandatory by a word",
      object: clusterPolicy({ repositories: [], mandatory: "yes" }),
      broken: { mandatory: true },
    },
    {
      name: "not mandatory",
      object: clusterPolicy({ repositories: 1, mandatory: false }),
      broken: { mandatory: undefined as unknown as true },
    },
    { name: "an exception", object: exception({ findings: {} }), broken: undefined },
    { name: "a Secret", object: { apiVersion: "v1", kind: "Secret", metadata: { name: "a" } }, broken: undefined },
    { name: "a Pod", object: { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }, broken: undefined },
    { name: "no object", object: null, broken: undefined },
    { name: "a list", object: [], broken: undefined },
    { name: "a text", object: "x", broken: undefined },
  ])("$name", ({ object, broken }) => {
    const parsed = parsePolicyObject(object, "o");
    expect("problems" in parsed ? parsed.problems.length : 0).toBeGreaterThan(0);
    expect("broken" in parsed ? parsed.broken : undefined).toEqual(
      broken === undefined ? undefined : expect.objectContaining(JSON.parse(JSON.stringify(broken))),
    );
    if ("broken" in parsed) {
      expect(parsed.broken?.mandatory ?? undefined).toBe(broken?.mandatory);
    }
  });

  it("nesting without end is a problem, too", () => {
    let deep: unknown = {};
    for (let level = 0; level < 100_000; level += 1) {
      deep = { trustPolicy: deep };
    }
    const notation = { trustPolicy: { version: deep }, trustStores: {} };
    expect(problemsOf(policy({ repositories: [{ name: "*", policy: { signatures: [{ notation }] } }] }))).not.toEqual(
      [],
    );
  });

  it("whatever it is, nothing is thrown", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("ImagePolicy", "ClusterImagePolicy", "PolicyException", "X"),
        (spec, kind) => {
          const parsed = parsePolicyObject(
            { apiVersion: V1, kind, metadata: { name: "a", namespace: "b" }, spec },
            "o",
          );
          expect("problems" in parsed || parsed.document !== undefined || parsed.exception !== undefined).toBe(true);
        },
      ),
    );
  });
});

describe("a document in force that cannot be read", () => {
  const NOW = new Date("2026-07-01T00:00:00Z");
  const open: PolicyDocument = { kind: "ClusterImagePolicy", name: "open", repositories: [{ name: "*" }] };
  const own: PolicyDocument = { kind: "ImagePolicy", name: "own", namespace: "shop", repositories: [{ name: "*" }] };
  const broken = (changes: Partial<PolicyDocument>): PolicyDocument => ({
    kind: "ClusterImagePolicy",
    name: "b",
    repositories: [],
    problem: "x",
    ...changes,
  });
  const reject: PolicyDocument = {
    kind: "ClusterImagePolicy",
    name: "reject",
    mandatory: true,
    repositories: [{ name: "*", policy: { simple: { requirements: [{ type: "reject" }] } } }],
  };

  it.each<{ readonly name: string; readonly policies: readonly PolicyDocument[]; readonly want: readonly string[] }>([
    {
      name: "of the cluster, beside one that allows all",
      policies: [open, broken({})],
      want: ["undecided", "undecided POLICY_INVALID"],
    },
    { name: "of the cluster, where the namespace has its own", policies: [own, broken({})], want: ["allow"] },
    {
      name: "that is mandatory, where the namespace has its own",
      policies: [own, broken({ mandatory: true })],
      want: ["undecided", "undecided POLICY_INVALID"],
    },
    {
      name: "of the namespace, over one of the cluster",
      policies: [open, broken({ kind: "ImagePolicy", namespace: "shop" })],
      want: ["undecided", "undecided POLICY_INVALID"],
    },
    {
      name: "of another namespace",
      policies: [open, broken({ kind: "ImagePolicy", namespace: "other" })],
      want: ["allow"],
    },
    // Or whoever may write policies of a namespace could turn a denial into something that failure: allow lets in.
    {
      name: "of the namespace does not hide what a mandatory policy refuses",
      policies: [reject, broken({ kind: "ImagePolicy", namespace: "shop" })],
      want: ["deny", "deny SIGNATURE_REJECTED", "undecided POLICY_INVALID"],
    },
  ])("$name", ({ policies, want }) => {
    const asked = { reference: "r.example/a:1", namespace: "shop", facts: { kind: "unknown" }, now: NOW } as const;
    for (const order of [policies, policies.toReversed()]) {
      const { outcome, reasons } = evaluate({ ...asked, policies: order });
      expect([outcome, ...reasons.map(({ effect, code }) => `${effect} ${code}`)]).toEqual(want);
    }
  });

  it("is named, with what is wrong", () => {
    const {
      reasons,
      policy: deciding,
      mutateImage,
    } = evaluate({
      reference: "a",
      namespace: "shop",
      policies: [broken({ kind: "ImagePolicy", namespace: "shop" })],
      facts: { kind: "unknown" },
      now: NOW,
    });
    expect(reasons).toMatchObject([{ params: { kind: "ImagePolicy", name: "shop/b", message: "x" } }]);
    expect({ deciding, mutateImage }).toEqual({ deciding: undefined, mutateImage: false });
  });

  it("has no words of an older product", () => {
    const verdict = evaluate({
      reference: "a",
      namespace: "shop",
      policies: [broken({ spelling: "cise" })],
      facts: { kind: "unknown" },
      now: NOW,
    });
    expect(verdict).not.toHaveProperty("spelling");
  });
});

describe("an exception is refused", () => {
  it.each([
    { name: "without findings", changes: { findings: {} }, want: "spec.findings: expected at least one of" },
    { name: "with an empty list", changes: { findings: { rules: [] } }, want: "spec.findings.rules: " },
    { name: "for everything", changes: { subject: {} }, want: "spec.subject: expected at least one of" },
    {
      name: "with an unknown field",
      changes: { subject: { images: ["*"] } },
      want: 'spec.subject.images: unknown field "images"',
    },
    {
      name: "for a code that is none",
      changes: { findings: { rules: ["VULNERABILTY"] } },
      want: "expected a reason code that can be exempted",
    },
    {
      name: "for a code that is about the gate",
      changes: { findings: { rules: ["POLICY_INVALID"] } },
      want: "expected a reason code that can be exempted",
    },
    { name: "without an end", changes: { until: undefined }, want: "spec.until: " },
    { name: "with a date as its end", changes: { until: "2026-08-01" }, want: "spec.until: expected a time such as" },
    {
      name: "with an end that is no time",
      changes: { until: "2026-13-01T00:00:00Z" },
      want: "spec.until: expected a time such as",
    },
    { name: "without a reason", changes: { reason: " " }, want: "spec.reason: expected a text" },
    { name: "without a requester", changes: { requester: undefined }, want: "spec.requester: " },
    {
      name: "granted by its requester",
      changes: { approver: "kim" },
      want: "spec.approver: the approver must be somebody else",
    },
    { name: "for a digest that is none", changes: { subject: { digests: ["sha256:abc"] } }, want: "expected a digest" },
    { name: "with a line break in its reason", changes: { reason: "a\nb" }, want: "without control characters" },
  ])("$name", ({ changes, want }) => {
    expect(problemsOf(JSON.parse(JSON.stringify(exception(changes)))).join("\n")).toContain(want);
  });

  it("but not while nobody has granted it yet", () => {
    const { approver: _, ...asked } = SPEC;
    expect(parsePolicyObject({ ...exception(), spec: asked }, "o")).toHaveProperty("exception");
  });
});

describe("exceptions in files", () => {
  const TEXT = `
apiVersion: ${V1}
kind: PolicyException
metadata: {name: e}
spec: ${JSON.stringify(SPEC)}
`;

  it("stand beside policies, with or without a namespace", () => {
    const { exceptions, documents } = parsePolicyDocuments(
      `${TEXT}---${TEXT.replace("name: e", "name: e, namespace: shop")}`,
      "f",
    );
    expect(exceptions).toEqual([
      { name: "e", ...SPEC },
      { name: "e", namespace: "shop", ...SPEC },
    ]);
    expect(documents).toEqual([]);
  });

  it("of one name are refused, with their line", () => {
    expect(() => parsePolicyDocuments(`${TEXT}---${TEXT}`, "f")).toThrow(/f.*a second PolicyException of the name e/);
    expect(() => parsePolicyDocuments(TEXT.replace("kim", "lee"), "f")).toThrow(PolicyError);
    expect(() => parsePolicyDocuments(TEXT.replace("kim", "lee"), "f")).toThrow(/f:5 .*spec\.approver/);
  });
});

describe("spec.workload is refused", () => {
  it.each([
    { name: "without a check", workload: {}, want: "expected at least one check" },
    { name: "with a mode alone", workload: { mode: "warn" }, want: "expected at least one check" },
    { name: "with an unknown check", workload: { privilegd: "deny" }, want: 'unknown field "privilegd"' },
    { name: "with a level of later", workload: { podSecurity: "privileged" }, want: "workload.podSecurity" },
    { name: "with CAP_", workload: { capabilities: { allowAdd: ["CAP_CHOWN"] } }, want: "without CAP_" },
    { name: "with an empty list of labels", workload: { requireLabels: [] }, want: "workload.requireLabels" },
    {
      name: "with a label that is none",
      workload: { requireLabels: [{ name: "a b" }] },
      want: "expected the name of a label",
    },
    {
      name: "with an account that is none",
      workload: { serviceAccount: { assign: "A" } },
      want: "expected the name of a service account",
    },
  ])("$name", ({ workload, want }) => {
    expect(problemsOf(policy({ workload })).join("\n")).toContain(want);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { requirementId, type SignatureResult, type SignatureState } from "#signatures";
import { renderCompatibleDenial } from "./compatible-denial.ts";
import { defaultClusterPolicies } from "./default-policies.ts";
import { evaluate } from "./evaluate.ts";
import { factsNeeded } from "./facts-needed.ts";
import type { ImageFacts } from "./image-facts.ts";
import { isBeyondScanner } from "./is-beyond-scanner.ts";
import { parsePolicyDocuments } from "./parse-policy-documents.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { PolicySecret } from "./policy-secret.ts";
import { PUBLIC_KEY } from "./testdata/material.ts";
import { child, DIGEST, done, finding, image, index } from "./testdata/scanned-image.ts";
import type { Verdict } from "./verdict.ts";

// Each sentence that says what policies of Portieris mean here, or where that is deliberately something else, as far as this module decides it;
// what is decided elsewhere (owners, kinds of workloads, credentials, errors of the API server, metrics) is tested there.

const NOW = new Date("2026-07-01T00:00:00Z");
const D = `sha256:${"a".repeat(64)}`;
const SPELLINGS = ["portieris.cloud.ibm.com/v1", "securityenforcement.admission.cloud.ibm.com/v1beta1"] as const;
type Spelling = (typeof SPELLINGS)[number];

interface Written {
  readonly name: string;
  readonly policy?: object;
  readonly policies?: object;
}

function read(
  apiVersion: Spelling,
  kind: PolicyDocument["kind"],
  name: string,
  repositories: readonly Written[],
): PolicyDocument {
  const metadata = kind === "ImagePolicy" ? { name, namespace: "shop" } : { name };
  const [document] = parsePolicyDocuments(
    JSON.stringify({ apiVersion, kind, metadata, spec: { repositories } }),
    "p",
  ).documents;
  return document ?? expect.fail("no document");
}

interface Asked {
  readonly reference?: string;
  readonly cluster?: readonly Written[];
  /** Of another object of the cluster, whose name comes first. */
  readonly earlier?: readonly Written[];
  readonly own?: readonly Written[];
  readonly facts?: ImageFacts;
  readonly secrets?: readonly PolicySecret[];
  readonly signed?: SignatureState;
}

function judge(
  spelling: Spelling,
  { reference = "icr.io/ns/app:v1", cluster, earlier, own, facts = image(), secrets = [], signed }: Asked,
): Verdict {
  const policies = [
    ...(cluster === undefined ? [] : [read(spelling, "ClusterImagePolicy", "m", cluster)]),
    ...(earlier === undefined ? [] : [read(spelling, "ClusterImagePolicy", "a", earlier)]),
    ...(own === undefined ? [] : [read(spelling, "ImagePolicy", "own", own)]),
  ];
  const asked = { reference, namespace: "shop", policies, secrets };
  const trust = factsNeeded(asked).trust.map(
    (requirement): SignatureResult => ({
      requirement: requirementId(requirement),
      digest: DIGEST,
      state: signed ?? "none",
      signatures:
        signed === "verified" ? [{ kind: "notary", identity: "alice", keyId: "k", location: "x", checks: [] }] : [],
      problems: [],
    }),
  );
  return evaluate({ ...asked, facts: facts.kind === "unknown" ? facts : { ...facts, trust }, now: NOW });
}

const ADVISED = { vulnerability: { ICCRVA: { enabled: true } } };
const TRUSTED = { trust: { enabled: true } };
const VULNERABLE = image({ scan: done({ findings: [finding()] }) });
const signers = (...names: readonly string[]) => ({
  trust: { enabled: true, signerSecrets: names.map((name) => ({ name })) },
});
const secret = (name: string, namespace: string): PolicySecret => ({
  name,
  namespace,
  data: { name, publicKey: PUBLIC_KEY },
});

interface Row {
  readonly sentence: string;
  readonly asked: Asked;
  readonly want: string;
}

/** Outcome, first reason, the entry that won. */
function summary({ outcome, reasons, policy }: Verdict): string {
  return [outcome, reasons[0]?.code, policy?.repository].filter((part) => part !== undefined).join(" ");
}

describe.each(SPELLINGS)("%s: the meaning", (spelling) => {
  it.each<Row>([
    // 1
    {
      sentence: "if the namespace has any ImagePolicy, only those count",
      asked: { cluster: [{ name: "*" }], own: [{ name: "quay.io/*" }] },
      want: "deny NO_MATCHING_REPOSITORY",
    },
    { sentence: "otherwise ClusterImagePolicies", asked: { cluster: [{ name: "*" }] }, want: "allow *" },
    { sentence: "otherwise deny", asked: {}, want: "deny NO_POLICY" },
    // 2
    {
      sentence: "all entries of all objects at that level are pooled",
      asked: { cluster: [{ name: "*" }], earlier: [{ name: "icr.io/*", policy: TRUSTED }] },
      want: "deny SIGNATURE_MISSING icr.io/*",
    },
    {
      sentence: "an exact name wins",
      asked: { cluster: [{ name: "icr.io/ns/app:v1*", policy: TRUSTED }, { name: "icr.io/ns/app:v1" }] },
      want: "allow icr.io/ns/app:v1",
    },
    {
      sentence: "else the most specific wildcard",
      asked: { cluster: [{ name: "icr.io/*", policy: TRUSTED }, { name: "icr.io/ns/*" }, { name: "*" }] },
      want: "allow icr.io/ns/*",
    },
    {
      sentence: "ties by object name",
      asked: {
        cluster: [{ name: "icr.io/ns/*pp", policy: TRUSTED }],
        earlier: [{ name: "icr.io/ns/a*p" }],
      },
      want: "allow icr.io/ns/a*p",
    },
    {
      sentence: "entries are never merged field by field",
      asked: {
        cluster: [
          { name: "icr.io/*", policy: TRUSTED },
          { name: "icr.io/ns/*", policy: ADVISED },
        ],
        facts: image({ scan: done() }),
      },
      want: "allow icr.io/ns/*",
    },
    {
      sentence: "no match is denied",
      asked: { cluster: [{ name: "quay.io/*" }] },
      want: "deny NO_MATCHING_REPOSITORY",
    },
    { sentence: "an empty list blocks everything", asked: { cluster: [] }, want: "deny NO_MATCHING_REPOSITORY" },
    // 3
    {
      sentence: "* without a policy allows everything, unchecked",
      asked: { cluster: [{ name: "*" }], facts: { kind: "unknown" } },
      want: "allow *",
    },
    {
      sentence: "an omitted policy means every check is off",
      asked: { cluster: [{ name: "icr.io/*" }, { name: "*", policy: ADVISED }], facts: VULNERABLE },
      want: "allow icr.io/*",
    },
    // 4
    {
      sentence: "trust.enabled: the image must be signed",
      asked: { cluster: [{ name: "*", policy: TRUSTED }], signed: "none" },
      want: "deny SIGNATURE_MISSING *",
    },
    {
      sentence: "trust.enabled: a signed image passes",
      asked: { cluster: [{ name: "*", policy: TRUSTED }], signed: "verified" },
      want: "allow *",
    },
    {
      sentence: "trust.enabled: false ignores signatures",
      asked: { cluster: [{ name: "*", policy: { trust: { enabled: false } } }], signed: "bad" },
      want: "allow *",
    },
    {
      sentence: "with signerSecrets each key must be there",
      asked: {
        cluster: [{ name: "*", policy: signers("alice", "bob") }],
        secrets: [secret("alice", "haechi-system")],
        signed: "verified",
      },
      want: "deny SECRET_MISSING *",
    },
    // 5
    {
      sentence: "vulnerability: the image must have passed the scan",
      asked: { cluster: [{ name: "*", policy: ADVISED }], facts: VULNERABLE },
      want: "deny VULNERABILITY *",
    },
    {
      sentence: "an image that the scanner does not support passes, with a warning",
      asked: {
        cluster: [{ name: "*", policy: ADVISED }],
        facts: image({ scan: { state: "unsupported", mediaType: "a/b" } }),
      },
      want: "allow ARTIFACT_UNSUPPORTED *",
    },
    // 7
    {
      sentence: "policies in the place of policy loads as policy omitted",
      asked: { cluster: [{ name: "icr.io/*", policies: TRUSTED }] },
      want: "allow icr.io/*",
    },
    // 9
    {
      sentence: "Secrets of a ClusterImagePolicy are read from Haechi's own namespace",
      asked: {
        cluster: [{ name: "*", policy: signers("alice") }],
        secrets: [secret("alice", "shop")],
        signed: "verified",
      },
      want: "deny SECRET_MISSING *",
    },
    {
      sentence: "Secrets of an ImagePolicy are read from its namespace",
      asked: { own: [{ name: "*", policy: signers("alice") }], secrets: [secret("alice", "shop")], signed: "verified" },
      want: "allow *",
    },
    // 10
    {
      sentence: "of an index the linux children must pass",
      asked: {
        cluster: [{ name: "*", policy: ADVISED }],
        facts: index([
          child({ scan: done() }),
          child({ platform: "windows/amd64", scan: done({ findings: [finding()] }) }),
        ]),
      },
      want: "allow *",
    },
    {
      sentence: "of an index each linux child must pass",
      asked: {
        cluster: [{ name: "*", policy: ADVISED }],
        facts: index([
          child({ scan: done() }),
          child({ platform: "linux/arm64", scan: done({ findings: [finding()] }) }),
        ]),
      },
      want: "deny VULNERABILITY *",
    },
  ])("$sentence", ({ asked, want }) => {
    expect(summary(judge(spelling, asked))).toBe(want);
  });

  it("4: all signers are asked for at once, by name and key", () => {
    const policies = [read(spelling, "ClusterImagePolicy", "m", [{ name: "*", policy: signers("alice", "bob") }])];
    const secrets = [secret("alice", "haechi-system"), secret("bob", "haechi-system")];
    const [requirement] = factsNeeded({ reference: "icr.io/a:1", policies, secrets }).trust;
    expect(requirement).toMatchObject({ kind: "notary", signers: [{ name: "alice" }, { name: "bob" }] });
  });

  it("8: denials have the words of the older product", () => {
    const denied = judge(spelling, { cluster: [{ name: "quay.io/*" }] });
    expect(renderCompatibleDenial(denied, "icr.io/ns/app:v1")).toMatch(/^Deny/);
  });

  it("3: an unchecked image is contacted for nothing and changed by nothing", () => {
    const policies = [read(spelling, "ClusterImagePolicy", "m", [{ name: "*" }])];
    expect(factsNeeded({ reference: "icr.io/a:1", policies })).toMatchObject({
      scan: false,
      created: false,
      config: false,
      digest: false,
      trust: [],
      childTrust: [],
    });
    expect(judge(spelling, { cluster: [{ name: "*" }] }).mutateImage).toBe(false);
  });
});

describe("the meaning of ours", () => {
  it("5: what the scanner does not support is refused, by whatever setting, since nobody will ever know", () => {
    const policies: readonly PolicyDocument[] = [
      { kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: { vulnerability: {} } }] },
    ];
    const facts = image({ scan: { state: "unsupported", mediaType: "a/b" } });
    const verdict = evaluate({ reference: "a", policies, facts, now: NOW });
    expect([verdict.outcome, isBeyondScanner(verdict)]).toEqual(["undecided", true]);
  });

  it("5: exempted findings aside", () => {
    const cluster = [read(SPELLINGS[0], "ClusterImagePolicy", "m", [{ name: "*", policy: ADVISED }])];
    const exceptions = [
      {
        name: "e",
        subject: { namespaces: ["shop"] },
        findings: { vulnerabilities: ["CVE-2026-0001"] },
        reason: "r",
        requester: "kim",
        approver: "lee",
        until: "2026-08-01T00:00:00Z",
      },
    ];
    const asked = { reference: "icr.io/a:1", namespace: "shop", policies: cluster, facts: VULNERABLE, now: NOW };
    expect([evaluate(asked).outcome, evaluate({ ...asked, exceptions }).outcome]).toEqual(["deny", "allow"]);
  });

  it("7: the defaults ask for trust and scan everywhere, and block neither kube-system nor Haechi", () => {
    const policies = defaultClusterPolicies();
    const outcome = (namespace: string) =>
      evaluate({ reference: "icr.io/a:1", namespace, policies, facts: { kind: "unknown" }, now: NOW }).outcome;
    expect(["shop", "kube-system", "haechi-system"].map(outcome)).toEqual(["undecided", "allow", "allow"]);
  });

  it("a mandatory ClusterImagePolicy applies beside the namespace's own", () => {
    const own = read(SPELLINGS[0], "ImagePolicy", "own", [{ name: "*" }]);
    const mandatory: PolicyDocument = {
      kind: "ClusterImagePolicy",
      name: "m",
      mandatory: true,
      repositories: [{ name: "*", policy: { vulnerability: {} } }],
    };
    const asked = { reference: "icr.io/a:1", namespace: "shop", facts: VULNERABLE, now: NOW };
    expect(evaluate({ ...asked, policies: [own] }).outcome).toBe("allow");
    expect(evaluate({ ...asked, policies: [own, mandatory] }).outcome).toBe("deny");
  });
});

/** Which entry of a policy matches an image: what follows from how Portieris compares names, and where Haechi does not follow it. */
describe.each(SPELLINGS)("%s: matching", (spelling) => {
  it.each<{
    readonly name: string;
    readonly image: string;
    readonly portieris: boolean;
    readonly ours: boolean;
    readonly why: string;
  }>([
    { name: "icr.io/ns/img", image: "icr.io/ns/img:v1", portieris: true, ours: true, why: "kept" },
    { name: "icr.io/ns/img", image: `icr.io/ns/img:v1@${D}`, portieris: true, ours: true, why: "kept" },
    {
      name: "icr.io/ns/img",
      image: `icr.io/ns/img@${D}`,
      portieris: false,
      ours: true,
      why: "a digest reference matches its repository's entry",
    },
    { name: "docker.io/*", image: "nginx", portieris: false, ours: true, why: "references are normalised" },
    { name: "nginx", image: "nginx", portieris: true, ours: true, why: "the raw form still matches" },
    { name: "nginx", image: "docker.io/library/nginx", portieris: false, ours: true, why: "references are normalised" },
    {
      name: "*/nginx",
      image: "docker.io/library/nginx",
      portieris: false,
      ours: true,
      why: "docker.io/nginx is the same image",
    },
    {
      name: "icr.io*",
      image: "icr.io.evil.com/x",
      portieris: true,
      ours: false,
      why: "host parts end at a label boundary",
    },
    { name: "icr.io*", image: "icr.io/x", portieris: true, ours: true, why: "kept" },
    {
      name: "nginx*",
      image: "nginx.evil.com/pwn",
      portieris: true,
      ours: false,
      why: "host parts end at a label boundary",
    },
    { name: "icr.io", image: "icr.io:443/ns/img", portieris: true, ours: false, why: "a registry is not an image" },
    {
      name: "*icr.io/a/*",
      image: "evilicr.io/a/b",
      portieris: true,
      ours: false,
      why: "host parts end at a label boundary",
    },
    { name: "*icr.io/a/*", image: "us.icr.io/a/b", portieris: true, ours: true, why: "kept" },
    {
      name: "registry/*",
      image: "registry:5000/x",
      portieris: false,
      ours: false,
      why: "kept: the port belongs to the host",
    },
    { name: "registry*/*", image: "registry:5000/x", portieris: true, ours: true, why: "kept" },
    { name: "icr.io/*", image: "icr.io/a/b/c:v1", portieris: true, ours: true, why: "kept: * crosses / and :" },
    { name: "icr.io/ns*/img", image: "icr.io/ns/img", portieris: true, ours: true, why: "kept: * may be empty" },
    { name: "*", image: "anything.example/x", portieris: true, ours: true, why: "kept" },
  ])("$name on $image: $why", ({ name, image: reference, portieris, ours, why }) => {
    expect(judge(spelling, { reference, cluster: [{ name }] }).outcome === "allow").toBe(ours);
    expect(why.startsWith("kept") || why.includes("raw form")).toBe(portieris === ours);
  });
});

describe("deliberately different", () => {
  it("vulnerability checks work for images of any registry", () => {
    for (const reference of ["quay.io/a:1", "registry:5000/a", "nginx"]) {
      expect(
        summary(judge(SPELLINGS[0], { reference, cluster: [{ name: "*", policy: ADVISED }], facts: VULNERABLE })),
      ).toBe("deny VULNERABILITY *");
    }
  });

  it("a digest reference is never judged as its tag latest", () => {
    const cluster = [{ name: "*:latest" }, { name: "*", policy: TRUSTED }];
    expect(summary(judge(SPELLINGS[0], { reference: `icr.io/ns/app@${D}`, cluster }))).toBe("deny SIGNATURE_MISSING *");
    expect(summary(judge(SPELLINGS[0], { reference: `icr.io/ns/app:latest@${D}`, cluster }))).toBe(
      "deny SIGNATURE_MISSING *",
    );
  });

  it("simple and trust together compare digests", () => {
    const cluster = [
      read(SPELLINGS[0], "ClusterImagePolicy", "m", [
        { name: "*", policy: { ...TRUSTED, simple: { requirements: [{ type: "signedBy", keySecret: "k" }] } } },
      ]),
    ];
    const secrets = [
      {
        name: "k",
        namespace: "haechi-system",
        data: { key: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----\n" },
      },
    ];
    const asked = { reference: "icr.io/a:1", policies: cluster, secrets };
    const results = factsNeeded(asked).trust.map(
      (requirement, at): SignatureResult => ({
        requirement: requirementId(requirement),
        digest: at === 0 ? DIGEST : digestOf("another"),
        state: "verified",
        signatures: [{ kind: "gpg", identity: "a", keyId: "k", location: "x", checks: [] }],
        problems: [],
      }),
    );
    expect(results).toHaveLength(2);
    expect(evaluate({ ...asked, facts: { ...image(), trust: results }, now: NOW })).toMatchObject({
      outcome: "deny",
      reasons: [{ params: { problem: "DIGEST_MISMATCH" } }],
    });
  });

  it("what cannot be told is undecided, and no denial", () => {
    const verdict = judge(SPELLINGS[0], { cluster: [{ name: "*", policy: TRUSTED }], signed: "unknown" });
    expect(summary(verdict)).toBe("undecided SIGNATURE_UNDECIDED *");
    expect(renderCompatibleDenial(verdict, "icr.io/ns/app:v1")).toBeUndefined();
  });

  it("va counts in the spelling of Portieris, too, whose own schema prunes it", () => {
    const cluster = [{ name: "*", policy: { va: { enabled: true } } }];
    expect(summary(judge(SPELLINGS[0], { cluster, facts: VULNERABLE }))).toBe("deny VULNERABILITY *");
  });
});

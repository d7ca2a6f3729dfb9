// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { requirementId, type SignatureProblem, type SignatureResult } from "#signatures";
import { renderCompatibleDenial } from "./compatible-denial.ts";
import { evaluate } from "./evaluate.ts";
import { factsNeeded } from "./facts-needed.ts";
import type { ImageFacts, ScanFacts } from "./image-facts.ts";
import { parsePolicyDocuments } from "./parse-policy-documents.ts";
import type { CompatibleSpelling, ImageChecks } from "./policy-document.ts";
import { ARMOURED_KEY } from "./testdata/material.ts";
import type { Verdict } from "./verdict.ts";

const VERSIONS = {
  portieris: "portieris.cloud.ibm.com/v1",
  cise: "securityenforcement.admission.cloud.ibm.com/v1beta1",
} as const satisfies Record<CompatibleSpelling, string>;
const SPELLINGS = ["portieris", "cise"] as const;
const ADVISOR: ImageChecks = {
  scan: { required: true, unsupported: "allow" },
  vulnerability: { maxSeverity: "none", onlyFixable: true },
};

function cluster(spelling: CompatibleSpelling, repositories: string): string {
  return `apiVersion: ${VERSIONS[spelling]}\nkind: ClusterImagePolicy\nmetadata: {name: p}\nspec:\n  repositories:\n${repositories}`;
}

function team(spelling: CompatibleSpelling, repositories: string): string {
  return cluster(spelling, repositories).replace(
    "ClusterImagePolicy\nmetadata: {name: p}",
    "ImagePolicy\nmetadata: {name: p, namespace: team}",
  );
}

describe.each(SPELLINGS)("documents of %s", (spelling) => {
  it.each<{
    readonly name: string;
    readonly policy: string;
    readonly want: ImageChecks | undefined;
    readonly doubt?: string;
  }>([
    { name: "no policy", policy: "", want: undefined },
    { name: "an empty policy", policy: "policy:", want: undefined },
    { name: "a policy without checks", policy: "policy: {}", want: {} },
    {
      name: "trust, with the first root that is seen",
      policy: "policy: {trust: {enabled: true}}",
      want: { trust: { enabled: true, trustOnFirstUse: true } },
    },
    {
      name: "trust that is off",
      policy: "policy: {trust: {enabled: false}}",
      want: { trust: { enabled: false, trustOnFirstUse: true } },
    },
    {
      name: "trust without enabled, which is off",
      policy: "policy: {trust: {signerSecrets: [{name: a}]}}",
      doubt: 'without "enabled" this is off',
      want: { trust: { enabled: false, signerSecrets: [{ name: "a" }], trustOnFirstUse: true } },
    },
    {
      name: "signers and a server",
      policy:
        "policy: {trust: {enabled: true, trustServer: 'https://notary.example', signerSecrets: [{name: a}, {name: b}]}}",
      want: {
        trust: {
          enabled: true,
          trustServer: "https://notary.example",
          signerSecrets: [{ name: "a" }, { name: "b" }],
          trustOnFirstUse: true,
        },
      },
    },
    { name: "va", policy: "policy: {va: {enabled: true}}", want: ADVISOR },
    { name: "va that is off", policy: "policy: {va: {enabled: false}}", want: {} },
    { name: "ICCRVA", policy: "policy: {vulnerability: {ICCRVA: {enabled: true, account: abc}}}", want: ADVISOR },
    {
      name: "ICCRVA without enabled, which is off",
      policy: "policy: {vulnerability: {ICCRVA: {account: abc}}}",
      doubt: 'without "enabled" this is off',
      want: {},
    },
    { name: "ICCRVA that is off", policy: "policy: {vulnerability: {ICCRVA: {enabled: false}}}", want: {} },
    { name: "an image that is left as it is", policy: "policy: {mutateImage: false}", want: { mutateImage: false } },
    {
      name: "simple",
      policy:
        "policy: {simple: {storeURL: 'https://s.example', storeSecret: st, requirements: [{type: signedBy, keySecret: k, keySecretNamespace: n, signedIdentity: {type: matchExactRepository, dockerRepository: r.example/a}}]}}",
      want: {
        simple: {
          storeURL: "https://s.example",
          storeSecret: "st",
          requirements: [
            {
              type: "signedBy",
              keySecret: "k",
              keySecretNamespace: "n",
              signedIdentity: { type: "matchExactRepository", dockerRepository: "r.example/a" },
            },
          ],
        },
      },
    },
    { name: "simple without requirements, which is off", policy: "policy: {simple: {requirements: }}", want: {} },
    {
      name: "simple with no requirement, which is off",
      policy: "policy: {simple: {storeURL: 'https://s.example', requirements: []}}",
      want: {},
    },
  ])("$name", ({ policy, want, doubt }) => {
    const text = cluster(spelling, `  - name: "*"${policy === "" ? "" : `\n    ${policy}`}\n`);
    const { documents, warnings } = parsePolicyDocuments(text, "p.yaml");
    expect(documents).toEqual([
      {
        kind: "ClusterImagePolicy",
        name: "p",
        repositories: [want === undefined ? { name: "*" } : { name: "*", policy: want }],
        spelling,
      },
    ]);
    expect(warnings.map((each) => each.message)).toEqual(doubt === undefined ? [] : [doubt]);
  });

  it("take policies as a misspelling that asks for nothing, and say so", () => {
    const text = cluster(spelling, "  - name: quay.io/coreos/hyperkube\n    policies:\n      va: {enabled: true}\n");
    const { documents, warnings } = parsePolicyDocuments(text, "p.yaml");
    expect(documents[0]?.repositories).toEqual([{ name: "quay.io/coreos/hyperkube" }]);
    expect(warnings).toEqual([
      {
        origin: "p.yaml",
        document: 1,
        line: 8,
        path: "spec.repositories[0].policies",
        message: '"policies" is taken as an omitted policy: nothing is checked; write "policy"',
      },
    ]);
  });

  it.each([
    {
      name: "an unknown check",
      policy: "policy: {vulnerabilty: {ICCRVA: {enabled: true}}}",
      want: /:7 .*unknown field "vulnerabilty"/,
    },
    {
      name: "a misspelt list of requirements",
      policy: "policy: {simple: {requirement: [{type: reject}]}}",
      want: /unknown field "requirement"/,
    },
    { name: "simple as text", policy: "policy: {simple: signedBy}", want: /policy\.simple: Invalid input/ },
    { name: "trust as a list", policy: "policy: {trust: []}", want: /policy\.trust: Invalid input/ },
    { name: "a misspelt switch", policy: "policy: {va: {enable: true}}", want: /va\.enable: unknown field "enable"/ },
    {
      name: "a mandatory policy",
      policy: "policy: {}\n  mandatory: true",
      want: /only a ClusterImagePolicy of haechi\.dev\/v1 can be mandatory/,
    },
    { name: "our own checks", policy: "policy: {scan: {required: true}}", want: /:7 .*unknown field "scan"/ },
    {
      name: "an unknown requirement",
      policy: "policy: {simple: {requirements: [{type: signedby, keySecret: k}]}}",
      want: /requirements\[0\]\.type/,
    },
    {
      name: "a store that is a file",
      policy: "policy: {simple: {storeURL: 'file:///x', requirements: [{type: reject}]}}",
      want: /expecting https:\/\/ or http:\/\/ URL, got: file:\/\/\/x/,
    },
    {
      name: "enabled as text",
      policy: "policy: {trust: {enabled: 'true'}}",
      want: /trust\.enabled: Invalid input: expected boolean/,
    },
    { name: "va as text", policy: "policy: {va: {enabled: 'yes'}}", want: /va\.enabled: Invalid input/ },
  ])("refuse $name", ({ policy, want }) => {
    expect(() => parsePolicyDocuments(cluster(spelling, `  - name: "*"\n    ${policy}\n`), "p.yaml")).toThrow(want);
  });

  it("are read for a namespace", () => {
    const { documents } = parsePolicyDocuments(team(spelling, '  - name: "*"\n'), "p.yaml");
    expect(documents).toMatchObject([{ kind: "ImagePolicy", name: "p", namespace: "team", spelling }]);
  });
});

const DIGEST = digestOf("image");
const NOW = new Date("2026-07-01T00:00:00Z");
const SCAN: ScanFacts = {
  state: "done",
  scannedAt: "2026-06-30T00:00:00Z",
  report: {
    inventory: { status: "complete", packages: [], problems: [], analyzers: {} },
    findings: ["CVE-1", "CVE-2"].map((id) => ({
      kind: "vulnerability",
      state: "affected",
      id,
      severity: "high",
      package: { type: "npm", name: "p", version: "1" },
      fixedVersions: ["2"],
    })),
    coverageGaps: [],
    database: { isBundled: false },
  } as unknown as Extract<ScanFacts, { readonly state: "done" }>["report"],
};

interface Denied {
  readonly text: string;
  readonly reference?: string;
  readonly namespace?: string;
  /** What every requirement comes to. */
  readonly result?: Partial<SignatureResult>;
}

function deny({ text, reference = "us.icr.io/ns/hello", namespace = "team", result }: Denied): Verdict {
  const { documents, secrets } = parsePolicyDocuments(text, "p.yaml");
  const asked = { reference, namespace, policies: documents, secrets };
  const trust = factsNeeded(asked).trust.map(
    (requirement): SignatureResult => ({
      requirement: requirementId(requirement),
      digest: DIGEST,
      state: "none",
      signatures: [],
      problems: [],
      ...result,
    }),
  );
  const facts: ImageFacts = { kind: "image", digest: DIGEST, platform: "linux/amd64", scan: SCAN, trust };
  return evaluate({ ...asked, facts, now: NOW });
}

function bad(code: SignatureProblem["code"], more: Partial<SignatureProblem> = {}): Partial<SignatureResult> {
  return { state: "bad", problems: [{ kind: "notary", code, effect: "bad", location: "", message: "m", ...more }] };
}

/** Policies of another namespace than the one that asks. */
function elsewhere(spelling: CompatibleSpelling): string {
  return team(spelling, OTHER).replace("namespace: team", "namespace: other");
}

const TRUST = '  - name: "*"\n    policy: {trust: {enabled: true}}\n';
const BOTH = '  - name: "*"\n    policy: {trust: {enabled: true}, va: {enabled: true}}\n';
const VA = '  - name: "*"\n    policy: {va: {enabled: true}}\n';
const OTHER = '  - name: "other.example/*"\n';
const SECRET = '  - name: "*"\n    policy: {trust: {enabled: true, signerSecrets: [{name: alice}]}}\n';
const FOREIGN =
  '  - name: "*"\n    policy: {simple: {requirements: [{type: signedBy, keySecret: k, keySecretNamespace: other}]}}\n';
const UNCHECKED =
  "apiVersion: haechi.dev/v1\nkind: ImagePolicy\nmetadata: {name: haechi-default, namespace: kube-system}\nspec: {repositories: [{name: '*'}]}\n";
const REJECT = '  - name: "*"\n    policy: {simple: {requirements: [{type: reject}]}}\n';
const SIMPLE = `  - name: "*"\n    policy: {simple: {requirements: [{type: signedBy, keys: [${JSON.stringify(ARMOURED_KEY)}]}]}}\n`;
const CISE_VA =
  "The Vulnerability Advisor image scan assessment found issues with the container image that are not exempted. Refer to your image vulnerability report for more details by using the command `ibmcloud cr va`.";

describe("denials to the letter", () => {
  it.each<{ readonly name: string; readonly denied: Denied; readonly want: string }>([
    {
      name: "CISE: nothing signed under the implied tag",
      denied: { text: cluster("cise", TRUST) },
      want: "Deny, failed to get content trust information: No valid trust data for latest",
    },
    {
      name: "CISE: nothing signed under the tag",
      denied: { text: cluster("cise", TRUST), reference: "us.icr.io/ns/hello:secure" },
      want: "Deny, failed to get content trust information: No valid trust data for secure",
    },
    {
      name: "CISE: the tag is no target",
      denied: { text: cluster("cise", TRUST), result: bad("TARGET_MISSING") },
      want: "Deny, failed to get content trust information: No valid trust data for latest",
    },
    {
      name: "CISE: a registry without trust service",
      denied: { text: cluster("cise", TRUST), result: bad("NOT_SUPPORTED") },
      want: "Trust is not supported for images from this registry",
    },
    { name: "CISE: vulnerable", denied: { text: cluster("cise", VA) }, want: CISE_VA },
    {
      name: "CISE: not signed and vulnerable",
      denied: { text: cluster("cise", BOTH) },
      want: `${CISE_VA}\nDeny, failed to get content trust information: No valid trust data for latest`,
    },
    {
      name: "CISE: no entry in the cluster",
      denied: { text: cluster("cise", OTHER) },
      want: "Deny, no image policies or cluster polices for us.icr.io/ns/hello",
    },
    {
      name: "CISE: no entry in the namespace",
      denied: { text: team("cise", OTHER) },
      want: "Deny, no image policies or cluster polices for us.icr.io/ns/hello",
    },
    {
      name: "Portieris: nothing signed",
      denied: { text: cluster("portieris", TRUST) },
      want: 'trust: policy denied the request: Deny "us.icr.io/ns/hello", failed to get content trust information: No valid trust data for latest',
    },
    {
      name: "Portieris: another key",
      denied: { text: cluster("portieris", TRUST), result: bad("KEY_MISMATCH") },
      want: 'trust: policy denied the request: Deny "us.icr.io/ns/hello", failed to get content trust information: Public keys are different',
    },
    {
      name: "Portieris: signers disagree",
      denied: { text: cluster("portieris", TRUST), result: bad("SIGNERS_DISAGREE") },
      want: 'trust: policy denied the request: Deny "us.icr.io/ns/hello", failed to get content trust information: Incompatible digest',
    },
    {
      name: "Portieris: a registry without trust service",
      denied: { text: cluster("portieris", TRUST), result: bad("NOT_SUPPORTED") },
      want: "trust: Trust Server/Image Configuration Error: no trust server could be found",
    },
    {
      name: "Portieris: no Secret of the signer",
      denied: { text: cluster("portieris", SECRET) },
      want: 'trust: Deny "us.icr.io/ns/hello", could not get signerSecret from your cluster, secrets "alice" not found',
    },
    {
      name: "Portieris: an empty Secret of the signer",
      denied: { text: `${cluster("portieris", SECRET)}---\napiVersion: v1\nkind: Secret\nmetadata: {name: alice}\n` },
      want: 'trust: Deny "us.icr.io/ns/hello", could not get signerSecret from your cluster, name or publicKey field in secret alice is empty',
    },
    {
      name: "Portieris: vulnerable",
      denied: { text: cluster("portieris", VA) },
      want: 'Image us.icr.io/ns/hello CANNOT DEPLOY with Vulnerability Advisor for IBM Cloud Container Registry status "BLOCK"',
    },
    {
      name: "Portieris: no entry in the cluster",
      denied: { text: cluster("portieris", OTHER) },
      want: 'Deny "us.icr.io/ns/hello", no matching repositories in ClusterImagePolicy and no ImagePolicies in the "team" namespace',
    },
    {
      name: "Portieris: no entry in the namespace",
      denied: { text: team("portieris", OTHER) },
      want: 'Deny "us.icr.io/ns/hello", no matching repositories in the ImagePolicies',
    },
    {
      name: "Portieris: rejected",
      denied: { text: cluster("portieris", REJECT) },
      want: "simple: policy denied the request: Running image docker://us.icr.io/ns/hello is rejected by policy.",
    },
    {
      name: "Portieris: no GPG signature",
      denied: { text: cluster("portieris", SIMPLE) },
      want: "simple: policy denied the request: A signature was required, but no signature exists",
    },
    {
      name: "Portieris: a GPG signature that does not count, behind the words of Portieris",
      denied: { text: cluster("portieris", SIMPLE), result: bad("KEY_MISMATCH") },
      want: "simple: policy denied the request: m",
    },
    {
      name: "Portieris: no policy, and all others are of Portieris",
      denied: { text: elsewhere("portieris") },
      want: 'Deny "us.icr.io/ns/hello", no image policies or cluster polices',
    },
    {
      name: "Portieris: no policy, beside our defaults for namespaces of the system",
      denied: { text: `${elsewhere("portieris")}---\n${UNCHECKED}` },
      want: 'Deny "us.icr.io/ns/hello", no image policies or cluster polices',
    },
    {
      name: "CISE: no policy, and all others are of CISE",
      denied: { text: elsewhere("cise") },
      want: "Deny, no image policies or cluster polices for us.icr.io/ns/hello",
    },
    {
      name: "Portieris: a signer has not signed the tag",
      denied: { text: cluster("portieris", TRUST), result: bad("TARGET_MISSING", { missingSigner: "alice" }) },
      want: 'trust: policy denied the request: Deny "us.icr.io/ns/hello", failed to get content trust information: no signature found for role alice',
    },
    {
      name: "CISE: a signer has not signed the tag",
      denied: { text: cluster("cise", TRUST), result: bad("TARGET_MISSING", { missingSigner: "alice" }) },
      want: "Deny, failed to get content trust information: no signature found for role alice",
    },
    {
      name: "Portieris: a key of the signer that is none",
      denied: {
        text: `${cluster("portieris", SECRET)}---\napiVersion: v1\nkind: Secret\nmetadata: {name: alice}\nstringData: {name: alice, publicKey: none}\n`,
      },
      want: 'trust: policy denied the request: Deny "us.icr.io/ns/hello", failed to get content trust information: no valid public key found',
    },
  ])("$name", ({ denied, want }) => {
    const verdict = deny(denied);
    expect(verdict.outcome).toBe("deny");
    expect(renderCompatibleDenial(verdict, denied.reference ?? "us.icr.io/ns/hello")).toBe(want);
  });

  it.each<{ readonly name: string; readonly verdict: Verdict }>([
    { name: "an allow", verdict: deny({ text: cluster("cise", '  - name: "*"\n') }) },
    { name: "cannot tell", verdict: deny({ text: cluster("cise", TRUST), result: { state: "unknown" } }) },
    {
      name: "our own spelling",
      verdict: deny({ text: cluster("cise", TRUST).replace(VERSIONS.cise, "haechi.dev/v1") }),
    },
    {
      name: "no policy at all, which is in no spelling",
      verdict: evaluate({ reference: "a", policies: [], facts: { kind: "unknown" }, now: NOW }),
    },
    {
      name: "no policy where one elsewhere is ours",
      verdict: deny({
        text: `${elsewhere("portieris")}---\n${elsewhere("portieris").replace(VERSIONS.portieris, "haechi.dev/v1").replace("name: p", "name: q")}`,
      }),
    },
    {
      name: "no policy where those elsewhere are in two spellings",
      verdict: deny({ text: `${elsewhere("portieris")}---\n${elsewhere("cise").replace("name: p", "name: q")}` }),
    },
    {
      name: "no policy where all that is there is the default for a namespace of the system",
      verdict: deny({
        text: team("portieris", '  - name: "*"\n').replace("namespace: team", "namespace: kube-system"),
      }),
    },
    {
      name: "a Secret of another namespace, which is not read",
      verdict: deny({ text: cluster("portieris", FOREIGN) }),
    },
    {
      name: "no entry in documents of two spellings",
      verdict: deny({
        text: `${cluster("cise", OTHER)}---\n${cluster("portieris", OTHER).replace("name: p", "name: q")}`,
      }),
    },
    {
      name: "a denial that a mandatory policy of ours takes part in",
      verdict: deny({
        text: `${team("cise", TRUST)}---\napiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: m}\nspec: {mandatory: true, repositories: [{name: "*", policy: {vulnerability: {}}}]}\n`,
      }),
    },
  ])("ours is the text for $name", ({ verdict }) => {
    expect(renderCompatibleDenial(verdict, "us.icr.io/ns/hello")).toBeUndefined();
  });
});

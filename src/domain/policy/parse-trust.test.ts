// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { PolicyError } from "./errors.ts";
import { parsePolicyDocuments } from "./parse-policy-documents.ts";
import type { ImageChecks } from "./policy-document.ts";
import { ARMOURED_KEY, CERTIFICATE, PUBLIC_KEY } from "./testdata/material.ts";

/** Five lines before the policy, so that a problem of its first line is in line 6. */
function document(policy: unknown, kind = "ClusterImagePolicy"): string {
  const metadata = kind === "ImagePolicy" ? "{name: a, namespace: team}" : "{name: a}";
  const head = `apiVersion: haechi.dev/v1\nkind: ${kind}\nmetadata: ${metadata}\nspec:\n  repositories:\n`;
  return `${head}${stringify([{ name: "*", policy }])
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}\n`;
}

function checksOf(policy: unknown): ImageChecks | undefined {
  return parsePolicyDocuments(document(policy), "p.yaml").documents[0]?.repositories[0]?.policy;
}

/** The problems as `line path: message`, with `spec.repositories[0].policy.` left out. */
function problemsOf(text: string): readonly string[] {
  try {
    parsePolicyDocuments(text, "p.yaml");
  } catch (error) {
    if (!(error instanceof PolicyError)) {
      throw error;
    }
    return error.problems.map(
      (each) => `${each.line ?? "?"} ${each.path.replace("spec.repositories[0].policy.", "")}: ${each.message}`,
    );
  }
  return [];
}

const BY = [{ keyless: { issuer: "https://issuer.example", subject: "ci@example.com" } }];
const ATTESTATION = { predicateType: "https://slsa.dev/provenance/v1", by: BY };
const ROOT_KEY = "a".repeat(64);

describe("what is accepted stands in the model as it was written", () => {
  it.each<{ readonly name: string; readonly policy: ImageChecks }>([
    { name: "trust that is off", policy: { trust: { enabled: false } } },
    {
      name: "trust",
      policy: {
        trust: {
          enabled: true,
          trustServer: "https://notary.example",
          signerSecrets: [{ name: "alice" }],
          signers: [{ name: "bob", publicKey: PUBLIC_KEY }],
          rootKeyIds: [ROOT_KEY],
          trustOnFirstUse: false,
        },
      },
    },
    {
      name: "simple",
      policy: {
        simple: {
          storeURL: "https://store.example/signatures",
          storeSecret: "store",
          requirements: [
            { type: "signedBy", keySecret: "gpg", keySecretNamespace: "team" },
            { type: "signedBy", keys: [ARMOURED_KEY], signedIdentity: { type: "" } },
            { type: "insecureAcceptAnything" },
            { type: "reject" },
          ],
        },
      },
    },
    {
      name: "every identity of simple signing",
      policy: {
        simple: {
          requirements: [
            { type: "signedBy", keySecret: "k", signedIdentity: { type: "matchExact" } },
            { type: "signedBy", keySecret: "k", signedIdentity: { type: "matchRepository" } },
            { type: "signedBy", keySecret: "k", signedIdentity: { type: "matchRepoDigestOrExact" } },
            {
              type: "signedBy",
              keySecret: "k",
              signedIdentity: { type: "matchExactReference", dockerReference: "r/a:1" },
            },
            {
              type: "signedBy",
              keySecret: "k",
              signedIdentity: { type: "matchExactRepository", dockerRepository: "r/a" },
            },
            {
              type: "signedBy",
              keySecret: "k",
              signedIdentity: { type: "remapIdentity", prefix: "a", signedPrefix: "b" },
            },
          ],
        },
      },
    },
    {
      name: "signatures of every kind",
      policy: {
        signatures: [
          { cosign: { key: PUBLIC_KEY, transparencyLog: "required", trustRoot: "own" }, children: "covered" },
          { cosign: { keys: [PUBLIC_KEY, CERTIFICATE] } },
          { cosign: { keySecret: "cosign" } },
          { keyless: { issuer: "https://i", subjectPattern: "https://git.example/team/*", trustRoot: { json: "{}" } } },
          { keyless: { issuerPattern: "https://*.example", subject: "s" } },
          { notation: { certificates: [CERTIFICATE], level: "audit", identities: ["x509.subject: O=Example"] } },
          { notation: { trustPolicy: '{"version":"1.0"}', trustStores: { "ca:own": [CERTIFICATE] } } },
          { notary: { rootKeyIds: [ROOT_KEY], signers: [{ name: "a", publicKey: PUBLIC_KEY }] } },
          { gpg: { keys: [ARMOURED_KEY], storeURL: "http://store.example" } },
          { anyOf: [{ cosign: { key: PUBLIC_KEY } }, { gpg: { keySecret: "gpg" } }], atLeast: 2 },
        ],
      },
    },
    {
      name: "attestations",
      policy: {
        attestations: [{ ...ATTESTATION, conditions: ['predicate.x == "y"'], maxAge: "30d", children: "covered" }],
      },
    },
    { name: "verdicts of others", policy: { scan: { required: true, maxAge: "7d", acceptVerdictsFrom: BY } } },
  ])("$name", ({ policy }) => {
    expect(checksOf(policy)).toEqual(policy);
  });

  it("a notation trust policy written as YAML becomes its JSON", () => {
    const trustPolicy = { version: "1.0", trustPolicies: [{ name: "own", registryScopes: ["*"] }] };
    expect(checksOf({ signatures: [{ notation: { trustPolicy } }] })).toEqual({
      signatures: [{ notation: { trustPolicy: JSON.stringify(trustPolicy) } }],
    });
  });

  it("a mandatory ClusterImagePolicy says so, and one that is not says nothing", () => {
    const parse = (mandatory: boolean): object | undefined =>
      parsePolicyDocuments(`${document({})}  mandatory: ${mandatory}\n`, "p").documents[0];
    expect(parse(true)).toMatchObject({ mandatory: true });
    expect(parse(false)).not.toHaveProperty("mandatory");
  });
});

describe("what is refused, with line and message", () => {
  it.each<{ readonly name: string; readonly policy: unknown; readonly want: string }>([
    { name: "trust without enabled", policy: { trust: {} }, want: "8 trust.enabled: Invalid input: expected boolean" },
    { name: "trust that is null", policy: { trust: null }, want: "8 trust: Invalid input: expected object" },
    {
      name: "a misspelt field of trust",
      policy: { trust: { enabled: true, signerSecret: [] } },
      want: '10 trust.signerSecret: unknown field "signerSecret"',
    },
    {
      name: "a trust server that is no URL",
      policy: { trust: { enabled: true, trustServer: "notary.example" } },
      want: "10 trust.trustServer: expecting https:// or http:// URL, got: notary.example",
    },
    {
      name: "a URL with credentials",
      policy: { trust: { enabled: true, trustServer: "https://u:p@notary.example" } },
      want: "10 trust.trustServer: expected a URL without credentials",
    },
    {
      name: "a short root key id",
      policy: { trust: { enabled: true, rootKeyIds: ["abc"] } },
      want: "11 trust.rootKeyIds[0]: expected a key id",
    },
    {
      name: "a signer that is another role",
      policy: { trust: { enabled: true, signers: [{ name: "a/b", publicKey: PUBLIC_KEY }] } },
      want: "11 trust.signers[0].name: expected a name without spaces and slashes",
    },
    {
      name: "a private key",
      policy: { signatures: [{ cosign: { key: "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n" } }] },
      want: "10 signatures[0].cosign.key: expected a PEM public key",
    },
    {
      name: "no key at all",
      policy: { signatures: [{ cosign: { key: "hello" } }] },
      want: "10 signatures[0].cosign.key: expected a PEM public key",
    },
    { name: "an empty list of signatures", policy: { signatures: [] }, want: "8 signatures: Too small" },
    {
      name: "signatures that are an object",
      policy: { signatures: { cosign: { key: PUBLIC_KEY } } },
      want: "9 signatures: Invalid input: expected array",
    },
    {
      name: "a signature by nobody",
      policy: { signatures: [{}] },
      want: "9 signatures[0]: expected exactly one of cosign, keyless, notation, notary, gpg, anyOf; found none",
    },
    {
      name: "only children",
      policy: { signatures: [{ children: "covered" }] },
      want: "9 signatures[0]: expected exactly one of cosign",
    },
    {
      name: "two methods in one element",
      policy: { signatures: [{ cosign: { key: PUBLIC_KEY }, gpg: { keySecret: "x" } }] },
      want: "9 signatures[0]: expected exactly one of cosign, keyless, notation, notary, gpg, anyOf; found cosign, gpg",
    },
    {
      name: "cosign without a key",
      policy: { signatures: [{ cosign: {} }] },
      want: "9 signatures[0].cosign: expected exactly one of key, keys, keySecret; found none",
    },
    {
      name: "an empty list of keys",
      policy: { signatures: [{ cosign: { keys: [] } }] },
      want: "10 signatures[0].cosign.keys: Too small",
    },
    {
      name: "keyless without issuer",
      policy: { signatures: [{ keyless: { subject: "a" } }] },
      want: "10 signatures[0].keyless: expected exactly one of issuer, issuerPattern; found none",
    },
    {
      name: "keyless without subject",
      policy: { signatures: [{ keyless: { issuer: "a" } }] },
      want: "10 signatures[0].keyless: expected exactly one of subject, subjectPattern; found none",
    },
    {
      name: "issuer and pattern",
      policy: { signatures: [{ keyless: { issuer: "a", issuerPattern: "b", subject: "c" } }] },
      want: "found issuer, issuerPattern",
    },
    {
      name: "a pattern that anybody fits",
      policy: { signatures: [{ keyless: { issuer: "a", subjectPattern: "**" } }] },
      want: "11 signatures[0].keyless.subjectPattern: expected more than *",
    },
    {
      name: "a trusted root that is a path",
      policy: { signatures: [{ keyless: { issuer: "a", subject: "b", trustRoot: "../root.json" } }] },
      want: "12 signatures[0].keyless.trustRoot: expected the name of a trusted root",
    },
    {
      name: "notation without trust",
      policy: { signatures: [{ notation: {} }] },
      want: "9 signatures[0].notation: expected exactly one of trustPolicy, certificates; found none",
    },
    {
      name: "notation that skips",
      policy: { signatures: [{ notation: { certificates: [CERTIFICATE], level: "skip" } }] },
      want: "22 signatures[0].notation.level: Invalid option",
    },
    {
      name: "a level beside a trust policy",
      policy: { signatures: [{ notation: { trustPolicy: "{}", level: "strict" } }] },
      want: "11 signatures[0].notation.level: level cannot stand beside trustPolicy",
    },
    {
      name: "a certificate that is none",
      policy: { signatures: [{ notation: { certificates: [PUBLIC_KEY] } }] },
      want: "11 signatures[0].notation.certificates[0]: expected a PEM certificate",
    },
    {
      name: "a store of another kind",
      policy: { signatures: [{ notation: { trustPolicy: "{}", trustStores: { "x:y": [CERTIFICATE] } } }] },
      want: "13 signatures[0].notation.trustStores.x:y: ",
    },
    {
      name: "more signers than there are",
      policy: { signatures: [{ anyOf: [{ cosign: { key: PUBLIC_KEY } }], atLeast: 2 }] },
      want: "16 signatures[0].atLeast: atLeast asks for 2 of 1 in anyOf",
    },
    {
      name: "none of the alternatives",
      policy: { signatures: [{ anyOf: [{ cosign: { key: PUBLIC_KEY } }], atLeast: 0 }] },
      want: "16 signatures[0].atLeast: Too small",
    },
    {
      name: "atLeast without anyOf",
      policy: { signatures: [{ cosign: { key: PUBLIC_KEY }, atLeast: 1 }] },
      want: "15 signatures[0].atLeast: atLeast asks for 1 of 0 in anyOf",
    },
    {
      name: "alternatives of alternatives",
      policy: { signatures: [{ anyOf: [{ anyOf: [] }] }] },
      want: '10 signatures[0].anyOf[0].anyOf: unknown field "anyOf"',
    },
    { name: "no alternative", policy: { signatures: [{ anyOf: [] }] }, want: "9 signatures[0].anyOf: Too small" },
    {
      name: "signedBy without key",
      policy: { simple: { requirements: [{ type: "signedBy" }] } },
      want: "10 simple.requirements[0]: KeySecret missing in signedBy requirement",
    },
    {
      name: "an unknown type of requirement",
      policy: { simple: { requirements: [{ type: "sigstoreSigned" }] } },
      want: "10 simple.requirements[0].type: Invalid option",
    },
    { name: "no requirement", policy: { simple: { requirements: [] } }, want: "9 simple.requirements: Too small" },
    {
      name: "simple without requirements",
      policy: { simple: { storeURL: "https://a.example" } },
      want: "9 simple.requirements: Invalid input",
    },
    {
      name: "a store that is a file",
      policy: { simple: { storeURL: "file:///var/lib/x", requirements: [{ type: "reject" }] } },
      want: "9 simple.storeURL: expecting https:// or http:// URL, got: file:///var/lib/x",
    },
    {
      name: "an identity by a name of the old documents",
      policy: {
        simple: { requirements: [{ type: "signedBy", keySecret: "k", signedIdentity: { type: "exactReference" } }] },
      },
      want: "13 simple.requirements[0].signedIdentity.type: Invalid option",
    },
    {
      name: "an exact repository that is not named",
      policy: {
        simple: {
          requirements: [{ type: "signedBy", keySecret: "k", signedIdentity: { type: "matchExactRepository" } }],
        },
      },
      want: "13 simple.requirements[0].signedIdentity.dockerRepository: type matchExactRepository needs dockerRepository",
    },
    {
      name: "a remapping to nothing",
      policy: {
        simple: {
          requirements: [{ type: "signedBy", keySecret: "k", signedIdentity: { type: "remapIdentity", prefix: "a" } }],
        },
      },
      want: "signedIdentity.signedPrefix: type remapIdentity needs signedPrefix",
    },
    {
      name: "a key without armour",
      policy: { signatures: [{ gpg: { keys: [PUBLIC_KEY] } }] },
      want: "11 signatures[0].gpg.keys[0]: expected an armoured key",
    },
    {
      name: "a predicate type that is a word",
      policy: { attestations: [{ ...ATTESTATION, predicateType: "provenance" }] },
      want: "9 attestations[0].predicateType: expected the URI of a predicate type",
    },
    {
      name: "an attestation by anybody",
      policy: { attestations: [{ ...ATTESTATION, by: [] }] },
      want: "10 attestations[0].by: Too small",
    },
    {
      name: "an attestation by GPG",
      policy: { attestations: [{ ...ATTESTATION, by: [{ gpg: { keySecret: "x" } }] }] },
      want: '12 attestations[0].by[0].gpg: unknown field "gpg"',
    },
    {
      name: "an age that is no duration",
      policy: { attestations: [{ ...ATTESTATION, maxAge: "a month" }] },
      want: "14 attestations[0].maxAge: expected a positive duration",
    },
    {
      name: "verdicts that count for ever",
      policy: { scan: { required: true, acceptVerdictsFrom: BY } },
      want: "11 scan.acceptVerdictsFrom: acceptVerdictsFrom needs maxAge",
    },
    {
      name: "verdicts of nobody",
      policy: { scan: { required: true, maxAge: "1d", acceptVerdictsFrom: [] } },
      want: "11 scan.acceptVerdictsFrom: Too small",
    },
    { name: "va", policy: { va: { enabled: true } }, want: '9 va: "va" belongs to the older spellings' },
    {
      name: "a share that is none",
      policy: { vulnerability: { epssAbove: 50 } },
      want: "vulnerability.epssAbove: Too big: expected number to be <=1",
    },
    {
      name: "a grace that is none",
      policy: { vulnerability: { grace: "soon" } },
      want: "vulnerability.grace: expected a positive duration",
    },
    {
      name: "an unknown effect beside others",
      policy: { configuration: { rootUser: "deny", setuid: "allow" } },
      want: "configuration.setuid: Invalid option",
    },
    { name: "a check that asks for nothing", policy: { configuration: {} }, want: "expected at least one of rootUser" },
    { name: "an image check that asks for nothing", policy: { image: {} }, want: "expected at least one of maxAge" },
    { name: "no tag that is allowed", policy: { image: { allowTags: [] } }, want: "image.allowTags" },
    { name: "a platform that is none", policy: { platforms: ["amd64"] }, want: "expected a platform" },
  ])("$name", ({ policy, want }) => {
    expect(problemsOf(document(policy)).join("\n")).toContain(want);
  });

  it("a mandatory ImagePolicy", () => {
    expect(problemsOf(`${document({}, "ImagePolicy")}  mandatory: true\n`)).toEqual([
      "8 spec.mandatory: only a ClusterImagePolicy of haechi.dev/v1 can be mandatory",
    ]);
  });

  it("a condition that does not compile, where somebody compiles it", () => {
    const text = document({ attestations: [{ ...ATTESTATION, conditions: ["a.b", "(("] }] });
    expect(problemsOf(text)).toEqual([]);
    const checkCondition = (condition: string): string | undefined => (condition === "((" ? "no end" : undefined);
    expect(() => parsePolicyDocuments(text, "p.yaml", { checkCondition })).toThrow(
      /p\.yaml:16 .*attestations\[0\]\.conditions\[1\]: not a condition: no end/,
    );
  });
});

describe("Secrets beside the policies", () => {
  const parse = (text: string) => parsePolicyDocuments(text, "p.yaml");

  it("are decoded, and stringData wins", () => {
    const secret = (data: object): string => stringify({ apiVersion: "v1", kind: "Secret", type: "Opaque", ...data });
    const { documents, secrets } = parse(
      [
        document({}),
        secret({
          metadata: { name: "a", namespace: "team" },
          data: { key: "aGVsbG8=", name: "b2xk" },
          stringData: { name: "new" },
        }),
        secret({ metadata: { name: "b" }, data: { key: Buffer.from([0xff, 0x00]).toString("base64") } }),
        secret({ metadata: { name: "c", namespace: "x" } }),
      ].join("---\n"),
    );
    expect(documents).toHaveLength(1);
    expect(secrets).toEqual([
      { namespace: "team", name: "a", data: { key: "hello", name: "new" } },
      // binary key rings stay as they are
      { name: "b", data: { key: "/wA=" } },
      { namespace: "x", name: "c", data: {} },
    ]);
  });

  it("may be all that a file holds", () => {
    expect(parse("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n").documents).toEqual([]);
  });

  it.each([
    {
      name: "another kind of v1",
      text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
      want: /apiVersion "v1" is not supported/,
    },
    {
      name: "data that is not base64",
      text: "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: '***'}",
      want: /:4 .*data\.key: expected base64/,
    },
    {
      name: "data that is not text",
      text: "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {key: 1}",
      want: /stringData\.key: /,
    },
    {
      name: "a name that Kubernetes would refuse",
      text: "apiVersion: v1\nkind: Secret\nmetadata: {name: A B}",
      want: /metadata\.name: expected a Kubernetes object name/,
    },
    {
      name: "a second Secret of the same name",
      text: "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}",
      want: /a second Secret of the name a/,
    },
  ])("refuses $name", ({ text, want }) => {
    expect(() => parse(text)).toThrow(want);
  });

  it("never show a value in a problem", () => {
    expect(() => parse("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: 'hunter2!'}")).not.toThrow(
      /hunter2/,
    );
  });
});

describe("warnings", () => {
  it("of trust that nothing can fulfil", () => {
    const warnings = (trust: object): readonly string[] =>
      parsePolicyDocuments(document({ trust }), "p.yaml").warnings.map((each) => `${each.line}: ${each.message}`);
    expect(warnings({ enabled: true })).toEqual([
      "9: no root key can be accepted: name rootKeyIds, or set trustOnFirstUse to true",
    ]);
    expect(warnings({ enabled: false })).toEqual([]);
    expect(warnings({ enabled: true, trustOnFirstUse: true })).toEqual([]);
    expect(warnings({ enabled: true, rootKeyIds: [ROOT_KEY] })).toEqual([]);
  });

  it("of a Secret that an ImagePolicy may not use", () => {
    const policy = {
      simple: { requirements: [{ type: "signedBy", keySecret: "k", keySecretNamespace: "other" }] },
      signatures: [{ gpg: { keySecret: "k", keySecretNamespace: "team" } }],
    };
    const warnings = (kind: string): readonly string[] =>
      parsePolicyDocuments(document(policy, kind), "p.yaml").warnings.map((each) => `${each.line}: ${each.path}`);
    expect(warnings("ImagePolicy")).toEqual([
      "12: spec.repositories[0].policy.simple.requirements[0].keySecretNamespace",
    ]);
    expect(warnings("ClusterImagePolicy")).toEqual([]);
  });
});

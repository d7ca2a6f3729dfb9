// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { requirementId, type TrustRequirement } from "#signatures";
import { factsNeeded } from "./facts-needed.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import type { PolicySecret, SecretScope } from "./policy-secret.ts";
import { type ResolvedTrust, resolveTrust } from "./resolve-trust.ts";
import { ARMOURED_KEY, CERTIFICATE, PUBLIC_KEY } from "./testdata/material.ts";

const CLUSTER = { kind: "ClusterImagePolicy" } as const;
const TEAM = { kind: "ImagePolicy", namespace: "team" } as const;

function secret(name: string, data: Record<string, string>, namespace?: string): PolicySecret {
  return { name, data, ...(namespace === undefined ? {} : { namespace }) };
}

function resolve(
  checks: ImageChecks,
  scope: SecretScope & { readonly namespace?: string } = {},
  document: Pick<PolicyDocument, "kind" | "namespace"> = CLUSTER,
): ResolvedTrust {
  return resolveTrust(checks, document, scope);
}

function requirementsOf(checks: ImageChecks, secrets: readonly PolicySecret[] = []): readonly TrustRequirement[] {
  const resolved = resolve(checks, { secrets });
  expect(resolved.problems).toEqual([]);
  return resolved.requirements.map((each) => each.requirement);
}

it("an address of a cluster-wide policy is the operator's, one of a namespace is not, and their results never mix", () => {
  const store = "http://10.0.0.1/sigs";
  const gpg = { keys: [ARMOURED_KEY], storeURL: store };
  const checks: ImageChecks = {
    trust: { enabled: true, trustServer: "https://10.0.0.1" },
    signatures: [{ gpg }, { anyOf: [{ gpg }, { cosign: { key: PUBLIC_KEY } }] }, { cosign: { key: PUBLIC_KEY } }],
  };
  const [cluster, team] = [CLUSTER, TEAM].map((document) => resolve(checks, {}, document).requirements);
  expect(cluster?.map((each) => each.requirement)).toMatchObject([
    { kind: "notary", addressBy: "operator" },
    { kind: "gpg", store, addressBy: "operator" },
    { kind: "any-of", of: [{ kind: "gpg", addressBy: "operator" }, { kind: "cosign-key" }] },
    { kind: "cosign-key" },
  ]);
  expect(JSON.stringify(team)).not.toContain("addressBy");
  expect(cluster?.map(({ id }, at) => id === team?.[at]?.id)).toEqual([false, false, false, true]);
});

const ALICE = secret("alice", { name: "alice", publicKey: PUBLIC_KEY });
const SIGNED_BY_ALICE: ImageChecks = { trust: { enabled: true, signerSecrets: [{ name: "alice" }] } };

describe("checks become requirements with their material", () => {
  it.each<{ readonly name: string; readonly checks: ImageChecks; readonly want: readonly object[] }>([
    { name: "no checks", checks: {}, want: [] },
    { name: "trust that is off", checks: { trust: { enabled: false, signerSecrets: [{ name: "no" }] } }, want: [] },
    {
      name: "trust by anybody",
      checks: { trust: { enabled: true } },
      want: [{ kind: "notary", rootKeyIds: [], trustOnFirstUse: false, signers: [] }],
    },
    {
      name: "trust by all of the signers, those of Secrets too",
      checks: {
        trust: {
          enabled: true,
          trustServer: "https://notary.example",
          signerSecrets: [{ name: "alice" }],
          signers: [{ name: "bob", publicKey: PUBLIC_KEY }],
          trustOnFirstUse: true,
        },
      },
      want: [
        {
          kind: "notary",
          server: "https://notary.example",
          addressBy: "operator",
          rootKeyIds: [],
          trustOnFirstUse: true,
          signers: [
            { name: "bob", publicKey: PUBLIC_KEY },
            { name: "alice", publicKey: PUBLIC_KEY.trim() },
          ],
        },
      ],
    },
    {
      name: "simple requirements, each one by itself",
      checks: {
        simple: {
          storeURL: "https://store.example",
          storeSecret: "store",
          requirements: [
            { type: "signedBy", keySecret: "gpg", signedIdentity: { type: "" } },
            { type: "insecureAcceptAnything" },
            {
              type: "signedBy",
              keys: [ARMOURED_KEY],
              signedIdentity: { type: "remapIdentity", prefix: "a", signedPrefix: "b" },
            },
          ],
        },
      },
      want: [
        {
          kind: "gpg",
          keys: [ARMOURED_KEY],
          identity: { type: "matchRepoDigestOrExact" },
          store: "https://store.example",
          addressBy: "operator",
          storeCredentials: { username: "u", password: "p" },
        },
        {
          kind: "gpg",
          keys: [ARMOURED_KEY],
          identity: { type: "remapIdentity", prefix: "a", signedPrefix: "b" },
          store: "https://store.example",
          addressBy: "operator",
          storeCredentials: { username: "u", password: "p" },
        },
      ],
    },
    {
      name: "cosign with a key of a Secret, in the log",
      checks: { signatures: [{ cosign: { keySecret: "cosign", transparencyLog: "required" } }] },
      want: [
        {
          kind: "cosign-key",
          keys: [PUBLIC_KEY.trim()],
          transparencyLog: "required",
          trustRoot: { name: "sigstore" },
        },
      ],
    },
    {
      name: "cosign keyless",
      checks: {
        signatures: [
          { keyless: { issuer: "i", subjectPattern: "s*" } },
          { keyless: { issuerPattern: "i*", subject: "s", trustRoot: { json: "{}" } } },
        ],
      },
      want: [
        {
          kind: "cosign-keyless",
          identities: [{ issuer: "i", subjectPattern: "s*" }],
          trustRoot: { name: "sigstore" },
        },
        { kind: "cosign-keyless", identities: [{ issuerPattern: "i*", subject: "s" }], trustRoot: { json: "{}" } },
      ],
    },
    {
      name: "notation in short",
      checks: {
        signatures: [{ notation: { certificates: [CERTIFICATE], timestampCertificates: [CERTIFICATE] } }],
      },
      want: [
        {
          kind: "notation",
          trustPolicy: JSON.stringify({
            version: "1.0",
            trustPolicies: [
              {
                name: "policy",
                registryScopes: ["*"],
                signatureVerification: { level: "strict" },
                trustStores: ["ca:policy", "tsa:policy"],
                trustedIdentities: ["*"],
              },
            ],
          }),
          trustStores: { "ca:policy": [CERTIFICATE], "tsa:policy": [CERTIFICATE] },
        },
      ],
    },
    {
      name: "alternatives",
      checks: { signatures: [{ anyOf: [{ gpg: { keySecret: "gpg" } }, { cosign: { key: PUBLIC_KEY } }] }] },
      want: [
        {
          kind: "any-of",
          atLeast: 1,
          of: [
            { kind: "gpg", keys: [ARMOURED_KEY], identity: { type: "matchRepoDigestOrExact" } },
            { kind: "cosign-key", keys: [PUBLIC_KEY.trim()] },
          ],
        },
      ],
    },
    {
      name: "attestations",
      checks: {
        attestations: [
          {
            predicateType: "https://slsa.dev/provenance/v1",
            by: [{ cosign: { key: PUBLIC_KEY } }],
            conditions: ["true"],
            maxAge: "30d",
          },
        ],
      },
      want: [
        {
          kind: "attestation",
          predicateType: "https://slsa.dev/provenance/v1",
          by: [{ kind: "cosign-key", keys: [PUBLIC_KEY.trim()] }],
          conditions: ["true"],
          maxAge: "30d",
        },
      ],
    },
  ])("$name", ({ checks, want }) => {
    const secrets = [
      ALICE,
      secret("gpg", { key: ARMOURED_KEY }),
      secret("store", { username: "u", password: "p" }),
      secret("cosign", { "cosign.pub": PUBLIC_KEY, "cosign.key": "private" }),
    ];
    expect(requirementsOf(checks, secrets)).toEqual(want);
  });

  it("say which of them an index needs on its children", () => {
    const { requirements } = resolve(
      {
        trust: { enabled: true },
        simple: { requirements: [{ type: "signedBy", keys: [ARMOURED_KEY] }] },
        signatures: [
          { cosign: { key: PUBLIC_KEY } },
          { cosign: { key: PUBLIC_KEY }, children: "covered" },
          { gpg: { keys: [ARMOURED_KEY] }, children: "required" },
          { anyOf: [{ gpg: { keys: [ARMOURED_KEY] } }, { cosign: { key: PUBLIC_KEY } }] },
          { anyOf: [{ gpg: { keys: [ARMOURED_KEY] } }] },
        ],
      },
      {},
    );
    expect(requirements.map((each) => [each.field, each.children])).toEqual([
      ["trust", "covered"],
      ["simple.requirements[0]", "covered"],
      ["signatures[0]", "required"],
      ["signatures[1]", "covered"],
      ["signatures[2]", "covered"],
      ["signatures[3]", "required"],
      ["signatures[4]", "covered"],
    ]);
  });
});

describe("Secrets", () => {
  const here = { namespace: "haechi-system", secret: "alice" };
  it.each<{ readonly name: string; readonly secrets: readonly PolicySecret[]; readonly want: object }>([
    { name: "that is not there", secrets: [], want: { ...here, problem: "absent", key: "name" } },
    {
      name: "of another namespace",
      secrets: [secret("alice", ALICE.data, "team")],
      want: { ...here, problem: "absent", key: "name" },
    },
    {
      name: "without the key",
      secrets: [secret("alice", { name: "alice" })],
      want: { ...here, problem: "field", key: "publicKey" },
    },
    {
      name: "with an empty name",
      secrets: [secret("alice", { name: " \n", publicKey: PUBLIC_KEY })],
      want: { ...here, problem: "field", key: "name" },
    },
    {
      name: "with a key that is none",
      secrets: [secret("alice", { name: "alice", publicKey: "hello" })],
      want: { ...here, problem: "malformed", key: "publicKey" },
    },
    {
      name: "with a name that is another role",
      secrets: [secret("alice", { name: "releases/alice", publicKey: PUBLIC_KEY })],
      want: { ...here, problem: "malformed", key: "name" },
    },
  ])("$name is a problem of the field, and leaves no requirement", ({ secrets, want }) => {
    expect(resolve(SIGNED_BY_ALICE, { secrets })).toMatchObject({
      requirements: [],
      problems: [{ field: "trust", ...want }],
    });
  });

  it("one that cannot be used leaves the other requirements in place", () => {
    const { requirements, problems } = resolve({
      ...SIGNED_BY_ALICE,
      signatures: [{ cosign: { key: PUBLIC_KEY } }, { gpg: { keySecret: "gpg" } }],
      scan: { required: true, maxAge: "1d", acceptVerdictsFrom: [{ cosign: { keySecret: "cosign" } }] },
    });
    expect(requirements.map((each) => each.field)).toEqual(["signatures[0]"]);
    expect(problems.map((each) => each.field)).toEqual(["trust", "signatures[1]", "scan.acceptVerdictsFrom"]);
  });

  it.each<{
    readonly name: string;
    readonly document: Pick<PolicyDocument, "kind" | "namespace">;
    readonly scope: SecretScope & { readonly namespace?: string };
    readonly keySecretNamespace?: string;
    readonly from: string;
  }>([
    {
      name: "of a ClusterImagePolicy come from Haechi's namespace",
      document: CLUSTER,
      scope: {},
      from: "haechi-system",
    },
    {
      name: "of a ClusterImagePolicy come from Haechi's namespace, whatever it is",
      document: CLUSTER,
      scope: { systemNamespace: "security" },
      from: "security",
    },
    {
      name: "of a ClusterImagePolicy never come from the namespace of the workload",
      document: CLUSTER,
      scope: { namespace: "team" },
      from: "haechi-system",
    },
    { name: "of an ImagePolicy come from its namespace", document: TEAM, scope: { namespace: "team" }, from: "team" },
    {
      name: "may be named with the namespace that they come from anyway",
      document: TEAM,
      scope: {},
      keySecretNamespace: "team",
      from: "team",
    },
    {
      name: "come from the namespace of the workload, as in Portieris, where that is switched on",
      document: CLUSTER,
      scope: { secretNamespace: "request", namespace: "team" },
      from: "team",
    },
    {
      name: "come from the namespace that is named, where that is switched on",
      document: TEAM,
      scope: { secretNamespace: "request", namespace: "team" },
      keySecretNamespace: "keys",
      from: "keys",
    },
  ])("$name", ({ document, scope, keySecretNamespace, from }) => {
    const namespaces = ["haechi-system", "security", "team", "keys"];
    const secrets = namespaces.map((each) => secret("gpg", { key: `${ARMOURED_KEY}${each}` }, each));
    const checks: ImageChecks = {
      simple: {
        requirements: [
          {
            type: "signedBy",
            keySecret: "gpg",
            ...(keySecretNamespace === undefined ? {} : { keySecretNamespace }),
          },
        ],
      },
    };
    const { requirements } = resolve(checks, { ...scope, secrets }, document);
    expect(requirements[0]?.requirement).toMatchObject({ keys: [`${ARMOURED_KEY}${from}`] });
  });

  it("of another namespace are refused, also if they exist", () => {
    const checks: ImageChecks = { signatures: [{ gpg: { keySecret: "gpg", keySecretNamespace: "other" } }] };
    const secrets = [secret("gpg", { key: ARMOURED_KEY }, "other")];
    expect(resolve(checks, { secrets, namespace: "team" }, TEAM).problems).toEqual([
      { field: "signatures[0]", problem: "namespace", secret: "gpg", namespace: "other", key: "key" },
    ]);
  });

  it("named like a property of every object are not found", () => {
    const checks: ImageChecks = { signatures: [{ cosign: { keySecret: "cosign" } }] };
    expect(resolve(checks, { secrets: [secret("cosign", {})] }).problems).toMatchObject([{ problem: "field" }]);
  });
});

describe("factsNeeded", () => {
  function needed(checks: ImageChecks | undefined, secrets: readonly PolicySecret[] = []) {
    const entry = checks === undefined ? { name: "*" } : { name: "*", policy: checks };
    return factsNeeded({
      reference: "registry.example/app:1",
      policies: [{ kind: "ClusterImagePolicy", name: "p", repositories: [entry] }],
      secrets,
    });
  }

  it.each<{
    readonly name: string;
    readonly checks: ImageChecks | undefined;
    readonly want: readonly [boolean, boolean, number, number];
  }>([
    { name: "an unchecked image needs nothing", checks: undefined, want: [false, false, 0, 0] },
    { name: "trust that is off needs nothing", checks: { trust: { enabled: false } }, want: [false, false, 0, 0] },
    { name: "trust needs the digest", checks: { trust: { enabled: true } }, want: [false, true, 1, 0] },
    {
      name: "accepting anything resolves and pins",
      checks: { simple: { requirements: [{ type: "insecureAcceptAnything" }] } },
      want: [false, true, 0, 0],
    },
    {
      name: "cosign needs the children of an index",
      checks: { signatures: [{ cosign: { key: PUBLIC_KEY } }] },
      want: [false, true, 1, 1],
    },
    {
      name: "the same requirement is asked once",
      checks: { signatures: [{ cosign: { key: PUBLIC_KEY } }, { cosign: { key: PUBLIC_KEY }, children: "covered" }] },
      want: [false, true, 1, 1],
    },
    {
      name: "verdicts of others are asked for with the scan",
      checks: { scan: { required: true, maxAge: "1d", acceptVerdictsFrom: [{ cosign: { key: PUBLIC_KEY } }] } },
      want: [true, true, 1, 1],
    },
  ])("$name", ({ checks, want }) => {
    const { scan, digest, trust, childTrust } = needed(checks);
    expect([scan, digest, trust.length, childTrust.length]).toEqual(want);
  });

  it("follows Secrets that have changed", () => {
    const idOf = (each: TrustRequirement | undefined): string => (each === undefined ? "" : requirementId(each));
    expect(needed(SIGNED_BY_ALICE).trust).toEqual([]);
    const first = needed(SIGNED_BY_ALICE, [ALICE]).trust[0];
    const second = needed(SIGNED_BY_ALICE, [secret("alice", { name: "alicia", publicKey: PUBLIC_KEY })]).trust[0];
    expect(idOf(first)).not.toEqual(idOf(second));
  });

  it("is the same entry with other Secrets, resolved again", () => {
    const policies: readonly PolicyDocument[] = [
      { kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: SIGNED_BY_ALICE }] },
    ];
    const image = { reference: "registry.example/app:1", policies };
    expect(factsNeeded({ ...image, secrets: [ALICE] }).trust).toHaveLength(1);
    expect(factsNeeded({ ...image, secrets: [] }).trust).toHaveLength(0);
    expect(factsNeeded({ ...image, secrets: [ALICE], systemNamespace: "elsewhere" }).trust).toHaveLength(1);
    const inTeam = [{ ...ALICE, namespace: "team" }];
    expect(factsNeeded({ ...image, secrets: inTeam, namespace: "team" }).trust).toHaveLength(0);
    const asPortieris = { ...image, secrets: inTeam, secretNamespace: "request" as const };
    expect(factsNeeded({ ...asPortieris, namespace: "team" }).trust).toHaveLength(1);
    expect(factsNeeded({ ...asPortieris, namespace: "other" }).trust).toHaveLength(0);
  });
});

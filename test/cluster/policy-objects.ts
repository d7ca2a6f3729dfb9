// SPDX-License-Identifier: Apache-2.0

/** An object as somebody would write it. */
interface PolicyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
}

interface GoodObject {
  readonly name: string;
  readonly object: PolicyObject;
}

interface BadObject extends GoodObject {
  /** A part of what the API server answers. */
  readonly message: string;
}

const PEM = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n";
const GPG = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n";

function cluster(spec: unknown): PolicyObject {
  return { apiVersion: "haechi.dev/v1", kind: "ClusterImagePolicy", metadata: { name: "table" }, spec };
}

function checks(policy: unknown): PolicyObject {
  return cluster({ repositories: [{ name: "*", policy }] });
}

function exception(spec: object): PolicyObject {
  return {
    apiVersion: "haechi.dev/v1",
    kind: "PolicyException",
    metadata: { name: "table", namespace: "default" },
    spec,
  };
}

const EXCEPTION = {
  subject: { repositories: ["registry.example/team/*"] },
  findings: { vulnerabilities: ["CVE-2026-0001"] },
  reason: "the vulnerable function is not reachable",
  requester: "kim",
  until: "2030-01-01T00:00:00Z",
} as const;

/** What the API server must refuse, without any webhook, and what it says. */
export const BAD_OBJECTS: readonly BadObject[] = [
  {
    name: "an object without spec",
    object: { apiVersion: "haechi.dev/v1", kind: "ClusterImagePolicy", metadata: { name: "table" } },
    message: "spec: Required value",
  },
  {
    name: "a spec without anything",
    object: cluster({}),
    message: "expected spec.repositories, spec.workload or both",
  },
  { name: "an entry without name", object: cluster({ repositories: [{}] }), message: "spec.repositories[0].name" },
  {
    name: "a name with a space",
    object: cluster({ repositories: [{ name: "team/app " }] }),
    message: "spec.repositories[0].name",
  },
  {
    name: "a severity that does not exist",
    object: checks({ vulnerability: { maxSeverity: "medum" } }),
    message: 'Unsupported value: "medum": supported values: "none"',
  },
  {
    name: "two methods in one element of signatures",
    object: checks({ signatures: [{ cosign: { key: PEM }, gpg: { keys: [GPG] } }] }),
    message: "expected exactly one of cosign, keyless, notation, notary, gpg, anyOf",
  },
  {
    name: "an element of signatures without a method",
    object: checks({ signatures: [{ children: "covered" }] }),
    message: "expected exactly one of cosign, keyless, notation, notary, gpg, anyOf",
  },
  { name: "no signatures", object: checks({ signatures: [] }), message: "spec.repositories[0].policy.signatures" },
  {
    name: "a cosign check without a key",
    object: checks({ signatures: [{ cosign: {} }] }),
    message: "expected exactly one of key, keys, keySecret",
  },
  {
    name: "a private key where a public one belongs",
    object: checks({ signatures: [{ cosign: { key: "-----BEGIN PRIVATE KEY-----" } }] }),
    message: "spec.repositories[0].policy.signatures[0].cosign.key",
  },
  {
    name: "a keyless check without a subject",
    object: checks({ signatures: [{ keyless: { issuer: "https://accounts.example" } }] }),
    message: "expected exactly one of subject, subjectPattern",
  },
  {
    name: "alternatives with two methods in one",
    object: checks({ signatures: [{ anyOf: [{ cosign: { key: PEM }, gpg: { keys: [GPG] } }] }] }),
    message: "spec.repositories[0].policy.signatures[0].anyOf[0]",
  },
  {
    name: "more signers than alternatives",
    object: checks({ signatures: [{ anyOf: [{ cosign: { key: PEM } }], atLeast: 2 }] }),
    message: "atLeast asks for more than anyOf has alternatives",
  },
  {
    name: "verdicts of others without an end",
    object: checks({ scan: { required: true, acceptVerdictsFrom: [{ cosign: { key: PEM } }] } }),
    message: "acceptVerdictsFrom needs maxAge",
  },
  {
    name: "an age that is no duration",
    object: checks({ scan: { required: true, maxAge: "30 days" } }),
    message: "spec.repositories[0].policy.scan.maxAge",
  },
  {
    name: "signedBy without a key",
    object: checks({ simple: { requirements: [{ type: "signedBy" }] } }),
    message: "signedBy needs keySecret or keys",
  },
  {
    name: "an identity without what it compares",
    object: checks({
      simple: { requirements: [{ type: "signedBy", keySecret: "k", signedIdentity: { type: "remapIdentity" } }] },
    }),
    message: "type remapIdentity needs prefix",
  },
  {
    name: "an address that is none",
    object: checks({ trust: { enabled: true, trustServer: "notary.example" } }),
    message: "spec.repositories[0].policy.trust.trustServer",
  },
  {
    name: "a clause that asks for nothing",
    object: checks({ image: {} }),
    message: "spec.repositories[0].policy.image",
  },
  {
    name: "a level of Pod security that does not exist",
    object: cluster({ workload: { podSecurity: "strict" } }),
    message: 'Unsupported value: "strict": supported values: "baseline", "restricted"',
  },
  { name: "a workload without a check", object: cluster({ workload: {} }), message: "spec.workload" },
  {
    name: "a platform that is none",
    object: checks({ platforms: ["amd64"] }),
    message: "spec.repositories[0].policy.platforms[0]",
  },
  {
    name: "mandatory that is no boolean",
    object: cluster({ mandatory: "yes", repositories: [] }),
    message: "spec.mandatory",
  },
  {
    name: "an exception without an end",
    object: exception({ ...EXCEPTION, until: undefined }),
    message: "spec.until: Required value",
  },
  {
    name: "an exception whose end is no time",
    object: exception({ ...EXCEPTION, until: "next year" }),
    message: "spec.until",
  },
  {
    name: "an exception that its requester approves",
    object: exception({ ...EXCEPTION, approver: "kim" }),
    message: "the approver must be somebody else than the requester",
  },
  {
    name: "an exception that exempts nothing",
    object: exception({ ...EXCEPTION, findings: {} }),
    message: "expected at least one of vulnerabilities, packages, rules",
  },
  {
    name: "an exception for nothing",
    object: exception({ ...EXCEPTION, subject: {} }),
    message: "expected at least one of namespaces, repositories, digests, workloads",
  },
];

/** What is accepted, and kept to the last field. */
export const GOOD_OBJECTS: readonly GoodObject[] = [
  {
    name: "a policy that blocks everything",
    object: {
      apiVersion: "haechi.dev/v1",
      kind: "ImagePolicy",
      metadata: { name: "nothing", namespace: "default" },
      spec: { repositories: [] },
    },
  },
  {
    name: "an entry whose policy is null",
    object: {
      apiVersion: "haechi.dev/v1",
      kind: "ImagePolicy",
      metadata: { name: "unchecked", namespace: "default" },
      spec: { repositories: [{ name: "*", policy: null }] },
    },
  },
  {
    name: "every method and clause at once",
    object: {
      ...cluster({
        mandatory: true,
        workload: { mode: "warn", podSecurity: "restricted", requireLabels: [{ name: "team", values: ["a", "b*"] }] },
        repositories: [
          {
            name: "registry.example:5000/team/*",
            policy: {
              mode: "warn",
              mutateImage: false,
              trust: { enabled: true, rootKeyIds: ["0".repeat(64)] },
              simple: { requirements: [{ type: "signedBy", keys: [GPG] }] },
              signatures: [
                { cosign: { key: PEM, transparencyLog: "optional", trustRoot: "public" } },
                {
                  keyless: { issuer: "https://i.example", subjectPattern: "*@example.com", trustRoot: { json: "{}" } },
                },
                { notation: { trustPolicy: { version: "1.0" }, trustStores: {} } },
                { children: "covered", anyOf: [{ gpg: { keys: [GPG] } }, { cosign: { keySecret: "k" } }], atLeast: 2 },
              ],
              attestations: [
                {
                  predicateType: "https://slsa.dev/provenance/v1",
                  by: [{ cosign: { key: PEM } }],
                  conditions: ["predicate.buildDefinition.buildType != ''"],
                  maxAge: "1d12h",
                },
              ],
              scan: {
                required: true,
                maxAge: "30d",
                unsupported: "deny",
                acceptVerdictsFrom: [{ cosign: { key: PEM } }],
              },
              vulnerability: { maxSeverity: "high", onlyFixable: true },
              image: { maxAge: "90d", allowTags: ["v*"], requireDigest: true },
              platforms: ["linux/amd64", "linux/arm64/v8"],
              configuration: { rootUser: "deny", packages: { deny: ["openssh-server"] } },
            },
          },
        ],
      }),
      metadata: { name: "everything" },
    },
  },
  {
    name: "an object of thousands of entries",
    object: {
      ...cluster({
        repositories: Array.from({ length: 5_000 }, (_, at) => ({ name: `registry.example/team-${at}/*` })),
      }),
      metadata: { name: "many" },
    },
  },
  { name: "an exception that is asked for", object: exception(EXCEPTION) },
  {
    name: "an exception that somebody else approved",
    object: { ...exception({ ...EXCEPTION, approver: "lee" }), metadata: { name: "granted", namespace: "default" } },
  },
];

/** What the older products' own schemas lose, or that only the older one had. */
export const COMPATIBLE_POLICY: { readonly repositories: readonly object[] } = {
  repositories: [
    {
      name: "icr.io/team/*",
      policy: { va: { enabled: true }, trust: { enabled: true, signerSecrets: [{ name: "s" }] } },
    },
    { name: "quay.io/coreos/hyperkube", policies: { va: { enabled: false } } },
    { name: "icr.io/other/*", policy: null },
    {
      name: "docker.io/*",
      policy: {
        mutateImage: false,
        vulnerability: { ICCRVA: { enabled: true, account: "a" } },
        simple: {
          storeURL: "https://store.example",
          requirements: [
            {
              type: "signedBy",
              keySecret: "k",
              keySecretNamespace: "n",
              signedIdentity: { type: "matchExactRepository", dockerRepository: "docker.io/library/nginx" },
            },
          ],
        },
      },
    },
    { name: "docker.io/misspelt", policy: { trusts: { enabled: true } } },
  ],
};

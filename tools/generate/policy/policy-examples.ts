// SPDX-License-Identifier: Apache-2.0

/** A part of the reference. */
export interface ReferenceSection {
  readonly title: string;
  readonly text: string;
  /** Objects as people write them; each field of the section occurs in one of them. A test parses them. */
  readonly examples: readonly string[];
  /** Fields whose path begins so. */
  readonly fields: readonly string[];
  readonly kind: "ClusterImagePolicy" | "PolicyException";
}

const KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEj+/3vmv2fmHITYSdjPfMS934yYZT
7NyptmjlJjj0MeL4AbWVAWlzbQm4pb/gtal3RlaxHHmpzluKAD/z7BuXhg==
-----END PUBLIC KEY-----`;

const GPG = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZ… (the key as gpg --armor --export writes it)
-----END PGP PUBLIC KEY BLOCK-----`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBujCCAV+gAwIBAgIUNrpZUZvmANDwfovaGitQ7McCPrYwCgYIKoZIzj0EAwIw
MTELMAkGA1UEBhMCS1IxEDAOBgNVBAoMB0V4YW1wbGUxEDAOBgNVBAMMB2V4YW1w
bGUwIBcNMjYxMTIyMDk1NzI0WhgPMjEyNjEwMjkwOTU3MjRaMDExCzAJBgNVBAYT
AktSMRAwDgYDVQQKDAdFeGFtcGxlMRAwDgYDVQQDDAdleGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEj+/3vmv2fmHITYSdjPfMS934yYZT7NyptmjlJjj0
MeL4AbWVAWlzbQm4pb/gtal3RlaxHHmpzluKAD/z7BuXhqNTMFEwHQYDVR0OBBYE
FOOwe17i8C8OquGOoyDWmYHS3cNAMB8GA1UdIwQYMBaAFOOwe17i8C8OquGOoyDW
mYHS3cNAMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAI+IXzur
wKGU+GZzX8Ooqe3+nE8MWS+YmkY77/fkIfDfAiEA2uJpPxqIQovopner4QV8NO0M
gF1OJc2LlwHQ8d6MyV0=
-----END CERTIFICATE-----`;

function indent(text: string, depth: number): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : " ".repeat(depth) + line))
    .join("\n");
}

function cluster(name: string, entry: string): string {
  return `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata:
  name: ${name}
spec:
  repositories:
    - name: "registry.example.com/shop/*"
      policy:
${indent(entry, 8)}
`;
}

/** The reference in its order. Paths are those of the CRD, \`[]\` for elements. */
export const SECTIONS: readonly ReferenceSection[] = [
  {
    title: "ImagePolicy and ClusterImagePolicy",
    text: "If a namespace has any ImagePolicy, only those count there; otherwise the ClusterImagePolicies; without either, everything is denied. The entries of all objects of that level are pooled, and exactly one judges an image: the one with the most specific name. Mandatory ClusterImagePolicies apply beside it.",
    kind: "ClusterImagePolicy",
    fields: [
      "spec.repositories",
      "spec.repositories[].name",
      "spec.repositories[].policy",
      "spec.mandatory",
      "spec.workload",
    ],
    examples: [
      `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata:
  name: baseline
spec:
  mandatory: true
  workload:
    privileged: deny
  repositories:
    - name: "*"
      policy:
        vulnerability:
          maxSeverity: high
    # no policy: unchecked, unchanged, and nothing is contacted
    - name: registry.k8s.io/*
`,
      `apiVersion: haechi.dev/v1
kind: ImagePolicy
metadata:
  name: shop
  namespace: shop
spec:
  repositories:
    - name: registry.example.com/shop/*
      policy:
        scan:
          required: true
`,
    ],
  },
  {
    title: "Checks of an image",
    text: "The checks of one entry; an omitted check is off. All that are there must hold.",
    kind: "ClusterImagePolicy",
    fields: [
      "spec.repositories[].policy.mode",
      "spec.repositories[].policy.mutateImage",
      "spec.repositories[].policy.scan",
      "spec.repositories[].policy.vulnerability",
      "spec.repositories[].policy.image",
      "spec.repositories[].policy.platforms",
      "spec.repositories[].policy.configuration",
    ],
    examples: [
      cluster(
        "checks",
        `mode: warn
mutateImage: true
scan:
  required: true
  maxAge: 30d
  unsupported: deny
  acceptVerdictsFrom:
    - cosign:
        key: |
${indent(KEY, 10)}
vulnerability:
  maxSeverity: high
  onlyFixable: true
  grace: 14d
  denyKnownExploited: true
  epssAbove: 0.5
image:
  maxAge: 90d
  allowTags: ["v*", "*-release"]
  requireDigest: false
platforms: [linux/amd64, linux/arm64]
configuration:
  rootUser: deny
  packages:
    deny: [openssh-server, "telnet*"]
  secrets: deny
  setuid: warn
  malware: deny
  endOfLife: deny`,
      ),
    ],
  },
  {
    title: "Signatures",
    text: "Every element must hold. An element has exactly one method, or `anyOf` with alternatives of one method each; the fields of the methods are the same there, in `attestations[].by` and in `scan.acceptVerdictsFrom`.",
    kind: "ClusterImagePolicy",
    fields: ["spec.repositories[].policy.signatures"],
    examples: [
      cluster(
        "signatures",
        `signatures:
  - cosign:
      keySecret: shop-key
      keySecretNamespace: haechi-system
      transparencyLog: optional
      trustRoot: public
  - cosign:
      key: |
${indent(KEY, 8)}
  - keyless:
      issuer: https://token.actions.githubusercontent.com
      subject: https://github.com/example/shop/.github/workflows/release.yml@refs/heads/main
  - keyless:
      issuerPattern: https://*.example.com
      subjectPattern: "*@example.com"
      trustRoot: public
  - children: covered
    atLeast: 2
    anyOf:
      - cosign:
          keySecret: builder-key
      - keyless:
          issuer: https://accounts.example.com
          subject: release@example.com
  - cosign:
      keys:
        - |
${indent(KEY, 10)}`,
      ),
      cluster(
        "notation",
        `signatures:
  - notation:
      level: strict
      identities: ["x509.subject: C=KR, O=Example"]
      certificates:
        - |
${indent(CERTIFICATE, 10)}
      timestampCertificates:
        - |
${indent(CERTIFICATE, 10)}
  - notation:
      trustPolicy:
        version: "1.0"
        trustPolicies:
          - name: shop
            registryScopes: ["*"]
            signatureVerification: {level: strict}
            trustStores: ["ca:example"]
            trustedIdentities: ["*"]
      trustStores:
        ca:example:
          - |
${indent(CERTIFICATE, 12)}`,
      ),
      cluster(
        "notary-and-gpg",
        `signatures:
  - notary:
      trustServer: https://notary.example.com
      rootKeyIds: ["${"0123456789abcdef".repeat(4)}"]
      trustOnFirstUse: false
      signerSecrets:
        - name: release-signer
      signers:
        - name: builder
          publicKey: |
${indent(KEY, 12)}
  - gpg:
      storeURL: https://signatures.example.com
      storeSecret: signature-store
      keys:
        - |
${indent(GPG, 10)}
      signedIdentity:
        type: matchExactReference
        dockerReference: registry.example.com/shop/web:1.4
  - gpg:
      keySecret: gpg-key
      keySecretNamespace: haechi-system
      signedIdentity:
        type: matchExactRepository
        dockerRepository: registry.example.com/shop/web
  - gpg:
      keySecret: gpg-key
      signedIdentity:
        type: remapIdentity
        prefix: registry.example.com/mirror
        signedPrefix: docker.io/library`,
      ),
    ],
  },
  {
    title: "Attestations",
    text: "Signed statements about the image. Every element must hold.",
    kind: "ClusterImagePolicy",
    fields: ["spec.repositories[].policy.attestations"],
    examples: [
      cluster(
        "attestations",
        `attestations:
  - predicateType: https://slsa.dev/provenance/v1
    by:
      - keyless:
          issuer: https://token.actions.githubusercontent.com
          subjectPattern: https://github.com/example/*
    conditions:
      - predicate.buildDefinition.externalParameters.repository == "https://github.com/example/shop"
    maxAge: 180d
    children: covered`,
      ),
    ],
  },
  {
    title: "Content trust and simple signing, as Portieris has them",
    text: "`trust` is Docker Content Trust (Notary v1), `simple` is GPG simple signing; both can stand in `signatures` as well. A ClusterImagePolicy takes Secrets from Haechi’s own namespace, an ImagePolicy from its own.",
    kind: "ClusterImagePolicy",
    fields: ["spec.repositories[].policy.trust", "spec.repositories[].policy.simple"],
    examples: [
      cluster(
        "trust-and-simple",
        `trust:
  enabled: true
  trustServer: https://notary.example.com
  trustOnFirstUse: false
  rootKeyIds: ["${"0123456789abcdef".repeat(4)}"]
  signerSecrets:
    - name: release-signer
  signers:
    - name: builder
      publicKey: |
${indent(KEY, 8)}
simple:
  storeURL: https://signatures.example.com
  storeSecret: signature-store
  requirements:
    - type: signedBy
      keySecret: gpg-key
      keySecretNamespace: haechi-system
      signedIdentity:
        type: remapIdentity
        prefix: registry.example.com/mirror
        signedPrefix: docker.io/library
    - type: signedBy
      keys:
        - |
${indent(GPG, 10)}
      signedIdentity:
        type: matchExactReference
        dockerReference: registry.example.com/shop/web:1.4
    - type: signedBy
      keySecret: gpg-key
      signedIdentity:
        type: matchExactRepository
        dockerRepository: registry.example.com/shop/web`,
      ),
    ],
  },
  {
    title: "Checks of workloads",
    text: "Beside their images. The documents of a level all apply together.",
    kind: "ClusterImagePolicy",
    fields: ["spec.workload."],
    examples: [
      `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata:
  name: workloads
spec:
  workload:
    mode: enforce
    podSecurity: baseline
    privileged: deny
    runAsNonRoot: required
    runAsUser: required
    runAsGroup: required
    capabilities:
      requireDrop: [ALL]
      allowAdd: [NET_BIND_SERVICE]
    seccomp: required
    appArmor: required
    seLinux: required
    readOnlyRootFilesystem: required
    requireRequests: [cpu, memory]
    requireLimits: [memory]
    requireLabels:
      - name: team
        values: [shop, "platform-*"]
    serviceAccount:
      denyDefault: true
      assign: restricted
    pullSecrets: required
`,
    ],
  },
  {
    title: "PolicyException",
    text: "Exempts what it names and nothing else. Without an approver, and from `until` on, it has no effect. In Haechi’s own namespace it may reach every namespace, elsewhere only its own.",
    kind: "PolicyException",
    fields: ["spec."],
    examples: [
      `apiVersion: haechi.dev/v1
kind: PolicyException
metadata:
  name: openssl-until-april
  namespace: haechi-system
spec:
  subject:
    namespaces: [shop]
    repositories: ["registry.example.com/shop/*"]
    digests: ["sha256:${"0123456789abcdef".repeat(4)}"]
    workloads:
      - kind: Deployment
        name: web
  findings:
    vulnerabilities: [CVE-2026-1234]
    packages: [openssl]
    rules: [SCAN_TOO_OLD]
  reason: the vulnerable function is not called; ticket 4711
  requester: kim@example.com
  approver: lee@example.com
  until: "2027-03-31T00:00:00Z"
`,
    ],
  },
];

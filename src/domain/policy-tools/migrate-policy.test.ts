// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import {
  evaluate,
  factsNeeded,
  type ImageFacts,
  type PolicyDocument,
  type PolicySecret,
  parsePolicyDocuments,
} from "#policy";
import type { SignatureState } from "#signatures";
import { migratePolicy } from "./migrate-policy.ts";
import type { WrittenFacts } from "./policy-test.ts";
import { factsOfTest } from "./test-facts.ts";

const NOW = new Date("2026-11-22T00:00:00Z");
const PEM = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEj+/3vmv2fmHITYSdjPfMS934yYZT
7NyptmjlJjj0MeL4AbWVAWlzbQm4pb/gtal3RlaxHHmpzluKAD/z7BuXhg==
-----END PUBLIC KEY-----`;

/** The default policies of CISE, the documented ones of Portieris, and everything at once. */
const OLDER = `
apiVersion: securityenforcement.admission.cloud.ibm.com/v1beta1
kind: ClusterImagePolicy
metadata: {name: ibmcloud-default-cluster-image-policy, labels: {team: a}, annotations: {note: b, kubectl.kubernetes.io/last-applied-configuration: "{}"}}
spec:
  repositories:
    - name: "*"
      policy: {trust: {enabled: true}, va: {enabled: true}}
    - {name: "registry*.bluemix.net/armada/*", policy: }
    - {name: quay.io/coreos/hyperkube, policies: {}}
---
apiVersion: portieris.cloud.ibm.com/v1
kind: ClusterImagePolicy
metadata: {name: signed}
spec:
  repositories:
    - name: "icr.io*"
      policy:
        mutateImage: false
        trust: {enabled: true, trustServer: "https://notary.example", signerSecrets: [{name: signer}]}
    - name: "docker.io/library/*"
      policy:
        simple: {requirements: [{type: signedBy, keySecret: gpg, signedIdentity: {type: matchExactRepository, dockerRepository: docker.io/library/nginx}}]}
        vulnerability: {ICCRVA: {enabled: true, account: abc}}
    - {name: "reject.example/*", policy: {simple: {requirements: [{type: reject}]}}}
    - {name: "off.example/*", policy: {trust: {enabled: false}, simple: {requirements: }}}
    - {name: "both.example/*", policy: {va: {enabled: true}, trust: {enabled: true}, simple: {requirements: [{type: insecureAcceptAnything}]}}}
---
apiVersion: portieris.cloud.ibm.com/v1
kind: ImagePolicy
metadata: {name: shop, namespace: shop}
spec:
  repositories:
    - {name: "icr.io/shop/*", policy: {trust: {enabled: true, signerSecrets: [{name: signer}]}}}
    - {name: "docker.io/team/*", policy: {simple: {storeSecret: s, requirements: [{type: signedBy, keySecret: gpg, keySecretNamespace: shop}]}}}
---
apiVersion: portieris.cloud.ibm.com/v1
kind: ImagePolicy
metadata: {name: nothing, namespace: closed}
spec: {repositories: []}
`;

const GPG = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n";
const SECRETS: readonly PolicySecret[] = ["haechi-system", "shop"].flatMap((namespace) => [
  { namespace, name: "signer", data: { name: "kim", publicKey: PEM } },
  { namespace, name: "gpg", data: { key: GPG } },
  { namespace, name: "s", data: { username: "u", password: "p" } },
]);

const { documents: older } = parsePolicyDocuments(OLDER, "older");
const written: readonly unknown[] = OLDER.split("\n---\n").map((text): unknown => parse(text));
const migrated = older.map((document, at) =>
  migratePolicy(document, written[at], { systemNamespace: "haechi-system" }),
);
/** Through YAML and the parser, as an operator would apply it. */
const ours: readonly PolicyDocument[] = parsePolicyDocuments(
  migrated.map(({ object }) => stringify(object)).join("---\n"),
  "ours",
).documents;

const IMAGES = [
  "icr.io/team/app:1",
  "icr.io.evil.example/team/app:1",
  "nginx",
  "nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000",
  "docker.io/library/redis:7",
  "reject.example/a",
  "off.example/a",
  "both.example/a:2",
  "quay.io/coreos/hyperkube:v1",
  "registry.eu-de.bluemix.net/armada/master:1",
  "icr.io/shop/web:1",
  "docker.io/team/app:1",
  "not an image",
];
const NAMESPACES = [undefined, "default", "shop", "closed"];
const STATES: readonly SignatureState[] = ["verified", "none", "bad", "unknown"];
const SCANS: readonly NonNullable<WrittenFacts["scan"]>[] = [
  "missing",
  {},
  { status: "partial" },
  { vulnerabilities: [{ id: "CVE-1", severity: "low", package: "p", fixed: "1" }] },
  { vulnerabilities: [{ id: "CVE-1", severity: "critical", package: "p" }] },
];

function judge(
  policies: readonly PolicyDocument[],
  reference: string,
  namespace: string | undefined,
  facts: WrittenFacts,
) {
  const question = { reference, policies, secrets: SECRETS, ...(namespace === undefined ? {} : { namespace }) };
  const known: ImageFacts = factsOfTest(facts, { image: reference, trust: factsNeeded(question).trust, now: NOW });
  const { spelling: _texts, ...verdict } = evaluate({ ...question, facts: known, now: NOW });
  return verdict;
}

describe("migration of an older policy", () => {
  it("judges every image of a table as before, by every set of facts", () => {
    let judged = 0;
    for (const reference of IMAGES) {
      for (const namespace of NAMESPACES) {
        for (const signatures of STATES) {
          for (const scan of SCANS) {
            const facts = { signatures, scan };
            const context = `${reference} in ${namespace ?? "-"}: ${JSON.stringify(facts)}`;
            expect({ context, ...judge(ours, reference, namespace, facts) }).toEqual({
              context,
              ...judge(older, reference, namespace, facts),
            });
            judged += 1;
          }
        }
      }
    }
    expect(judged).toBe(IMAGES.length * NAMESPACES.length * STATES.length * SCANS.length);
  });

  it("needs no word of the older spelling, and keeps labels and annotations", () => {
    expect(ours.map(({ spelling }) => spelling)).toEqual([undefined, undefined, undefined, undefined]);
    expect(migrated[0]?.object.metadata).toEqual({
      name: "ibmcloud-default-cluster-image-policy",
      labels: { team: "a" },
      annotations: { note: "b" },
    });
  });

  it("lists what changes in meaning", () => {
    const codes = migrated.map(({ changes }) => changes.map(({ code, path }) => `${code} ${path ?? ""}`.trim()));
    const always = ["TEXTS", "DIGEST_REFERENCES", "REMOVE_OLDER"];
    expect(codes).toEqual([
      [
        "SCAN spec.repositories[0].policy.va",
        "FIRST_USE spec.repositories[0].policy.trust",
        "MISSPELT spec.repositories[2].policies",
        ...always,
      ],
      [
        "HOST_BOUNDARY spec.repositories[0].name",
        "FIRST_USE spec.repositories[0].policy.trust",
        "SECRET_PLACE spec.repositories[0].policy",
        "SCAN spec.repositories[1].policy.vulnerability.ICCRVA",
        "ACCOUNT_DROPPED spec.repositories[1].policy.vulnerability.ICCRVA.account",
        "SECRET_PLACE spec.repositories[1].policy",
        "SCAN spec.repositories[4].policy.va",
        "SCAN_NEWLY_ENFORCED spec.repositories[4].policy.va",
        "FIRST_USE spec.repositories[4].policy.trust",
        "SIMPLE_AND_TRUST spec.repositories[4].policy",
        ...always,
      ],
      ["FIRST_USE spec.repositories[0].policy.trust", ...always],
      always,
    ]);
  });

  it("says where Secrets have to be", () => {
    expect(migrated.map(({ moves }) => moves)).toEqual([
      [],
      [
        { secret: "signer", to: "haechi-system" },
        { secret: "gpg", to: "haechi-system" },
      ],
      [],
      [],
    ]);
  });

  it("a Secret of a third namespace is named with both, and read from ours when it was copied", () => {
    const text = `
apiVersion: portieris.cloud.ibm.com/v1
kind: ClusterImagePolicy
metadata: {name: p}
spec: {repositories: [{name: "*", policy: {simple: {requirements: [{type: signedBy, keySecret: gpg, keySecretNamespace: team}]}}}]}
`;
    const [document] = parsePolicyDocuments(text, "t").documents;
    expect(document).toBeDefined();
    const { object, moves } = migratePolicy(document as PolicyDocument, parse(text), {
      systemNamespace: "haechi-system",
    });
    expect(moves).toEqual([{ secret: "gpg", from: "team", to: "haechi-system" }]);
    const policies = parsePolicyDocuments(stringify(object), "t").documents;
    const verdict = judge(policies, "nginx:1", undefined, { signatures: "verified" });
    expect(verdict.outcome).toBe("allow");
  });
});

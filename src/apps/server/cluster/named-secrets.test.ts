// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { type ImageChecks, type PolicyDocument, parsePolicyDocuments } from "#policy";
import { secretsNamedBy } from "./named-secrets.ts";

const SCOPE = { systemNamespace: "haechi-system", secretNamespace: "policy" } as const;

function policy(checks: ImageChecks, namespace?: string): PolicyDocument {
  const repositories = [{ name: "*", policy: checks }];
  return namespace === undefined
    ? { kind: "ClusterImagePolicy", name: "p", repositories }
    : { kind: "ImagePolicy", name: "p", namespace, repositories };
}

function signedBy(...names: readonly string[]): ImageChecks {
  return { trust: { enabled: true, signerSecrets: names.map((name) => ({ name })) } };
}

it("every field that names a Secret is found, however deep it lies", () => {
  const { documents } = parsePolicyDocuments(
    `
apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: all}
spec:
  repositories:
    - name: "*"
      policy:
        trust: {enabled: true, signerSecrets: [{name: signer}]}
        simple: {storeSecret: store, requirements: [{type: signedBy, keySecret: gpg-key}]}
        signatures:
          - cosign: {keySecret: cosign-key}
          - anyOf: [{gpg: {keySecret: gpg-inner, storeURL: "https://store.example", storeSecret: gpg-store}}]
        attestations:
          - {predicateType: "https://example.com/t", by: [{cosign: {keySecret: attestation-key}}]}
        scan: {required: true, maxAge: 1d, acceptVerdictsFrom: [{cosign: {keySecret: verdict-key}}]}
`,
    "test",
  );
  expect(secretsNamedBy(documents, SCOPE).secrets.map(({ name }) => name)).toEqual([
    "attestation-key",
    "cosign-key",
    "gpg-inner",
    "gpg-key",
    "gpg-store",
    "signer",
    "store",
    "verdict-key",
  ]);
});

it("a policy names Secrets of its own namespace, one of the cluster those of ours, and each is named once", () => {
  const documents = [policy(signedBy("key", "key")), policy(signedBy("key"), "team"), policy(signedBy("key"), "team")];
  expect(secretsNamedBy(documents, SCOPE)).toEqual({
    secrets: [
      { namespace: "haechi-system", name: "key" },
      { namespace: "team", name: "key" },
    ],
    left: 0,
  });
});

it("where the request's namespace counts, a name is wanted everywhere", () => {
  const documents = [policy(signedBy("key")), policy(signedBy("key", "other"), "team")];
  expect(secretsNamedBy(documents, { ...SCOPE, secretNamespace: "request" }).secrets).toEqual([
    { name: "key" },
    { name: "other" },
  ]);
});

it("a namespace that names too many loses some of its own, and nobody else does", () => {
  const many = Array.from({ length: 100 }, (_, index) => `k${index}`);
  const documents = [policy(signedBy(...many), "attacker"), policy(signedBy("key"), "team"), policy(signedBy("ours"))];
  const { secrets, left } = secretsNamedBy(documents, SCOPE);
  expect(secrets.filter(({ namespace }) => namespace === "attacker")).toHaveLength(32);
  expect(secrets.filter(({ namespace }) => namespace !== "attacker").map(({ name }) => name)).toEqual(["ours", "key"]);
  expect(left).toBe(68);
});

it.each(["policy", "request"] as const)(
  "many namespaces of one tenant do not push out the Secrets of others (%s)",
  (secretNamespace) => {
    const many = (namespace: number): PolicyDocument =>
      policy(signedBy(...Array.from({ length: 32 }, (_, index) => `a${namespace}-${index}`)), `attacker-${namespace}`);
    const attacks = Array.from({ length: 40 }, (_, namespace) => many(namespace));
    const documents = [...attacks, policy(signedBy("key"), "team"), policy(signedBy("ours"))];
    const { secrets, left } = secretsNamedBy(documents, { ...SCOPE, secretNamespace });
    expect(secrets.map(({ name }) => name)).toEqual(expect.arrayContaining(["ours", "key"]));
    expect([secrets.length, left]).toEqual([1_000, 282]);
  },
);

it("where the request's namespace counts, one who names too many loses some of its own, and nobody else does", () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `a${index}`);
  const documents = [policy(signedBy(...many), "attacker"), policy(signedBy("key")), policy(signedBy("own"), "team")];
  const { secrets } = secretsNamedBy(documents, { ...SCOPE, secretNamespace: "request" });
  expect(secrets.map(({ name }) => name)).toEqual(expect.arrayContaining(["key", "own"]));
  expect(secrets).toHaveLength(34);
});

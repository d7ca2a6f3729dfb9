// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluate, type PolicyDocument, parsePolicyDocuments } from "#policy";

const FOLDER = new URL("../../../deploy/helm/haechi/policies/", import.meta.url);
const OWN_IMAGE = "registry.example/haechi/haechi";

/** As the chart fills it in. */
function preset(name: string): readonly PolicyDocument[] {
  const text = readFileSync(new URL(`preset-${name}.yaml`, FOLDER), "utf8");
  return parsePolicyDocuments(
    text.replaceAll("OWN-NAMESPACE", "haechi-system").replaceAll("OWN-IMAGE", OWN_IMAGE),
    name,
  ).documents;
}

/** What is left when somebody takes `*` away from the policies of namespaces. */
function narrowed(documents: readonly PolicyDocument[]): readonly PolicyDocument[] {
  return documents.map((document) =>
    document.kind === "ImagePolicy"
      ? { ...document, repositories: document.repositories.filter(({ name }) => name !== "*") }
      : document,
  );
}

function outcome(policies: readonly PolicyDocument[], namespace: string, reference: string): string {
  return evaluate({ reference, namespace, policies, facts: { kind: "unknown" }, now: new Date() }).outcome;
}

// gate.md, "Meaning" 7
describe.each(["haechi", "scan", "cise"])("the default policies %s", (name) => {
  it("check everything but the namespaces of the system", () => {
    const policies = preset(name);
    const image = "registry.example/team/app:1";
    expect(["team", "kube-system", "haechi-system"].map((each) => outcome(policies, each, image))).toEqual([
      "undecided",
      "allow",
      "allow",
    ]);
  });

  it("leave Haechi its own image when somebody narrows them, and no other", () => {
    const policies = narrowed(preset(name));
    const digest = `sha256:${"a".repeat(64)}`;
    expect([
      outcome(policies, "haechi-system", `${OWN_IMAGE}@${digest}`),
      outcome(policies, "haechi-system", `${OWN_IMAGE}:1.0`),
      outcome(policies, "haechi-system", "registry.example/team/app:1"),
    ]).toEqual(["allow", "allow", "deny"]);
  });
});

it.each(["haechi", "scan"])("the default policies %s leave Kubernetes its own images", (name) => {
  const policies = narrowed(preset(name));
  expect([
    outcome(policies, "kube-system", "registry.k8s.io/coredns/coredns:v1.12.0"),
    outcome(policies, "kube-system", "registry.k8s.io.example/coredns:1"),
  ]).toEqual(["allow", "deny"]);
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parseWebhookAddress } from "./webhook-address.ts";
import { buildWebhookConfigurations, type WebhookConfigurationOptions } from "./webhook-configurations.ts";
import { recognizeWorkload } from "./workload-kinds.ts";

const OPTIONS: WebhookConfigurationOptions = {
  name: "haechi",
  address: "service:haechi-system/haechi-gate:443",
  caBundle: "PEM",
  excludeNamespaces: ["kube-system", "haechi-system", "kube-system"],
};

describe("an address", () => {
  it.each([
    "",
    "haechi",
    "service:haechi",
    "service:a/b",
    "service:a/b:0",
    "service:a/b:65536",
    "service:a/b/c:1",
    "service:A/b:1",
    "http://gate.example",
    "https://user@gate.example",
    "https://gate.example?x=1",
    "https://gate.example#x",
    "file:///etc/passwd",
  ])("'%s' is none", (text) => {
    expect(() => parseWebhookAddress(text)).toThrow(expect.objectContaining({ code: "WEBHOOK_ADDRESS_INVALID" }));
  });

  it.each([
    ["service:haechi-system/haechi:8443", { service: { namespace: "haechi-system", name: "haechi", port: 8443 } }],
    ["https://gate.example:8443/", { url: "https://gate.example:8443" }],
    ["https://gate.example/haechi/", { url: "https://gate.example/haechi" }],
  ])("%s", (text, want) => {
    expect(parseWebhookAddress(text)).toEqual(want);
  });
});

describe("the webhook configurations", () => {
  const { mutating, validating } = buildWebhookConfigurations(OPTIONS);

  it("leave no namespace out by a label that its users may write", () => {
    const selectors = [...mutating.webhooks, ...validating.webhooks].map(({ namespaceSelector }) => namespaceSelector);
    expect(JSON.stringify(selectors)).not.toMatch(/"key":"(?!kubernetes\.io\/metadata\.name")/);
    expect(mutating.webhooks[0]?.namespaceSelector).toEqual({
      matchExpressions: [
        { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["haechi-system", "kube-system"] },
      ],
    });
  });

  it("ask about policies everywhere: an exception in an excluded namespace may reach others", () => {
    const policies = validating.webhooks.find(({ name }) => name === "policies.haechi.dev");
    expect(policies).toMatchObject({ namespaceSelector: {}, clientConfig: { service: { path: "/policies" } } });
    expect(policies?.rules.map(({ apiGroups, resources }) => [...apiGroups, ...resources])).toEqual([
      ["haechi.dev", "imagepolicies", "clusterimagepolicies", "policyexceptions"],
      ["portieris.cloud.ibm.com", "imagepolicies", "clusterimagepolicies"],
      ["securityenforcement.admission.cloud.ibm.com", "imagepolicies", "clusterimagepolicies"],
    ]);
  });

  it("refuse when nobody answers, and say everything that the API server would fill in", () => {
    for (const webhook of [...mutating.webhooks, ...validating.webhooks]) {
      expect(webhook).toMatchObject({
        failurePolicy: "Fail",
        matchPolicy: "Equivalent",
        sideEffects: "NoneOnDryRun",
        timeoutSeconds: 10,
        objectSelector: {},
        admissionReviewVersions: ["v1"],
      });
      for (const rule of webhook.rules) {
        expect(rule).toMatchObject({ operations: ["CREATE", "UPDATE"], apiVersions: ["*"], scope: "*" });
      }
    }
    expect(mutating.webhooks.map(({ reinvocationPolicy }) => reinvocationPolicy)).toEqual(["IfNeeded"]);
    expect(mutating.webhooks[0]?.clientConfig).toEqual({
      caBundle: "UEVN",
      service: { namespace: "haechi-system", name: "haechi-gate", port: 443, path: "/admit" },
    });
  });

  it("name exactly what the gate knows", () => {
    for (const { apiGroups, resources } of mutating.webhooks[0]?.rules ?? []) {
      for (const name of resources) {
        const [resource = "", subResource = ""] = name.split("/");
        const group = apiGroups[0] ?? "";
        const kind = { group, version: "v1", kind: "Any" };
        const { state } = recognizeWorkload({ kind, resource: { group, version: "v1", resource }, subResource });
        expect(state).not.toBe("foreign");
      }
    }
  });

  it("have the two names of Container Image Security Enforcement, and its label, where that is switched on", () => {
    const cise = buildWebhookConfigurations({
      ...OPTIONS,
      address: "https://gate.example/",
      hookNames: "cise",
      skipLabel: true,
      excludeNamespaces: [],
      timeoutSeconds: 5,
    });
    expect(
      cise.mutating.webhooks.map(({ name, clientConfig, timeoutSeconds }) => [name, clientConfig.url, timeoutSeconds]),
    ).toEqual([
      ["trust.hooks.securityenforcement.admission.cloud.ibm.com", "https://gate.example/admit/trust", 5],
      ["va.hooks.securityenforcement.admission.cloud.ibm.com", "https://gate.example/admit/va", 5],
    ]);
    expect(cise.mutating.webhooks[0]?.namespaceSelector).toEqual({
      matchExpressions: [
        { key: "securityenforcement.admission.cloud.ibm.com/namespace", operator: "NotIn", values: ["skip"] },
      ],
    });
  });

  it("without exclusions select every namespace", () => {
    const all = buildWebhookConfigurations({ ...OPTIONS, excludeNamespaces: [] });
    expect(all.validating.webhooks.map(({ namespaceSelector }) => namespaceSelector)).toEqual([{}, {}]);
  });
});

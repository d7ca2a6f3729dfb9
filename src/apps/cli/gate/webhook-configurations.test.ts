// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWebhooks } from "./webhook-configurations.ts";

describe("what webhooks of whoever say about themselves", () => {
  it("nothing is read out of what is none", () => {
    expect(describeWebhooks([null, 1, "x", [], { clientConfig: null, namespaceSelector: [] }])).toMatchObject({
      names: [],
      excluded: [],
      obeysSkipLabel: false,
    });
  });

  it("an authority that cannot be read is not said to be valid", () => {
    const clientConfig = { url: "https://gate.example:8443/admit", caBundle: "bm90IGEgY2VydGlmaWNhdGU=" };
    const facts = describeWebhooks([{ name: "a", clientConfig }]);
    expect(facts).toMatchObject({ names: ["a"], addresses: ["https://gate.example:8443"] });
    expect(facts.authorityUntil).toBeUndefined();
  });

  it("exclusions are those by the name that the API server sets", () => {
    const matchExpressions = [
      { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["b", "a", 1] },
      { key: "team", operator: "NotIn", values: ["x"] },
    ];
    expect(describeWebhooks([{ namespaceSelector: { matchExpressions } }]).excluded).toEqual(["a", "b"]);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.array(fc.object()), (webhooks) => void describeWebhooks(webhooks)));
  });
});

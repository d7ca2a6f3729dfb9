// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { PolicyError } from "./errors.ts";
import { parsePolicyDocuments } from "./parse-policy-documents.ts";

const HEAD = "apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: a}\n";

/** The problems as `line path: message`. */
function problemsOf(text: string | Uint8Array): readonly string[] {
  try {
    parsePolicyDocuments(text, "p.yaml");
  } catch (error) {
    if (!(error instanceof PolicyError)) {
      throw error;
    }
    return error.problems.map((each) => `${each.document}:${each.line ?? "?"} ${each.path}: ${each.message}`);
  }
  return [];
}

function entry(policy: string): string {
  return `${HEAD}spec:\n  repositories:\n  - name: "*"\n    policy: ${policy}\n`;
}

describe("parsePolicyDocuments", () => {
  it("reads several documents in order", () => {
    const text = `${HEAD}spec:
  repositories:
  - name: "icr.io/*"
    policy:
      mode: warn
      mutateImage: false
      scan: {required: true, maxAge: 30d, unsupported: deny}
      vulnerability: {maxSeverity: high, onlyFixable: true}
  - name: "*"
---
# nothing here
---
apiVersion: haechi.dev/v1
kind: ImagePolicy
metadata: {name: b, namespace: team, labels: {x: y}, uid: "1"}
spec: {repositories: []}
`;
    expect(parsePolicyDocuments(Buffer.from(text), "p.yaml").documents).toEqual([
      {
        kind: "ClusterImagePolicy",
        name: "a",
        repositories: [
          {
            name: "icr.io/*",
            policy: {
              mode: "warn",
              mutateImage: false,
              scan: { required: true, maxAge: "30d", unsupported: "deny" },
              vulnerability: { maxSeverity: "high", onlyFixable: true },
            },
          },
          { name: "*" },
        ],
      },
      { kind: "ImagePolicy", namespace: "team", name: "b", repositories: [] },
    ]);
  });

  it("takes an empty policy as omitted, and {} as one without checks", () => {
    expect(parsePolicyDocuments(entry(""), "p").documents[0]?.repositories).toEqual([{ name: "*" }]);
    expect(parsePolicyDocuments(entry("{}"), "p").documents[0]?.repositories).toEqual([{ name: "*", policy: {} }]);
  });

  it("reads JSON", () => {
    const object = {
      apiVersion: "haechi.dev/v1",
      kind: "ClusterImagePolicy",
      metadata: { name: "a" },
      spec: { repositories: [] },
    };
    expect(parsePolicyDocuments(JSON.stringify(object), "p.json").documents).toHaveLength(1);
  });

  it("lets a few aliases share a block", () => {
    const text = `${HEAD}spec:\n  repositories:\n  - {name: a, policy: &c {scan: {required: true}}}\n  - {name: b, policy: *c}\n`;
    expect(parsePolicyDocuments(text, "p").documents[0]?.repositories[1]?.policy).toEqual({ scan: { required: true } });
  });

  it("lists all problems at once, with line and path", () => {
    const text = `${HEAD}spec:
  repositories:
  - name: "*"
    policy:
      grace: 14d
      scan: {required: yes, maxAge: 30 days}
      vulnerabilty: {}
  - {}
---
apiVersion: portieris.cloud.ibm.com/v2
kind: ImagePolicy
`;
    expect(problemsOf(text)).toEqual([
      "1:9 spec.repositories[0].policy.scan.required: Invalid input: expected boolean, received string",
      "1:9 spec.repositories[0].policy.scan.maxAge: expected a positive duration such as 30d, 12h or 90m",
      '1:8 spec.repositories[0].policy.grace: unknown field "grace"',
      '1:10 spec.repositories[0].policy.vulnerabilty: unknown field "vulnerabilty"',
      "1:11 spec.repositories[1].name: Invalid input: expected string, received undefined",
      '2:13 : apiVersion "portieris.cloud.ibm.com/v2" is not supported by this version; expected haechi.dev/v1',
    ]);
  });

  it.each([
    { name: "an empty text", text: "", want: /holds no policy document/ },
    { name: "a list", text: "- a", want: /expected an object/ },
    { name: "a scalar", text: "hello", want: /expected an object/ },
    {
      name: "another kind",
      text: "apiVersion: haechi.dev/v1\nkind: NetworkPolicy",
      want: /kind "NetworkPolicy" is not supported/,
    },
    { name: "a List of kubectl", text: "apiVersion: v1\nkind: List\nitems: []", want: /List of kubectl is not read/ },
    { name: "duplicate keys", text: entry("{mode: warn, mode: enforce}"), want: /unique/ },
    {
      name: "an ImagePolicy without namespace",
      text: "apiVersion: haechi.dev/v1\nkind: ImagePolicy\nmetadata: {name: a}\nspec: {repositories: []}",
      want: /metadata\.namespace/,
    },
    {
      name: "a ClusterImagePolicy with namespace",
      text: `${HEAD.replace("name: a", "name: a, namespace: b")}spec: {repositories: []}`,
      want: /has no namespace/,
    },
    { name: "no spec", text: HEAD, want: /spec: / },
    { name: "a spec without content", text: `${HEAD}spec: {}`, want: /spec: expected repositories, workload or both/ },
    {
      name: "an exception of an older spelling",
      text: "apiVersion: portieris.cloud.ibm.com/v1\nkind: PolicyException",
      want: /kind "PolicyException" is not supported/,
    },
    {
      name: "a second object of the same name",
      text: `${HEAD}spec: {repositories: []}\n---\n${HEAD}spec: {repositories: []}`,
      want: /a second ClusterImagePolicy/,
    },
    {
      name: "the misspelling of CISE",
      text: `${HEAD}spec:\n  repositories:\n  - name: "*"\n    policies: {}\n`,
      want: /"policies" belongs to the older spellings/,
    },
    { name: "a name with a space", text: `${HEAD}spec: {repositories: [{name: "a b"}]}`, want: /without spaces/ },
    { name: "an empty name", text: `${HEAD}spec: {repositories: [{name: ""}]}`, want: /repositories\[0\]\.name/ },
    { name: "a tag of another type", text: `${HEAD}spec: {repositories: !!js/function "x"}`, want: /tag/i },
    {
      name: "__proto__",
      text: `${HEAD}spec: {repositories: [], __proto__: {x: 1}}`,
      want: /unknown field "__proto__"/,
    },
    { name: "an alias without anchor", text: entry("*nowhere"), want: /alias/i },
    { name: "a broken flow", text: `${HEAD}spec: {repositories: [`, want: /not valid YAML/ },
    { name: "a zero duration", text: entry("{scan: {required: true, maxAge: 0d}}"), want: /positive duration/ },
    {
      name: "an endless duration",
      text: entry("{scan: {required: true, maxAge: 999999999999d}}"),
      want: /positive duration/,
    },
  ])("refuses $name", ({ text, want }) => {
    expect(problemsOf(text).join("\n")).toMatch(want);
  });

  it("refuses an alias bomb", () => {
    const levels = Array.from(
      { length: 20 },
      (_, at) => `k${at + 1}: &k${at + 1} [${Array(10).fill(`*k${at}`).join(", ")}]`,
    );
    expect(problemsOf(`k0: &k0 [x]\n${levels.join("\n")}`).join()).toMatch(/alias/i);
  });

  it("refuses an object that contains itself", () => {
    expect(problemsOf(`${HEAD}spec: &s {repositories: [{name: a, policy: *s}]}`).join()).not.toBe("");
  });

  it.each(["[", "{a: ", "- "])("refuses endless nesting of %s", (opening) => {
    expect(problemsOf(opening.repeat(100_000))).not.toEqual([]);
  });

  it("refuses bytes that are not UTF-8, and a text that is too large", () => {
    expect(problemsOf(Buffer.from([0x61, 0xff])).join()).toMatch(/UTF-8/);
    expect(problemsOf(`#${"x".repeat(1024 * 1024)}`).join()).toMatch(/larger than/);
  });

  it("does not list more problems than anybody reads", () => {
    const entries = Array.from({ length: 5_000 }, () => "  - {nme: x}").join("\n");
    expect(problemsOf(`${HEAD}spec:\n  repositories:\n${entries}\n`)).toHaveLength(1_000);
  });
});

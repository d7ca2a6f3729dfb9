// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createPolicySet, type PolicyDocument } from "#policy";

function document(name: string, checks: object = { scan: { required: true, maxAge: "30d" } }): PolicyDocument {
  return { kind: "ClusterImagePolicy", name, repositories: [{ name: "*", policy: checks }] };
}

const SECRET = { namespace: "team", name: "key", data: { publicKey: "one" } };

function generationOf(content: Parameters<typeof createPolicySet>[0]): string {
  return createPolicySet(content).generation;
}

describe("the generation of a set", () => {
  it("is the same for the same content, in whatever order objects and fields came", () => {
    const first = generationOf({ documents: [document("a"), document("b")], secrets: [SECRET] });
    const second = generationOf({
      secrets: [{ data: { publicKey: "one" }, name: "key", namespace: "team" }],
      documents: [document("b", { scan: { maxAge: "30d", required: true } }), document("a")],
    });
    expect(second).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    { name: "another document", content: { documents: [document("b")] } },
    { name: "the same document twice", content: { documents: [document("a"), document("a")] } },
    { name: "another check", content: { documents: [document("a", {})] } },
    {
      name: "another order of entries",
      content: { documents: [{ ...document("a"), repositories: [{ name: "b" }, { name: "a" }] }] },
    },
    { name: "a Secret", content: { documents: [document("a")], secrets: [SECRET] } },
    {
      name: "another value in a Secret",
      content: { documents: [document("a")], secrets: [{ ...SECRET, data: { publicKey: "two" } }] },
    },
    { name: "another system namespace", content: { documents: [document("a")], systemNamespace: "other" } },
    {
      name: "Secrets of the request's namespace",
      content: { documents: [document("a")], secretNamespace: "request" as const },
    },
  ])("differs with $name", ({ content }) => {
    const before = [
      { documents: [document("a")] },
      { documents: [{ ...document("a"), repositories: [{ name: "a" }, { name: "b" }] }] },
      { documents: [document("a")], secrets: [SECRET] },
    ].filter((each) => JSON.stringify(each) !== JSON.stringify(content));
    expect(before.map(generationOf)).not.toContain(generationOf(content));
  });

  it("tells nothing of a Secret", () => {
    const { secrets, generation } = createPolicySet({ documents: [], secrets: [SECRET] });
    expect(secrets).toEqual([SECRET]);
    expect(generation).not.toContain("one");
  });
});

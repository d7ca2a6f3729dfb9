// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { shareOf } from "./namespace-share.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import { createPolicySet } from "./policy-set.ts";

type Content = Parameters<typeof createPolicySet>[0];

const CLUSTER: PolicyDocument = { kind: "ClusterImagePolicy", name: "c", repositories: [{ name: "*" }] };

function own(namespace: string, name = "own"): PolicyDocument {
  return { kind: "ImagePolicy", namespace, name, repositories: [{ name: "*" }] };
}

function exception(changes: Partial<PolicyException>): PolicyException {
  return {
    name: "e",
    subject: {},
    findings: { rules: ["VULNERABILITY"] },
    reason: "r",
    requester: "a",
    approver: "b",
    until: "2100-01-01T00:00:00Z",
    ...changes,
  };
}

const BEFORE: Content = { documents: [CLUSTER, own("team")], systemNamespace: "haechi" };

/** Whose generation is another one with more content. */
function changedBy(more: Partial<Content>): readonly string[] {
  const before = createPolicySet(BEFORE);
  const after = createPolicySet({ ...BEFORE, ...more, documents: [...BEFORE.documents, ...(more.documents ?? [])] });
  return [undefined, "team", "other"].flatMap((namespace) =>
    shareOf(before, namespace).generation === shareOf(after, namespace).generation ? [] : [namespace ?? "-"],
  );
}

const EVERYWHERE = ["-", "team", "other"];

describe("the generation of a namespace changes", () => {
  it.each<{ readonly name: string; readonly more: Partial<Content>; readonly want: readonly string[] }>([
    { name: "with a policy of the cluster", more: { documents: [{ ...CLUSTER, name: "d" }] }, want: EVERYWHERE },
    { name: "with its own policy", more: { documents: [own("team", "more")] }, want: ["team"] },
    { name: "with its first policy", more: { documents: [own("other")] }, want: ["other"] },
    {
      name: "with a policy that cannot be read",
      more: { documents: [{ ...own("team"), problem: "x" }] },
      want: ["team"],
    },
    { name: "with its own Secret", more: { secrets: [{ namespace: "team", name: "s", data: {} }] }, want: ["team"] },
    {
      name: "with a Secret of Haechi's namespace",
      more: { secrets: [{ namespace: "haechi", name: "s", data: {} }] },
      want: EVERYWHERE,
    },
    { name: "with a Secret of a file", more: { secrets: [{ name: "s", data: {} }] }, want: EVERYWHERE },
    {
      name: "with any Secret, where policies may name it",
      more: { secretNamespace: "request", secrets: [{ namespace: "team", name: "s", data: {} }] },
      want: EVERYWHERE,
    },
    { name: "with its own exception", more: { exceptions: [exception({ namespace: "team" })] }, want: ["team"] },
    {
      name: "with its own exception, whatever that says",
      more: { exceptions: [exception({ namespace: "team", subject: { namespaces: ["other"] } })] },
      want: ["team"],
    },
    {
      name: "with an exception of Haechi's namespace",
      more: { exceptions: [exception({ namespace: "haechi" })] },
      want: EVERYWHERE,
    },
    {
      name: "with an exception for it",
      more: { exceptions: [exception({ namespace: "haechi", subject: { namespaces: ["other"] } })] },
      want: ["other"],
    },
    { name: "with an exception of a file", more: { exceptions: [exception({})] }, want: EVERYWHERE },
    { name: "with Haechi's namespace", more: { systemNamespace: "elsewhere" }, want: EVERYWHERE },
  ])("$name", ({ more, want }) => {
    expect(changedBy(more)).toEqual(want);
  });

  it("and is the same in whatever order its objects came", () => {
    const documents = [own("team", "a"), CLUSTER, own("team", "b")];
    const [one, other] = [documents, documents.toReversed()].map((each) =>
      shareOf(createPolicySet({ documents: each }), "team"),
    );
    expect(one?.generation).toBe(other?.generation);
  });
});

it("a value that secretNamespace request makes count alike is looked at by its value", () => {
  const sets = ["one", "two"].map((publicKey) =>
    createPolicySet({
      ...BEFORE,
      secretNamespace: "request",
      secrets: [{ namespace: "x", name: "s", data: { publicKey } }],
    }),
  );
  expect(new Set(sets.map((set) => shareOf(set, "team").generation)).size).toBe(2);
});

it("the exceptions of a namespace are those that can reach it", () => {
  const exceptions = [
    exception({ name: "file" }),
    exception({ name: "own", namespace: "team" }),
    exception({ name: "for other", namespace: "haechi", subject: { namespaces: ["other", "other"] } }),
  ];
  const set = createPolicySet({ ...BEFORE, exceptions });
  const names = (namespace?: string): readonly string[] => shareOf(set, namespace).exceptions.map(({ name }) => name);
  expect([names(), names("team"), names("other")]).toEqual([["file"], ["file", "own"], ["file", "for other"]]);
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { PolicyDocument } from "#policy";
import { explainSelection } from "./explain-selection.ts";

function cluster(name: string, names: readonly string[], rest: Partial<PolicyDocument> = {}): PolicyDocument {
  return { kind: "ClusterImagePolicy", name, repositories: names.map((each) => ({ name: each })), ...rest };
}

function explain(policies: readonly PolicyDocument[], reference: string, namespace?: string) {
  const { entries, misses, level, state } = explainSelection({
    reference,
    policies,
    ...(namespace === undefined ? {} : { namespace }),
  });
  return {
    state,
    level,
    misses,
    fates: entries.map(({ name, document, fate }) => `${document.name} ${name}: ${fate}`),
  };
}

describe("why an entry judges", () => {
  it("without policies nothing does", () => {
    expect(explain([], "nginx")).toEqual({ state: "no-policy", level: "ClusterImagePolicy", misses: 0, fates: [] });
  });

  it("an exact name, then the longest wildcard, then the first by name and by place", () => {
    const policies = [
      cluster("b", ["r.example/app:1", "r.example/*", "r.example/app*", "other.example/*"]),
      cluster("c", ["r.example/app*", "r.example/app*"]),
    ];
    expect(explain(policies, "r.example/app:1")).toMatchObject({
      state: "selected",
      misses: 1,
      fates: [
        "b r.example/app:1: won",
        "b r.example/app*: not-exact",
        "c r.example/app*: not-exact",
        "c r.example/app*: not-exact",
        "b r.example/*: not-exact",
      ],
    });
    expect(explain(policies, "r.example/app-2:1").fates).toEqual([
      "b r.example/app*: won",
      "b r.example/*: less-specific",
      "c r.example/app*: later-object",
      "c r.example/app*: later-object",
    ]);
  });

  it("policies of the namespace leave those of the cluster out, except mandatory ones", () => {
    const own = cluster("own", ["*"], { kind: "ImagePolicy", namespace: "shop" });
    const policies = [own, cluster("all", ["nginx"]), cluster("must", ["*"], { mandatory: true })];
    expect(explain(policies, "nginx", "shop")).toEqual({
      state: "selected",
      level: "ImagePolicy",
      misses: 0,
      fates: ["own *: won", "must *: mandatory", "all nginx: other-level"],
    });
    expect(explain(policies, "nginx", "else")).toMatchObject({
      level: "ClusterImagePolicy",
      fates: ["all nginx: won", "must *: mandatory"],
    });
  });

  it("no match is said with how many were tried", () => {
    expect(explain([cluster("a", ["x.example/*", "y.example/*"])], "nginx")).toMatchObject({
      state: "no-match",
      misses: 2,
      fates: [],
    });
  });

  it("nothing of a level decides of which a policy cannot be read", () => {
    const policies = [cluster("a", ["nginx"]), cluster("broken", [], { problem: "spec: unknown field" })];
    expect(explain(policies, "nginx")).toMatchObject({ state: "broken", fates: ["a nginx: unreadable-level"] });
  });

  it("a policy of workloads only leaves images to the cluster's", () => {
    const own = cluster("own", [], { kind: "ImagePolicy", namespace: "shop", isWorkloadOnly: true });
    expect(explain([own, cluster("all", ["*"])], "nginx", "shop")).toMatchObject({
      level: "ClusterImagePolicy",
      fates: ["all *: won"],
    });
  });
});

// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prefixesOf } from "./repository-prefix.ts";
import type { RepositorySettings } from "./repository-settings.ts";
import { createSettingsTree } from "./settings-tree.ts";

function tree(written: Readonly<Record<string, RepositorySettings>>): ReturnType<typeof createSettingsTree> {
  return createSettingsTree(
    Object.entries(written).map(([prefix, settings]) => ({ prefix, settings, updatedBy: "kim" })),
  );
}

const ALLOWED = { id: "CVE-1", reason: "r" };
const OWN = { id: "CVE-2", reason: "r" };

describe("what holds for a repository", () => {
  it("is nothing where nobody says anything", () => {
    expect(tree({ other: { scanOnPush: false } }).resolve("team/app")).toEqual({
      settings: {},
      from: {},
      allowed: [],
      allowedFrom: "",
    });
  });

  it("is never taken from a name that only begins alike", () => {
    expect(tree({ team: { preventPullFrom: "none" } }).resolve("teamwork").settings).toEqual({});
  });

  it("comes field by field from the longest prefix", () => {
    const { settings, from } = tree({
      "": { preventPullFrom: "critical", undecided: "deny", scanOnPush: true },
      team: { preventPullFrom: "high", onlyFixable: true },
      "team/app": { onlyFixable: false },
    }).resolve("team/app/web");
    expect(settings).toEqual({ preventPullFrom: "high", undecided: "deny", scanOnPush: true, onlyFixable: false });
    expect(from).toEqual({ preventPullFrom: "team", undecided: "", scanOnPush: "", onlyFixable: "team/app" });
  });

  it("is what one prefix of its own says, in any order of writing", () => {
    const fields = fc.record(
      {
        scanOnPush: fc.boolean(),
        undecided: fc.constantFrom("deny" as const, "allow" as const),
        quotaBytes: fc.nat(),
      },
      { requiredKeys: [] },
    );
    const prefixes = fc.constantFrom("", "a", "a/b", "a/b/c", "ab", "b");
    fc.assert(
      fc.property(fc.dictionary(prefixes, fields), fc.constantFrom("a/b/c/d", "a", "ab/x", "b/a"), (written, name) => {
        const resolved = tree(written).resolve(name);
        for (const field of ["scanOnPush", "undecided", "quotaBytes"] as const) {
          const saying = prefixesOf(name).findLast((prefix) => written[prefix]?.[field] !== undefined);
          expect(resolved.from[field]).toBe(saying);
          expect(resolved.settings[field]).toBe(saying === undefined ? undefined : written[saying]?.[field]);
        }
        expect(tree(Object.fromEntries(Object.entries(written).toReversed())).resolve(name)).toEqual(resolved);
      }),
    );
  });
});

describe("the list of allowed vulnerabilities", () => {
  it.each([
    { name: "is the common one", written: { "": { allowedVulnerabilities: [ALLOWED] } }, ids: ["CVE-1"], from: "" },
    {
      name: "is the common one, beside a list that nobody switched on",
      written: { "": { allowedVulnerabilities: [ALLOWED] }, team: { allowedVulnerabilities: [OWN] } },
      ids: ["CVE-1"],
      from: "",
    },
    {
      name: "is its own, without the common one",
      written: {
        "": { allowedVulnerabilities: [ALLOWED] },
        team: { allowList: "own", allowedVulnerabilities: [OWN] },
      },
      ids: ["CVE-2"],
      from: "team",
    },
    {
      name: "is empty where it is to be its own and nobody wrote one",
      written: { "": { allowedVulnerabilities: [ALLOWED] }, team: { allowList: "own" } },
      ids: [],
      from: "team",
    },
    {
      name: "is the common one again, further down",
      written: {
        "": { allowedVulnerabilities: [ALLOWED] },
        team: { allowList: "own", allowedVulnerabilities: [OWN] },
        "team/app": { allowList: "common" },
      },
      ids: ["CVE-1"],
      from: "",
    },
  ] as const)("$name", ({ written, ids, from }) => {
    const { allowed, allowedFrom } = tree(written).resolve("team/app");
    expect(allowed.map(({ id }) => id)).toEqual(ids);
    expect(allowedFrom).toBe(from);
  });
});

it("every quota on the way counts, the shortest prefix first", () => {
  const all = tree({ "": { quotaBytes: 100 }, team: { quotaBytes: 10 }, other: { quotaBytes: 1 } });
  expect(all.quotasOf("team/app")).toEqual([
    { prefix: "", maxBytes: 100 },
    { prefix: "team", maxBytes: 10 },
  ]);
});

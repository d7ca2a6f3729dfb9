// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { AffectedRange } from "./advisory.ts";
import { judgeVersion } from "./judge-version.ts";

describe("judgeVersion", () => {
  it.each([
    { name: "before the fix", range: { introduced: "0", fixed: "1.2.3" }, version: "1.2.2", state: "affected" },
    { name: "the fix itself", range: { introduced: "0", fixed: "1.2.3" }, version: "1.2.3", state: "unaffected" },
    {
      name: "before the introduction",
      range: { introduced: "1.0.0", fixed: "1.2.3" },
      version: "0.9.9",
      state: "unaffected",
    },
    {
      name: "the introduction itself",
      range: { introduced: "1.0.0", fixed: "1.2.3" },
      version: "1.0.0",
      state: "affected",
    },
    {
      name: "a pre-release of the fix",
      range: { introduced: "0", fixed: "1.2.3" },
      version: "1.2.3-rc.1",
      state: "affected",
    },
    {
      name: "the last affected",
      range: { introduced: "0", lastAffected: "2.0.0" },
      version: "2.0.0",
      state: "affected",
    },
    {
      name: "after the last affected",
      range: { introduced: "0", lastAffected: "2.0.0" },
      version: "2.0.1",
      state: "unaffected",
    },
    { name: "no end", range: { introduced: "0" }, version: "99.0.0", state: "affected" },
    { name: "at the limit", range: { introduced: "0", limit: "3.0.0" }, version: "3.0.0", state: "unaffected" },
    { name: "a version that does not parse", range: { introduced: "0" }, version: "latest", state: "undecided" },
    {
      name: "a fix that does not parse",
      range: { introduced: "0", fixed: "soon" },
      version: "1.0.0",
      state: "undecided",
    },
    {
      name: "outside by the other bound, though the fix does not parse",
      range: { introduced: "2.0.0", fixed: "soon" },
      version: "1.0.0",
      state: "unaffected",
    },
  ] satisfies { name: string; range: AffectedRange; version: string; state: string }[])(
    "$name: $state",
    ({ range, version, state }) => {
      expect(judgeVersion({ scheme: "semver", ranges: [range], versions: [] }, version).state).toBe(state);
    },
  );

  it("prefers affected to undecided", () => {
    const ranges = [{ introduced: "0", fixed: "soon" }, { introduced: "1.0.0" }];
    expect(judgeVersion({ scheme: "semver", ranges, versions: [] }, "1.0.0")).toEqual({
      state: "affected",
      range: ranges[1],
    });
  });

  it.each([
    { name: "named", version: "1.0.0", state: "affected" },
    { name: "named in another spelling", version: "1.0.0+build", state: "affected" },
    { name: "not named", version: "1.0.1", state: "unaffected" },
    { name: "does not parse", version: "latest", state: "undecided" },
  ])("a version $name: $state", ({ version, state }) => {
    expect(judgeVersion({ scheme: "semver", ranges: [], versions: ["1.0.0"] }, version).state).toBe(state);
  });

  it("named versions that do not parse leave others decided", () => {
    const advisory = { scheme: "pep440", ranges: [], versions: ["2011k", "2012c"] } as const;
    expect(judgeVersion(advisory, "2012.3").state).toBe("unaffected");
    expect(judgeVersion(advisory, "2012c").state).toBe("affected");
    expect(judgeVersion(advisory, "2011j").state).toBe("undecided");
  });

  it.each([
    { name: "named", advisory: { versions: ["2.0.1"], ranges: [] }, state: "affected" },
    {
      name: "the last affected",
      advisory: { versions: [], ranges: [{ introduced: "0", lastAffected: "2.0.1" }] },
      state: "affected",
    },
    { name: "the fix", advisory: { versions: [], ranges: [{ introduced: "0", fixed: "2.0.1" }] }, state: "unaffected" },
    { name: "named with another label", advisory: { versions: ["2.0.1+cpu"], ranges: [] }, state: "unaffected" },
    { name: "after what is named", advisory: { versions: ["2.0.0"], ranges: [] }, state: "unaffected" },
  ])("a wheel 2.0.1+cu118 whose version is $name: $state", ({ advisory, state }) => {
    expect(judgeVersion({ scheme: "pep440", ...advisory }, "2.0.1+cu118").state).toBe(state);
  });

  it.each([
    { version: "v20.10.24+incompatible", state: "affected" },
    { version: "v19.2.9", state: "unaffected" },
    { version: "v19.3.0-rc.1", state: "unaffected" },
    { version: "v23.0.15", state: "unaffected" },
  ])(
    "zeros in front, as docker numbers releases, do not make the module $version undecided: $state",
    ({ version, state }) => {
      const ranges = [{ introduced: "19.03.0", fixed: "23.0.15" }];
      expect(judgeVersion({ scheme: "go", ranges, versions: [] }, version).state).toBe(state);
    },
  );

  it("without a scheme only a named version is decided", () => {
    const advisory = { ranges: [{ introduced: "0", fixed: "2" }], versions: ["1"] };
    expect(judgeVersion(advisory, "1").state).toBe("affected");
    expect(judgeVersion(advisory, "3").state).toBe("undecided");
  });
});

// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const number = fc.nat(30).map(String);
const identifier = fc.oneof(number, fc.constantFrom("alpha", "beta", "rc", "x-1", "-"));
const version = fc
  .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }), fc.constantFrom("", "+build.1", "+b2"))
  .map(([major, minor, patch, pre, build]) => {
    const preRelease = pre.length === 0 ? "" : `-${pre.join(".")}`;
    return `${major}.${minor}.${patch}${preRelease}${build}`;
  });

describe("compareVersions of semver", () => {
  it.each([
    { name: "numbers are not text", a: "1.9.0", b: "1.10.0", want: -1 },
    { name: "a pre-release is older", a: "1.0.0-rc.1", b: "1.0.0", want: -1 },
    // semver.org 2.0.0, clause 11, in its order
    { name: "fewer identifiers are older", a: "1.0.0-alpha", b: "1.0.0-alpha.1", want: -1 },
    { name: "numbers come before words", a: "1.0.0-alpha.1", b: "1.0.0-alpha.beta", want: -1 },
    { name: "words compare as text", a: "1.0.0-alpha.beta", b: "1.0.0-beta", want: -1 },
    { name: "identifiers that are numbers compare as numbers", a: "1.0.0-beta.2", b: "1.0.0-beta.11", want: -1 },
    { name: "build metadata does not count", a: "1.0.0+a", b: "1.0.0+b", want: 0 },
    { name: "a leading v is the library's concession", a: "v1.2.3", b: "1.2.3", want: 0 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("semver", a, b)).toBe(want);
    expect(compareVersions("semver", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "two numbers", text: "1.2" },
    { name: "OSV's beginning is not a version", text: "0" },
    { name: "four numbers", text: "1.2.3.4" },
    { name: "a leading zero", text: "1.02.3" },
    { name: "a range", text: "^1.2.3" },
    { name: "a leading equals sign needs loose", text: "=1.2.3" },
    { name: "a pre-release without hyphen needs loose", text: "1.2.3beta" },
    { name: "an empty pre-release", text: "1.2.3-" },
    { name: "a number that a double would round", text: "1.2.9007199254740993" },
    { name: "longer than the library takes", text: `1.2.3-${"a".repeat(300)}` },
    { name: "a file", text: "file:../x" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("semver", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("semver", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("semver", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("semver", a, b), version)).toMatchObject({ failed: false });
  });
});

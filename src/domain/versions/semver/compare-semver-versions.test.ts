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

// the lists behind the regular expression that semver.org suggests (its FAQ)
const VALID = [
  ...["0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid", "1.0.0-alpha"],
  ...[
    "1.0.0-beta",
    "1.0.0-alpha.beta",
    "1.0.0-alpha.beta.1",
    "1.0.0-alpha.1",
    "1.0.0-alpha0.valid",
    "1.0.0-alpha.0valid",
  ],
  ...[
    "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
    "1.0.0-rc.1+build.1",
    "2.0.0-rc.1+build.123",
    "1.2.3-beta",
  ],
  ...["10.2.3-DEV-SNAPSHOT", "1.2.3-SNAPSHOT-123", "1.0.0", "2.0.0", "1.1.7", "2.0.0+build.1848", "2.0.1-alpha.1227"],
  ...["1.0.0-alpha+beta", "1.2.3----RC-SNAPSHOT.12.9.1--.12+788", "1.2.3----R-S.12.9.1--.12+meta"],
  ...["1.2.3----RC-SNAPSHOT.12.9.1--.12", "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "1.0.0-0A.is.legal"],
  "99999999999999999999999.999999999999999999.99999999999999999",
];
const INVALID = [
  ...[
    "1",
    "1.2",
    "1.2.3-0123",
    "1.2.3-0123.0123",
    "1.1.2+.123",
    "+invalid",
    "-invalid",
    "-invalid+invalid",
    "-invalid.01",
  ],
  ...["alpha", "alpha.beta", "alpha.beta.1", "alpha.1", "alpha+beta", "alpha_beta", "alpha.", "alpha..", "beta"],
  ...[
    "1.0.0-alpha_beta",
    "-alpha.",
    "1.0.0-alpha..",
    "1.0.0-alpha..1",
    "1.0.0-alpha...1",
    "1.0.0-alpha....1",
    "01.1.1",
  ],
  ...[
    "1.01.1",
    "1.1.01",
    "1.2.3.DEV",
    "1.2-SNAPSHOT",
    "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
    "1.2-RC-SNAPSHOT",
  ],
  ...["-1.0.3-gamma+b7718", "+justmeta", "9.8.7+meta+meta", "9.8.7-whatever+meta+meta"],
  "99999999999999999999999.999999999999999999.99999999999999999----RC-SNAPSHOT.12.09.1--------------------------------..12",
];

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
    { name: "numbers that a double would round", a: "1.2.9007199254740992", b: "1.2.9007199254740993", want: -1 },
    { name: "longer than the library takes", a: `1.2.3-${"a".repeat(300)}`, b: "1.2.3", want: -1 },
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
    { name: "a file", text: "file:../x" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("semver", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("semver", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("semver", text, text)).toBeUndefined();
  });

  it.each(VALID)("semver.org's list: %s is a version", (text) => {
    expect(compareVersions("semver", text, text)).toBe(0);
    expect(compareVersions("hex", text, text)).toBe(0);
  });

  it.each(INVALID)("semver.org's list: %s is none", (text) => {
    expect(compareVersions("semver", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("hex", text, "1.0.0")).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("semver", a, b), version)).toMatchObject({ failed: false });
  });
});

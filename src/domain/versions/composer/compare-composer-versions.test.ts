// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const version = fc
  .tuple(
    fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "-alpha", "-beta2", "RC1", "-p1", "-dev", "-beta.2-dev"),
  )
  .map(([numbers, suffix]) => `${numbers.join(".")}${suffix}`);

describe("compareVersions of composer", () => {
  // composer/semver, VersionParser and Comparator
  it.each([
    { name: "numbers are not text", a: "1.9", b: "1.10", want: -1 },
    { name: "zeros are filled in", a: "1", b: "v1.0.0.0", want: 0 },
    { name: "a beta is older", a: "1.0-beta2", b: "1.0", want: -1 },
    { name: "in the order of stability", a: "1.0-dev", b: "1.0-alpha1", want: -1 },
    { name: "alpha before beta", a: "1.0a1", b: "1.0b1", want: -1 },
    { name: "beta before RC", a: "1.0-beta9", b: "1.0-RC1", want: -1 },
    { name: "a patch is newer", a: "1.0-p1", b: "1.0", want: 1 },
    { name: "the word stable does not count", a: "1.0-stable", b: "1.0", want: 0 },
    { name: "case does not count", a: "1.0-rc1", b: "1.0RC1", want: 0 },
    { name: "build metadata does not count", a: "1.0.0+20240101", b: "1.0.0", want: 0 },
    { name: "a branch of a line is newer than its releases", a: "1.x-dev", b: "1.99.0", want: 1 },
    { name: "and older than the next line", a: "1.x-dev", b: "2.0", want: -1 },
    { name: "a branch equals itself", a: "dev-main", b: "dev-main", want: 0 },
    { name: "master is a branch", a: "master", b: "dev-master", want: 0 },
    { name: "an alias counts as what it stands for", a: "1.0.0 as 2.0", b: "1.0", want: 0 },
    { name: "a stability flag does not count", a: "1.0@dev", b: "1.0", want: 0 },
    { name: "dates", a: "20240101", b: "20240102", want: -1 },
    { name: "numbers beyond 64 bits", a: "1.18446744073709551616", b: "1.18446744073709551617", want: -1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("composer", a, b)).toBe(want);
    expect(compareVersions("composer", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "a fifth number", text: "1.0.0.0.0" },
    { name: "a constraint", text: "^1.0" },
    { name: "a name before dev", text: "feature-dev" },
    { name: "a word", text: "latest" },
    { name: "an unknown suffix", text: "1.0-foo" },
    { name: "a wildcard", text: "1.*" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("composer", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("composer", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("composer", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("composer", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions exactly and in linear time", () => {
    expect(compareVersions("composer", `1.${"9".repeat(500_000)}`, `1.${`1${"0".repeat(500_000)}`}`)).toBe(-1);
    expect(compareVersions("composer", `1-beta1${".1".repeat(200_000)}.1`, `1-beta1${".1".repeat(200_000)}.2`)).toBe(
      -1,
    );
  });

  it("says that nobody can order a branch and a release", () => {
    expect(compareVersions("composer", "dev-main", "1.0")).toBeUndefined();
    expect(compareVersions("composer", "1.0", "dev-main")).toBeUndefined();
    expect(compareVersions("composer", "dev-a", "dev-b")).toBeUndefined();
  });
});

// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const identifier = fc.oneof(fc.nat(30).map(String), fc.constantFrom("alpha", "Beta", "beta", "rc", "-"));
const version = fc
  .tuple(fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }), fc.array(identifier, { maxLength: 3 }))
  .map(([numbers, pre]) => `${numbers.join(".")}${pre.length === 0 ? "" : `-${pre.join(".")}`}`);

describe("compareVersions of nuget", () => {
  // learn.microsoft.com, "Package versioning"; NuGet.Versioning
  it.each([
    { name: "numbers are not text", a: "1.9", b: "1.10", want: -1 },
    { name: "four parts", a: "1.0.0.1", b: "1.0.0", want: 1 },
    { name: "missing parts are zero", a: "1", b: "1.0.0.0", want: 0 },
    { name: "leading zeros do not count", a: "1.01.0", b: "1.1.0", want: 0 },
    { name: "case does not count", a: "1.0.0-BETA", b: "1.0.0-beta", want: 0 },
    { name: "a pre-release is older", a: "1.0.0-rc.1", b: "1.0.0", want: -1 },
    { name: "numbers are older than words", a: "1.0.0-2", b: "1.0.0-alpha", want: -1 },
    { name: "identifiers that are numbers", a: "1.0.0-beta.2", b: "1.0.0-beta.11", want: -1 },
    { name: "metadata does not count", a: "1.0.0+a", b: "1.0.0+b", want: 0 },
    { name: "more identifiers are newer", a: "1.0.0-a", b: "1.0.0-a.1", want: -1 },
    { name: "numbers beyond 64 bits", a: "1.18446744073709551616", b: "1.18446744073709551617", want: -1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("nuget", a, b)).toBe(want);
    expect(compareVersions("nuget", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "five parts", text: "1.0.0.0.0" },
    { name: "a leading v", text: "v1.0" },
    { name: "two dots", text: "1..0" },
    { name: "an empty pre-release", text: "1.0.0-" },
    { name: "a floating version", text: "1.0.*" },
    { name: "a range", text: "[1.0,2.0)" },
    { name: "empty metadata", text: "1.0.0+" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("nuget", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("nuget", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("nuget", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("nuget", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions exactly and in linear time", () => {
    expect(compareVersions("nuget", `1.${"9".repeat(500_000)}`, `1.${`1${"0".repeat(500_000)}`}`)).toBe(-1);
    expect(compareVersions("nuget", `1.0.0-a${".1".repeat(300_000)}.1`, `1.0.0-a${".1".repeat(300_000)}.2`)).toBe(-1);
  });
});

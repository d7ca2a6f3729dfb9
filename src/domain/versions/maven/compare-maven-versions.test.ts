// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

// the orders that Maven documents ("Version Order Specification") and tests
const QUALIFIERS_IN_ORDER = [
  ...["1-alpha2snapshot", "1-alpha2", "1-alpha-123", "1-beta-2", "1-beta123", "1-m2", "1-m11", "1-rc", "1-cr2"],
  ...[
    "1-rc123",
    "1-SNAPSHOT",
    "1",
    "1-sp",
    "1-sp2",
    "1-sp123",
    "1-abc",
    "1-def",
    "1-pom-1",
    "1-1-snapshot",
    "1-1",
    "1-2",
    "1-123",
  ],
];
const NUMBERS_IN_ORDER = [
  ...["2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1", "2.2", "2.123"],
  ...["11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b", "11c", "11m"],
];

const version = fc
  .tuple(
    fc.nat(3),
    fc.array(fc.tuple(fc.constantFrom(".", "-"), fc.constantFrom("0", "1", "10", "a", "rc", "x1", "sp", "final")), {
      maxLength: 4,
    }),
  )
  .map(([first, rest]) => `${first}${rest.flat().join("")}`);

describe("compareVersions of maven", () => {
  it.each([
    { name: "qualifiers", versions: QUALIFIERS_IN_ORDER },
    { name: "numbers", versions: NUMBERS_IN_ORDER },
  ])("has Maven's own order of $name", ({ versions }) => {
    for (const [index, a] of versions.entries()) {
      for (const [other, b] of versions.entries()) {
        expect(`${a} ${b} ${compareVersions("maven", a, b)}`).toBe(`${a} ${b} ${Math.sign(index - other)}`);
      }
    }
  });

  it.each([
    { name: "zeros at the end", a: "1", b: "1.0.0-0" },
    { name: "aliases of a release", a: "1.0.RELEASE", b: "1-ga" },
    { name: "case", a: "1.0-RC1", b: "1.0-rc1" },
    { name: "cr is rc", a: "1-cr3", b: "1-rc3" },
    { name: "a before a digit is alpha", a: "1a1", b: "1-alpha-1" },
    { name: "a transition is a hyphen", a: "1x", b: "1-x" },
    { name: "leading zeros", a: "01.002", b: "1.2" },
  ])("does not count: $name", ({ a, b }) => {
    expect(compareVersions("maven", a, b)).toBe(0);
  });

  it.each([
    { name: "an unknown qualifier is newer", a: "1.0", b: "1.0-jre", want: -1 },
    { name: "Guava's variants", a: "32.0.0-android", b: "32.0.0-jre", want: -1 },
    { name: "a service pack is newer", a: "5.3.0", b: "5.3.0.SP1", want: -1 },
    { name: "a milestone is older", a: "10.0.0-M1", b: "10.0.0", want: -1 },
    { name: "release trains", a: "Finchley.SR1", b: "Finchley.SR2", want: -1 },
    { name: "numbers beyond 64 bits", a: "1.18446744073709551616", b: "1.18446744073709551617", want: -1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("maven", a, b)).toBe(want);
    expect(compareVersions("maven", b, a)).toBe(-want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "a property that was never filled in", text: "${project.version}" },
    { name: "a range", text: "[1.0,2.0)" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("maven", text, "1.0")).toBeUndefined();
    expect(compareVersions("maven", "1.0", text)).toBeUndefined();
    expect(compareVersions("maven", text, text)).toBeUndefined();
  });

  it("is reflexive and antisymmetric", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(compareVersions("maven", a, a)).toBe(0);
        expect((compareVersions("maven", a, b) ?? 9) + (compareVersions("maven", b, a) ?? 9)).toBe(0);
      }),
    );
  });

  it("goes in a circle where Maven does: each of these is older than the next, and the last is the first", () => {
    // as Maven's ComparableVersion says (test/peers/versions.test.ts compares thousands of pairs with it)
    const circle = ["1", "1.a-1", "1alpha", "1"];
    const steps = circle.slice(1).map((version, index) => compareVersions("maven", circle[index] ?? "", version));
    expect(steps).toEqual([-1, -1, -1]);
  });

  it("orders versions of numbers and one qualifier totally", () => {
    const usual = fc
      .tuple(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
        fc.constantFrom("", "-alpha1", "-rc2", "-SNAPSHOT", "-sp1", "-jre"),
      )
      .map(([numbers, qualifier]) => `${numbers.join(".")}${qualifier}`);
    expect(checkOrderingLaws((a, b) => compareVersions("maven", a, b), usual)).toMatchObject({ failed: false });
  });

  it("compares versions of any depth in linear time", () => {
    const deep = "1x".repeat(300_000);
    expect(compareVersions("maven", `${deep}1`, `${deep}2`)).toBe(-1);
    expect(compareVersions("maven", `1${"-0".repeat(500_000)}`, "1")).toBe(0);
    expect(compareVersions("maven", "9".repeat(1_000_000), `1${"0".repeat(1_000_000)}`)).toBe(-1);
  });
});

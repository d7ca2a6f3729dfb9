// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const version = fc
  .tuple(
    fc.nat(3),
    fc.array(fc.oneof(fc.nat(3).map(String), fc.constantFrom("a", "b1", "pre", "RC")), { maxLength: 4 }),
  )
  .map(([first, rest]) => [first, ...rest].join("."));

describe("compareVersions of rubygems", () => {
  // Gem::Version's own tests
  it.each([
    { name: "numbers are not text", a: "1.9", b: "1.10", want: -1 },
    { name: "zeros at the end do not count", a: "1.0", b: "1", want: 0 },
    { name: "zeros before letters do not count", a: "1.0.a", b: "1.a", want: 0 },
    { name: "letters make a pre-release", a: "1.0.a", b: "1.0", want: -1 },
    { name: "letters beside numbers", a: "1.8.2.a10", b: "1.8.2.a9", want: 1 },
    { name: "a transition is a dot", a: "1.0.b1", b: "1.0.b.1", want: 0 },
    { name: "a hyphen is .pre.", a: "1.0-1", b: "1.0.pre.1", want: 0 },
    { name: "words compare as text", a: "1.0.alpha", b: "1.0.beta", want: -1 },
    { name: "upper case comes first", a: "1.0.RC1", b: "1.0.a", want: -1 },
    { name: "rails", a: "7.0.8.1", b: "7.0.8", want: 1 },
    { name: "numbers beyond 64 bits", a: "1.18446744073709551616", b: "1.18446744073709551617", want: -1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("rubygems", a, b)).toBe(want);
    expect(compareVersions("rubygems", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "a word first", text: "a.1" },
    { name: "two dots", text: "1..2" },
    { name: "a dot at the end", text: "1.0." },
    { name: "a requirement", text: "~> 1.2" },
    { name: "an underscore", text: "1.0_1" },
    { name: "a hyphen at the end", text: "1.0-" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("rubygems", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("rubygems", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("rubygems", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("rubygems", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions exactly and in linear time", () => {
    expect(compareVersions("rubygems", "9".repeat(500_000), `1${"0".repeat(500_000)}`)).toBe(-1);
    expect(compareVersions("rubygems", `1${".1".repeat(300_000)}.1`, `1${".1".repeat(300_000)}.2`)).toBe(-1);
  });
});

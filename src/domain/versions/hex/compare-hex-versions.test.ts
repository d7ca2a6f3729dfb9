// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const identifier = fc.oneof(fc.nat(30).map(String), fc.constantFrom("alpha", "beta", "rc", "x-1", "-"));
const version = fc
  .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.array(identifier, { maxLength: 3 }), fc.constantFrom("", "+build.1"))
  .map(
    ([major, minor, patch, pre, build]) =>
      `${major}.${minor}.${patch}${pre.length === 0 ? "" : `-${pre.join(".")}`}${build}`,
  );

describe("compareVersions of hex", () => {
  // Elixir's `Version`: strict
  it.each([
    { name: "numbers are not text", a: "1.9.0", b: "1.10.0", want: -1 },
    { name: "a pre-release is older", a: "1.0.0-rc.1", b: "1.0.0", want: -1 },
    { name: "numbers come before words", a: "1.0.0-1", b: "1.0.0-a", want: -1 },
    { name: "build metadata does not count", a: "1.0.0+a", b: "1.0.0+b", want: 0 },
    { name: "numbers beyond 64 bits", a: "1.0.18446744073709551616", b: "1.0.18446744073709551617", want: -1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("hex", a, b)).toBe(want);
    expect(compareVersions("hex", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "two numbers", text: "1.2" },
    { name: "a leading v", text: "v1.2.3" },
    { name: "a leading zero", text: "1.02.3" },
    { name: "a leading zero behind the hyphen", text: "1.2.3-01" },
    { name: "four numbers", text: "1.2.3.4" },
    { name: "a requirement", text: "~> 1.2" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("hex", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("hex", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("hex", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("hex", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions exactly and in linear time", () => {
    expect(compareVersions("hex", `1.0.${"9".repeat(500_000)}`, `1.0.${`1${"0".repeat(500_000)}`}`)).toBe(-1);
  });
});

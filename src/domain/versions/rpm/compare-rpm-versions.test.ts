// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const part = fc.stringMatching(/^[0-9aBz][0-9aBz.+~^_]{0,7}$/);
const version = fc
  .tuple(fc.constantFrom("", "0:", "1:", "01:", "20:"), part, fc.option(part))
  .map(([epoch, upstream, release]) => `${epoch}${upstream}${release === null ? "" : `-${release}`}`);

describe("compareVersions of rpm", () => {
  it.each([
    { name: "numbers are not text", a: "1.9", b: "1.10", want: -1 },
    { name: "epoch wins", a: "1:1.0-1", b: "2.0-1", want: 1 },
    { name: "no epoch is epoch 0", a: "0:1.0-1", b: "1.0-1", want: 0 },
    { name: "no release is older than any", a: "1.0", b: "1.0-0", want: -1 },
    { name: "the last hyphen divides", a: "1.0-9", b: "1.0-10", want: -1 },
    { name: "separators do not count", a: "1.0", b: "1_0", want: 0 },
    { name: "nor how many there are", a: "1.0", b: "1..0", want: 0 },
    { name: "nor those at the end", a: "1.0", b: "1.0.", want: 0 },
    { name: "leading zeros do not count", a: "1.01", b: "1.1", want: 0 },
    { name: "digits and letters part by themselves", a: "1a2", b: "1.a.2", want: 0 },
    { name: "a number is newer than a word", a: "1.0.a", b: "1.0.1", want: -1 },
    { name: "more segments are newer", a: "1.0", b: "1.0.a", want: -1 },
    { name: "capitals come first", a: "1B", b: "1a", want: -1 },
    { name: "tilde comes before the end", a: "1.0~rc1", b: "1.0", want: -1 },
    { name: "two tildes come before one", a: "1.0~~", b: "1.0~", want: -1 },
    { name: "caret comes after the end", a: "1.0", b: "1.0^git1", want: -1 },
    { name: "and before everything else", a: "1.0^git1", b: "1.0.1", want: -1 },
    { name: "a caret with a tilde", a: "1.0^git1~pre", b: "1.0^git1", want: -1 },
    { name: "a tilde is older than a caret", a: "1.0~a", b: "1.0^a", want: -1 },
    { name: "a security update of RHEL", a: "1:3.0.7-24.el9", b: "1:3.0.7-25.el9_3", want: -1 },
    { name: "el8 is older than el8_5", a: "4.18.0-348.el8", b: "4.18.0-348.el8_5", want: -1 },
    {
      name: "numbers beyond 64 bits keep their digits",
      a: "18446744073709551616",
      b: "18446744073709551617",
      want: -1,
    },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("rpm", a, b)).toBe(want);
    expect(compareVersions("rpm", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "an epoch that is no number", text: "a:1.0" },
    { name: "an empty epoch", text: ":1.0" },
    { name: "(none) as epoch, as rpm prints it", text: "(none):1.0-1" },
    { name: "a colon in the version", text: "1:1:0" },
    { name: "an empty release", text: "1.0-" },
    { name: "an empty version", text: "-1" },
    { name: "two hyphens", text: "1.0-1-1" },
    { name: "a space around", text: " 1.0" },
    { name: "a macro that was never expanded", text: "%{version}-1" },
    { name: "a slash", text: "1/0" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("rpm", text, "1.0")).toBeUndefined();
    expect(compareVersions("rpm", "1.0", text)).toBeUndefined();
    expect(compareVersions("rpm", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("rpm", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions in linear time", () => {
    const huge = "1a".repeat(1_000_000);
    expect(compareVersions("rpm", `${huge}1`, `${huge}2`)).toBe(-1);
    expect(compareVersions("rpm", "9".repeat(2_000_000), `1${"0".repeat(2_000_000)}`)).toBe(-1);
    expect(compareVersions("rpm", `1${".".repeat(2_000_000)}1`, "1.1")).toBe(0);
  });
});

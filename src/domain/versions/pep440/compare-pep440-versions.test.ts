// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

// PEP 440, "Summary of permitted suffixes and relative ordering", and `packaging`'s own list of versions in their order
const IN_ORDER = [
  ...[
    "1.0.dev456",
    "1.0a1",
    "1.0a2.dev456",
    "1.0a12.dev456",
    "1.0a12",
    "1.0b1.dev456",
    "1.0b2",
    "1.0b2.post345.dev456",
  ],
  ...["1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0rc2", "1.0c3", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5"],
  ...["1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1.2", "1.2+123abc", "1.2+123abc456", "1.2+abc"],
  ...["1.2+abc123", "1.2+abc123def", "1.2+1234.abc", "1.2+123456", "1.2.r32", "1.2.rev33", "2024.1", "1!1.0a2.dev456"],
  ...["1!1.0", "1!1.0.post456", "1!1.2"],
];

const version = fc
  .tuple(
    fc.constantFrom("", "1!", "v"),
    fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "a1", "b0", ".rc.2", "-preview", "c1"),
    fc.constantFrom("", ".post1", "-2", "r3"),
    fc.constantFrom("", ".dev0", "dev2"),
    fc.constantFrom("", "+1", "+abc.1", "+1.a", "+01"),
  )
  .map(([epoch, release, ...rest]) => `${epoch}${release.join(".")}${rest.join("")}`);

describe("compareVersions of pep440", () => {
  it("has the order of the specification", () => {
    for (const [index, a] of IN_ORDER.entries()) {
      for (const [other, b] of IN_ORDER.entries()) {
        expect(`${a} ${b} ${compareVersions("pep440", a, b)}`).toBe(`${a} ${b} ${Math.sign(index - other)}`);
      }
    }
  });

  it.each([
    { name: "zeros at the end", a: "1.0", b: "1.0.0.0" },
    { name: "case and a leading v", a: "V1.0RC1", b: "1.0rc1" },
    { name: "spellings of pre-releases", a: "1.0-alpha.1", b: "1.0a1" },
    { name: "an implicit number", a: "1.0a", b: "1.0a0" },
    { name: "an implicit post-release", a: "1.0-1", b: "1.0.post1" },
    { name: "separators of a local version", a: "1.0+ubuntu-1", b: "1.0+ubuntu.1" },
    { name: "spaces around", a: " 1.0\n", b: "1.0" },
    { name: "leading zeros", a: "00!01.00", b: "1" },
  ])("does not count: $name", ({ a, b }) => {
    expect(compareVersions("pep440", a, b)).toBe(0);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "a word", text: "french toast" },
    { name: "two dots", text: "1..0" },
    { name: "a dot at the end", text: "1.0." },
    { name: "an empty local version", text: "1.0+" },
    { name: "local parts without text", text: "1.0+_foobar" },
    { name: "two local versions", text: "1.0+1+1" },
    { name: "a range", text: ">=1.0" },
    { name: "a wildcard", text: "1.0.*" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("pep440", text, "1.0")).toBeUndefined();
    expect(compareVersions("pep440", "1.0", text)).toBeUndefined();
    expect(compareVersions("pep440", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("pep440", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions exactly and in linear time", () => {
    const huge = `1${".1".repeat(300_000)}`;
    expect(compareVersions("pep440", `${huge}.1`, `${huge}.2`)).toBe(-1);
    expect(compareVersions("pep440", "9".repeat(1_000_000), `1${"0".repeat(1_000_000)}`)).toBe(-1);
    expect(compareVersions("pep440", "1.0.dev18446744073709551616", "1.0.dev18446744073709551617")).toBe(-1);
  });
});

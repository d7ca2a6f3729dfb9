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
      `v${major}.${minor}.${patch}${pre.length === 0 ? "" : `-${pre.join(".")}`}${build}`,
  );

describe("compareVersions of go", () => {
  // golang.org/ref/mod, "Versions" and "Pseudo-versions"; `go/version` for the toolchain
  it.each([
    { name: "numbers are not text", a: "v1.9.0", b: "v1.10.0", want: -1 },
    { name: "an incompatible major version", a: "v2.0.0+incompatible", b: "v2.0.0", want: 0 },
    {
      name: "a pseudo-version comes before the release",
      a: "v1.2.4-0.20240101000000-abcdefabcdef",
      b: "v1.2.4",
      want: -1,
    },
    { name: "and after the release before it", a: "v1.2.3", b: "v1.2.4-0.20240101000000-abcdefabcdef", want: -1 },
    {
      name: "pseudo-versions are in the order of their dates",
      a: "v0.0.0-20230101000000-ffffffffffff",
      b: "v0.0.0-20240101000000-abcdefabcdef",
      want: -1,
    },
    { name: "a dirty build", a: "v1.2.3+dirty", b: "v1.2.3", want: 0 },
    { name: "advisories leave out the v", a: "1.2.3", b: "v1.2.3", want: 0 },
    { name: "the toolchain's release candidate", a: "go1.22rc1", b: "1.22.0", want: -1 },
    { name: "as Go's advisories write it", a: "1.22rc1", b: "1.22.0-rc.1", want: 0 },
    { name: "beta before rc", a: "go1.22beta2", b: "go1.22rc1", want: -1 },
    { name: "rc 10 after rc 2", a: "go1.22rc2", b: "go1.22rc10", want: -1 },
    { name: "the first release of a line", a: "go1.20", b: "1.20.0", want: 0 },
    { name: "the beginning of a line in advisories", a: "1.22.0-0", b: "go1.22rc1", want: -1 },
    { name: "numbers beyond 64 bits", a: "v1.0.18446744073709551616", b: "v1.0.18446744073709551617", want: -1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("go", a, b)).toBe(want);
    expect(compareVersions("go", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "an unstamped build", text: "(devel)" },
    { name: "a development toolchain", text: "devel go1.23-abcdef" },
    { name: "a leading zero", text: "v1.02.3" },
    { name: "four numbers", text: "v1.2.3.4" },
    { name: "a numeric identifier with a leading zero", text: "v1.2.3-01" },
    { name: "an empty pre-release", text: "v1.2.3-" },
    { name: "a short version with a pre-release", text: "v1.2-rc.1" },
    { name: "only v", text: "v" },
    { name: "rc 0 of a toolchain", text: "go1.22rc0" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("go", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("go", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("go", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("go", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions exactly and in linear time", () => {
    expect(compareVersions("go", `v1.0.${"9".repeat(500_000)}`, `v1.0.${`1${"0".repeat(500_000)}`}`)).toBe(-1);
    expect(compareVersions("go", `v1.0.0-a${".1".repeat(300_000)}.1`, `v1.0.0-a${".1".repeat(300_000)}.2`)).toBe(-1);
  });
});

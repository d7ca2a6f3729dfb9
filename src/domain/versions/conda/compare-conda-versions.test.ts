// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const version = fc
  .tuple(
    fc.constantFrom("", "1!"),
    fc.array(fc.stringMatching(/^[0-9](?:rc|dev|post|a|g)?[0-9]?$/), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "+1", "+a.2"),
  )
  .map(([epoch, parts, local]) => `${epoch}${parts.join(".")}${local}`);

describe("compareVersions of conda", () => {
  // the list in the documentation of conda's VersionOrder
  it.each([
    { name: "0.4 and 0.4.0", a: "0.4", b: "0.4.0", want: 0 },
    { name: "case", a: "0.4.1.rc", b: "0.4.1.RC", want: 0 },
    { name: "rc is older", a: "0.4.1.rc", b: "0.4.1", want: -1 },
    { name: "letters are older", a: "0.5a1", b: "0.5b3", want: -1 },
    { name: "any case", a: "0.5b3", b: "0.5C1", want: -1 },
    { name: "0.5", a: "0.5C1", b: "0.5", want: -1 },
    { name: "numbers are not text", a: "0.9.6", b: "0.960923", want: -1 },
    { name: "dev is oldest", a: "1.1dev1", b: "1.1a1", want: -1 },
    { name: "before the dot", a: "1.1a1", b: "1.1.0dev1", want: -1 },
    { name: "0 is filled in", a: "1.1.0dev1", b: "1.1.dev1", want: 0 },
    { name: "a component that starts with a letter", a: "1.1.dev1", b: "1.1.a1", want: -1 },
    { name: "post is newest", a: "1.1.0post1", b: "1.1", want: 1 },
    { name: "post of a component", a: "1.1.post1", b: "1.1post1", want: -1 },
    { name: "dates", a: "1.1post1", b: "1996.07.12", want: -1 },
    { name: "an epoch", a: "1996.07.12", b: "1!0.4.1", want: -1 },
    { name: "a larger epoch", a: "1!3.1.1.6", b: "2!0.4.1", want: -1 },
    { name: "openssl's letters with an underscore", a: "1.0.1_", b: "1.0.1a", want: -1 },
    { name: "a hyphen is an underscore", a: "1.0-1", b: "1.0_1", want: 0 },
    { name: "a local version is newer", a: "1.0+1", b: "1.0", want: 1 },
    { name: "numbers beyond 64 bits", a: "1.18446744073709551616", b: "1.18446744073709551617", want: -1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("conda", a, b)).toBe(want);
    expect(compareVersions("conda", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "an epoch that is no number", text: "a!1.0" },
    { name: "two epochs", text: "1!1!1" },
    { name: "two local versions", text: "1+1+1" },
    { name: "an empty component", text: "5.5..mw" },
    { name: "a dot at the end", text: "1.0." },
    { name: "hyphen and underscore", text: "1.0-1_2" },
    { name: "a range", text: ">=1.0" },
    { name: "other characters", text: "5.5.mw&" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("conda", text, "1.0.0")).toBeUndefined();
    expect(compareVersions("conda", "1.0.0", text)).toBeUndefined();
    expect(compareVersions("conda", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("conda", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions exactly and in linear time", () => {
    expect(compareVersions("conda", "9".repeat(500_000), `1${"0".repeat(500_000)}`)).toBe(-1);
    expect(compareVersions("conda", `1${".1".repeat(300_000)}.1`, `1${".1".repeat(300_000)}.2`)).toBe(-1);
  });
});

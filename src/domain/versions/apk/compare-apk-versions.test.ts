// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { compareVersions } from "../index.ts";

const digits = fc.stringMatching(/^[0-9]{1,3}$/);
const version = fc
  .tuple(
    fc.array(digits, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("", "", "a", "z"),
    fc.array(
      fc.tuple(fc.constantFrom("alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"), fc.option(digits)),
      {
        maxLength: 2,
      },
    ),
    fc.option(fc.stringMatching(/^[0-9a-f]{1,3}$/)),
    fc.option(digits),
  )
  .map(([numbers, letter, suffixes, commit, revision]) =>
    [
      numbers.join("."),
      letter,
      ...suffixes.map(([suffix, number]) => `_${suffix}${number ?? ""}`),
      commit === null ? "" : `~${commit}`,
      revision === null ? "" : `-r${revision}`,
    ].join(""),
  );

describe("compareVersions of apk", () => {
  it.each([
    { name: "numbers are not text", a: "1.9", b: "1.10", want: -1 },
    { name: "a leading zero makes a decimal fraction", a: "1.01", b: "1.1", want: -1 },
    { name: "decimal fractions compare digit by digit", a: "1.002", b: "1.01", want: -1 },
    { name: "a decimal zero comes before every other number", a: "1.0", b: "1.00", want: -1 },
    { name: "the first number has no fraction rule", a: "01.1", b: "1.1", want: 0 },
    { name: "more numbers are newer", a: "1.2", b: "1.2.0", want: -1 },
    { name: "a letter is newer than none", a: "1.2", b: "1.2a", want: -1 },
    { name: "letters are in the order of the alphabet", a: "1.1.1t", b: "1.1.1w", want: -1 },
    { name: "a number is newer than a letter", a: "1.2a", b: "1.2.1", want: -1 },
    { name: "alpha, beta", a: "1.2_alpha", b: "1.2_beta", want: -1 },
    { name: "beta, pre", a: "1.2_beta9", b: "1.2_pre1", want: -1 },
    { name: "pre, rc", a: "1.2_pre", b: "1.2_rc", want: -1 },
    { name: "rc, release", a: "1.2_rc4", b: "1.2", want: -1 },
    { name: "rc with revision, release", a: "1.2_rc4-r5", b: "1.2-r0", want: -1 },
    { name: "release, cvs", a: "1.2", b: "1.2_cvs2013", want: -1 },
    { name: "cvs, svn", a: "1.2_cvs", b: "1.2_svn", want: -1 },
    { name: "svn, git", a: "1.2_svn", b: "1.2_git", want: -1 },
    { name: "git, hg", a: "1.2_git", b: "1.2_hg", want: -1 },
    { name: "hg, patch", a: "1.2_hg", b: "1.2_p", want: -1 },
    { name: "patch level is newer than a revision", a: "1.2-r9", b: "1.2_p1-r0", want: -1 },
    { name: "a suffix without number is older than with 0", a: "1.2_rc", b: "1.2_rc0", want: -1 },
    { name: "suffix numbers are numbers", a: "1.2_rc9", b: "1.2_rc10", want: -1 },
    { name: "a second suffix counts", a: "1.2_p1", b: "1.2_p1_p1", want: -1 },
    { name: "a second pre-release suffix counts down", a: "1.2_git1_pre", b: "1.2_git1", want: -1 },
    { name: "revisions are numbers", a: "1.2.3-r9", b: "1.2.3-r10", want: -1 },
    { name: "revision 0 is newer than none", a: "1.2.3", b: "1.2.3-r0", want: -1 },
    { name: "a commit is newer than a revision", a: "1.2-r3", b: "1.2~ab12", want: -1 },
    { name: "commits compare as text", a: "1.2~0a", b: "1.2~0b", want: -1 },
    { name: "equal", a: "3.1.4-r5", b: "3.1.4-r5", want: 0 },
    { name: "OpenSSL fix of a release branch", a: "3.0.8-r0", b: "3.0.8-r1", want: -1 },
    { name: "BusyBox in two branches", a: "1.35.0-r29", b: "1.36.1-r0", want: -1 },
    {
      name: "numbers beyond 64 bits keep their digits",
      a: "18446744073709551616",
      b: "18446744073709551617",
      want: -1,
    },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("apk", a, b)).toBe(want);
    expect(compareVersions("apk", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "no number first", text: "a1" },
    { name: "a leading v", text: "v1.2" },
    { name: "an empty number", text: "1..2" },
    { name: "a dot at the end", text: "1." },
    { name: "two letters", text: "1.2ab" },
    { name: "an upper-case letter", text: "1.2A" },
    { name: "a letter and a number", text: "1.2a1" },
    { name: "an unknown suffix", text: "1.2_foo" },
    { name: "a suffix that only begins like one", text: "1.2_prefix" },
    { name: "an empty suffix", text: "1.2_" },
    { name: "an empty commit", text: "1.2~-r1" },
    { name: "a commit that is not hexadecimal", text: "1.2~xyz" },
    { name: "a commit in upper case", text: "1.2~AB" },
    { name: "a revision without number", text: "1.2-r" },
    { name: "a Debian revision", text: "1.2-1" },
    { name: "two revisions", text: "1.2-r1-r2" },
    { name: "a suffix after the revision", text: "1.2-r1_p1" },
    { name: "a space at the end", text: "1.2 " },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("apk", text, "1.0")).toBeUndefined();
    expect(compareVersions("apk", "1.0", text)).toBeUndefined();
    expect(compareVersions("apk", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("apk", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions in linear time", () => {
    const huge = `1${".1".repeat(300_000)}`;
    expect(compareVersions("apk", `${huge}.1`, `${huge}.2`)).toBe(-1);
    expect(compareVersions("apk", "9".repeat(2_000_000), `1${"0".repeat(2_000_000)}`)).toBe(-1);
  });
});

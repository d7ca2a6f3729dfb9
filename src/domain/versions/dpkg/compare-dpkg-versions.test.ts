// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrderingLaws, HOSTILE_VERSIONS } from "../../../../test/support/ordering-laws.ts";
import { describeWithTools, tool } from "../../../../test/support/tools.ts";
import { compareVersions } from "../index.ts";

const version = fc
  .tuple(
    fc.constantFrom("", "0:", "1:", "01:", "20:"),
    fc.stringMatching(/^[0-9aBz.+~]{1,8}$/),
    fc.option(fc.stringMatching(/^[0-9aBz.+~]{1,4}$/)),
  )
  .map(([epoch, upstream, revision]) => `${epoch}${upstream}${revision === null ? "" : `-${revision}`}`);

describe("compareVersions of dpkg", () => {
  it.each([
    { name: "numbers are not text", a: "1.9", b: "1.10", want: -1 },
    { name: "epoch wins", a: "1:1.0", b: "2.0", want: 1 },
    { name: "no epoch is epoch 0", a: "0:1.0", b: "1.0", want: 0 },
    { name: "no revision is revision 0", a: "1.0", b: "1.0-0", want: 0 },
    { name: "tilde comes before the end", a: "1.0~rc1-1", b: "1.0-1", want: -1 },
    { name: "two tildes come before one", a: "1.0~~", b: "1.0~", want: -1 },
    { name: "tilde with a letter comes between", a: "1.0~~a", b: "1.0~", want: -1 },
    { name: "letters come before other characters", a: "1.0a", b: "1.0+", want: -1 },
    { name: "the end comes before letters", a: "1.0", b: "1.0a", want: -1 },
    { name: "leading zeros do not count", a: "1.01", b: "1.1", want: 0 },
    { name: "the last hyphen divides", a: "1.0-1-2", b: "1.0-1-10", want: -1 },
    { name: "a security update is newer", a: "3.0.11-1~deb12u1", b: "3.0.11-1~deb12u2", want: -1 },
    { name: "a backport is older than what it comes from", a: "2.0-1~bpo12+1", b: "2.0-1", want: -1 },
    { name: "a binary rebuild is newer", a: "2.0-1+b1", b: "2.0-1", want: 1 },
    {
      name: "numbers beyond 64 bits keep their digits",
      a: "18446744073709551616",
      b: "18446744073709551617",
      want: -1,
    },
    { name: "a first letter is only discouraged", a: "a1", b: "1", want: 1 },
  ])("$name", ({ a, b, want }) => {
    expect(compareVersions("dpkg", a, b)).toBe(want);
    expect(compareVersions("dpkg", b, a)).toBe(want === 0 ? 0 : -want);
  });

  it.each([
    ...HOSTILE_VERSIONS,
    { name: "an epoch that is no number", text: "a:1.0" },
    { name: "an empty epoch", text: ":1.0" },
    { name: "a negative epoch", text: "-1:1.0" },
    { name: "a colon in the upstream version", text: "1:1:0" },
    { name: "an empty revision", text: "1.0-" },
    { name: "an empty upstream version", text: "-1" },
    { name: "an underscore", text: "1.0_1" },
    { name: "a space around", text: " 1.0" },
    { name: "a template that was never filled in", text: "${binary:Version}" },
  ])("cannot tell: $name", ({ text }) => {
    expect(compareVersions("dpkg", text, "1.0")).toBeUndefined();
    expect(compareVersions("dpkg", "1.0", text)).toBeUndefined();
    expect(compareVersions("dpkg", text, text)).toBeUndefined();
  });

  it("orders totally", () => {
    expect(checkOrderingLaws((a, b) => compareVersions("dpkg", a, b), version)).toMatchObject({ failed: false });
  });

  it("compares huge versions in linear time", () => {
    const huge = "1a".repeat(1_000_000);
    expect(compareVersions("dpkg", `${huge}1`, `${huge}2`)).toBe(-1);
    expect(compareVersions("dpkg", "9".repeat(2_000_000), `1${"0".repeat(2_000_000)}`)).toBe(-1);
  });
});

describeWithTools("compareVersions of dpkg beside dpkg itself", ["dpkg"], () => {
  it("agrees on generated versions", () => {
    const pairs = fc.sample(fc.tuple(version, version), { numRuns: 300, seed: 20261122 });
    // One shell for all: `dpkg --compare-versions` answers by its exit code. The alphabet has no quote.
    const script = pairs
      .map(
        ([a, b]) =>
          `if "$0" --compare-versions '${a}' lt '${b}' 2>&-; then echo -1; elif "$0" --compare-versions '${a}' eq '${b}' 2>&-; then echo 0; else echo 1; fi`,
      )
      .join("\n");
    const answers = execFileSync("/bin/sh", ["-c", script, tool("dpkg")], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(pairs.map(([a, b]) => [a, b, compareVersions("dpkg", a, b)])).toEqual(
      pairs.map(([a, b], index) => [a, b, Number(answers[index])]),
    );
  });
});

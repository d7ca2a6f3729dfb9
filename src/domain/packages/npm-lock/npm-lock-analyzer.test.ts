// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { npmLockAnalyzer } from "./npm-lock-analyzer.ts";

function places(packages: unknown): string {
  return JSON.stringify({ lockfileVersion: 3, packages });
}

function nested(dependencies: unknown): string {
  return JSON.stringify({ lockfileVersion: 1, dependencies });
}

describe("npmLockAnalyzer", () => {
  it.each([
    { path: "package-lock.json", want: true },
    { path: "srv/app/npm-shrinkwrap.json", want: true },
    { path: "srv/app/node_modules/.package-lock.json", want: false },
    { path: "srv/app/node_modules/a/package-lock.json", want: false },
    { path: "usr/lib/node_modules/npm/npm-shrinkwrap.json", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(npmLockAnalyzer.wants(path)).toBe(want);
  });

  it("marks its packages as declared, and owns nothing", () => {
    const bytes = Buffer.from(places({ "node_modules/a": { version: "1.0.0" } }));
    expect(npmLockAnalyzer.analyze({ path: "x", bytes }).packages).toEqual([
      { type: "npm", name: "a", version: "1.0.0", isDeclared: true },
    ]);
    expect(npmLockAnalyzer.ownsMatter).toBeUndefined();
  });

  it.each([
    { name: "the project is none", text: places({ "": { name: "app", version: "1.0.0" } }), want: [] },
    { name: "a workspace is none", text: places({ "packages/a": { name: "a", version: "1.0.0" } }), want: [] },
    { name: "a link is none", text: places({ "node_modules/a": { resolved: "packages/a", link: true } }), want: [] },
    { name: "development", text: places({ "node_modules/a": { version: "1.0.0", dev: true } }), want: [] },
    {
      name: "development or optional may be there",
      text: places({ "node_modules/a": { version: "1.0.0", devOptional: true } }),
      want: ["a 1.0.0"],
    },
    {
      name: "optional, peer",
      text: places({ "node_modules/a": { version: "1.0.0", optional: true, peer: true } }),
      want: ["a 1.0.0"],
    },
    {
      name: "below a package and a workspace",
      text: places({
        "node_modules/@s/a/node_modules/@t/b": { version: "1.0.0" },
        "packages/c/node_modules/d": { version: "2.0.0" },
      }),
      want: ["@t/b 1.0.0", "d 2.0.0"],
    },
    { name: "an alias", text: places({ "node_modules/a": { name: "b", version: "1.0.0" } }), want: ["b 1.0.0"] },
    {
      name: "the same in two places is one",
      text: places({ "node_modules/a": { version: "1.0.0" }, "node_modules/b/node_modules/a": { version: "1.0.0" } }),
      want: ["a 1.0.0"],
    },
    {
      name: "git without a version: the address, without its token",
      text: places({ "node_modules/a": { resolved: "git+https://user:token@example.com/a.git?auth=x#abc" } }),
      want: ["a git+https://REDACTED@example.com/a.git#abc"],
    },
    { name: "neither version nor address", text: places({ "node_modules/a": {} }), want: [] },
    {
      name: "version 1, nested",
      text: nested({ a: { version: "1.0.0", dependencies: { b: { version: "2.0.0" } } } }),
      want: ["a 1.0.0", "b 2.0.0"],
    },
    { name: "version 1, development", text: nested({ a: { version: "1.0.0", dev: true } }), want: [] },
    { name: "version 1, alias", text: nested({ a: { version: "npm:@s/b@1.0.0" } }), want: ["@s/b 1.0.0"] },
    { name: "version 1, folder", text: nested({ a: { version: "file:../a" } }), want: [] },
    { name: "version 1, archive", text: nested({ a: { version: "file:a-1.0.0.tgz" } }), want: ["a file:a-1.0.0.tgz"] },
    {
      name: "version 1, git",
      text: nested({ a: { version: "git+ssh://git@example.com/a.git#abc" } }),
      want: ["a git+ssh://REDACTED@example.com/a.git#abc"],
    },
    { name: "no packages", text: "{}", want: [] },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(npmLockAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it.each([
    { name: "not JSON", text: "{", want: [], problems: ["FILE_MALFORMED"] },
    { name: "a list", text: "[]", want: [], problems: ["FILE_MALFORMED"] },
    {
      name: "a broken entry among good ones",
      text: places({ "node_modules/a": 1, "node_modules/b": { version: 2 }, "node_modules/c": { version: "1.0.0" } }),
      want: ["c 1.0.0"],
      problems: ["ENTRY_MALFORMED", "ENTRY_MALFORMED"],
    },
    {
      name: "an escape sequence in a name",
      text: places({ "node_modules/\u001b[2J": { version: "1.0.0" } }),
      want: [],
      problems: ["ENTRY_MALFORMED"],
    },
    { name: "version 1 without a version", text: nested({ a: {} }), want: [], problems: ["ENTRY_MALFORMED"] },
  ])("$name is a problem", ({ text, want, problems }) => {
    expect(analyzeText(npmLockAnalyzer, text)).toEqual({ packages: want, problems });
  });

  it("takes no address for a name, and shows none of it", () => {
    const text = places({ "node_modules/https://user:token@example.com/a": { version: "1" } });
    const { packages, problems } = npmLockAnalyzer.analyze({ path: "x", bytes: Buffer.from(text) });
    expect(packages).toEqual([]);
    expect(problems[0]?.message).toMatch(/https:\/\/…/);
    expect(problems[0]?.message).not.toContain("token");
  });

  it("shows no token in a problem", () => {
    const text = places({ "node_modules/\u0000": { version: "git+https://user:token@example.com/a" } });
    const { problems } = npmLockAnalyzer.analyze({ path: "x", bytes: Buffer.from(text) });
    expect(problems[0]?.message).toContain("REDACTED");
    expect(problems[0]?.message).not.toContain("token");
  });
});

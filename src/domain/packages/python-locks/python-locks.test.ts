// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { pdmLockAnalyzer } from "./pdm-lock-analyzer.ts";
import { pipfileLockAnalyzer } from "./pipfile-lock-analyzer.ts";
import { poetryLockAnalyzer } from "./poetry-lock-analyzer.ts";
import { pylockAnalyzer } from "./pylock-analyzer.ts";
import { requirementsAnalyzer } from "./requirements-analyzer.ts";
import { uvLockAnalyzer } from "./uv-lock-analyzer.ts";

function toml(table: string, ...packages: readonly string[]): string {
  return packages.map((each) => `[[${table}]]\n${each}\n`).join("\n");
}

describe("requirementsAnalyzer", () => {
  it.each([
    { path: "requirements.txt", want: true },
    { path: "srv/app/requirements.txt", want: true },
    { path: "srv/app/requirements-prod.txt", want: true },
    { path: "srv/app/prod-requirements.txt", want: true },
    { path: "srv/app/requirements.lock.txt", want: true },
    { path: "srv/app/requirements-dev.txt", want: false },
    { path: "srv/app/dev-requirements.txt", want: false },
    { path: "srv/app/test_requirements.txt", want: false },
    { path: "srv/app/requirements_docs.txt", want: false },
    { path: "srv/app/requirements-device.txt", want: true },
    { path: "srv/app/myrequirements.txt", want: false },
    { path: "srv/app/docs/requirements.txt", want: false },
    { path: "tests/requirements.txt", want: false },
    { path: "tests/app/requirements.txt", want: true },
    { path: "srv/app/requirements.in", want: false },
    { path: "usr/lib/python3/site-packages/a/requirements.txt", want: false },
    { path: `srv/${"requirements-".repeat(10_000)}.txt`, want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(requirementsAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    { line: "a==1.0", want: ["a 1.0"] },
    { line: "Foo_Bar == 1.0.post1+local", want: ["foo-bar 1.0.post1+local"] },
    { line: "a===1.0-odd", want: ["a 1.0-odd"] },
    { line: "a[x,y]==1.0", want: ["a 1.0"] },
    { line: "a (==1.0)", want: ["a 1.0"] },
    { line: "a==1.0; python_version < '3'", want: ["a 1.0"] },
    { line: "a==1.0 # comment", want: ["a 1.0"] },
    { line: "a==1.0 --hash=sha256:00 --hash=sha256:11", want: ["a 1.0"] },
    { line: "a==1.0 \\", want: ["a 1.0"] },
    { line: "a==1!2.0", want: ["a 1!2.0"] },
    { line: "a", want: [] },
    { line: "a>=1.0", want: [] },
    { line: "a==1.*", want: [] },
    { line: "a==1.0,!=1.1", want: [] },
    { line: "a~=1.0", want: [] },
    { line: "a @ https://example.com/a-1.0.whl", want: [] },
    { line: "-r base.txt", want: [] },
    { line: "-e git+https://example.com/a.git#egg=a", want: [] },
    { line: "--index-url https://user:token@example.com/simple", want: [] },
    { line: "# a==1.0", want: [] },
    { line: "a==${VERSION}", want: [] },
    { line: `a==1.0 ${"--hash=sha256:00 ".repeat(1_000)}`, want: ["a 1.0"] },
  ])("$line", ({ line, want }) => {
    expect(analyzeText(requirementsAnalyzer, `${line}\n`)).toEqual({ packages: want, problems: [] });
  });
});

describe("pipfileLockAnalyzer", () => {
  it("takes every category but develop, and a commit where there is no version", () => {
    const text = JSON.stringify({
      _meta: { hash: { sha256: "x" } },
      default: { Foo_Bar: { version: "==1.0" }, b: { git: "https://example.com/b", ref: "abc" }, c: { path: "." } },
      develop: { d: { version: "==1.0" } },
      prod: { e: { version: "==2.0" } },
    });
    expect(analyzeText(pipfileLockAnalyzer, text)).toEqual({
      packages: ["foo-bar 1.0", "b abc", "e 2.0"],
      problems: [],
    });
  });

  it.each([
    { name: "a version that is no text", text: '{"default":{"a":{"version":1}}}', problem: "ENTRY_MALFORMED" },
    { name: "a name that is none", text: '{"default":{"a b":{"version":"==1"}}}', problem: "ENTRY_MALFORMED" },
    { name: "not JSON", text: "[[", problem: "FILE_MALFORMED" },
  ])("$name is a problem", ({ text, problem }) => {
    expect(analyzeText(pipfileLockAnalyzer, text)).toEqual({ packages: [], problems: [problem] });
  });
});

describe("poetryLockAnalyzer", () => {
  it.each([
    { name: "no groups", entry: 'name = "Foo.Bar"\nversion = "1.0"', want: ["foo-bar 1.0"] },
    { name: "the main group", entry: 'name = "a"\nversion = "1.0"\ngroups = ["dev", "main"]', want: ["a 1.0"] },
    { name: "another group", entry: 'name = "a"\nversion = "1.0"\ngroups = ["dev"]', want: [] },
    { name: "the category of old files", entry: 'name = "a"\nversion = "1.0"\ncategory = "dev"', want: [] },
    {
      name: "a folder",
      entry: 'name = "a"\nversion = "1.0"\n[package.source]\ntype = "directory"\nurl = "."',
      want: [],
    },
    {
      name: "from git",
      entry: 'name = "a"\nversion = "1.0"\n[package.source]\ntype = "git"\nurl = "x"',
      want: ["a 1.0"],
    },
  ])("$name", ({ entry, want }) => {
    expect(analyzeText(poetryLockAnalyzer, toml("package", entry))).toEqual({ packages: want, problems: [] });
  });

  it.each([
    { name: "not TOML", text: "[[package\n", problems: ["FILE_MALFORMED"] },
    { name: "a number that JavaScript cannot hold", text: "x = 9223372036854775807\n", problems: [] },
    { name: "no version", text: toml("package", 'name = "a"'), problems: ["ENTRY_MALFORMED"] },
    {
      name: "a date as version",
      text: toml("package", 'name = "a"\nversion = 2024-01-01'),
      problems: ["ENTRY_MALFORMED"],
    },
  ])("$name", ({ text, problems }) => {
    expect(analyzeText(poetryLockAnalyzer, text)).toEqual({ packages: [], problems });
  });
});

describe("pdmLockAnalyzer", () => {
  it.each([
    { name: "no groups", entry: 'name = "a"\nversion = "1.0"', want: ["a 1.0"] },
    { name: "the default group", entry: 'name = "a"\nversion = "1.0"\ngroups = ["default", "dev"]', want: ["a 1.0"] },
    { name: "only development", entry: 'name = "a"\nversion = "1.0"\ngroups = ["dev"]', want: [] },
    { name: "an extra", entry: 'name = "a"\nversion = "1.0"\ngroups = ["yaml"]', want: ["a 1.0"] },
    { name: "with extras, once more", entry: 'name = "a"\nversion = "1.0"\nextras = ["x"]', want: ["a 1.0"] },
    { name: "a folder", entry: 'name = "a"\nversion = "1.0"\npath = "./a"\neditable = true', want: [] },
  ])("$name", ({ entry, want }) => {
    expect(analyzeText(pdmLockAnalyzer, toml("package", entry))).toEqual({ packages: want, problems: [] });
  });
});

describe("pylockAnalyzer", () => {
  it.each([
    { path: "pylock.toml", want: true },
    { path: "srv/pylock.prod.toml", want: true },
    { path: "srv/pylock.a.b.toml", want: false },
    { path: "srv/xpylock.toml", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(pylockAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    { name: "a package", entry: 'name = "a"\nversion = "1.0"', want: ["a 1.0"] },
    { name: "a folder", entry: 'name = "a"\ndirectory = { path = "." }', want: [] },
    { name: "from git", entry: 'name = "a"\nvcs = { type = "git", commit-id = "abc" }', want: ["a abc"] },
  ])("$name", ({ entry, want }) => {
    expect(analyzeText(pylockAnalyzer, toml("packages", entry))).toEqual({ packages: want, problems: [] });
  });
});

describe("uvLockAnalyzer", () => {
  const root = 'name = "app"\nversion = "1.0"\nsource = { virtual = "." }\ndependencies = [{ name = "a" }]';
  const group = '[package.dev-dependencies]\ndev = [{ name = "d" }, { name = "a" }]';

  it.each([
    { name: "the project is none", entries: [root], want: [] },
    {
      name: "development by the graph",
      entries: [
        `${root}\n${group}`,
        'name = "a"\nversion = "1.0"\nsource = { registry = "x" }\ndependencies = [{ name = "b" }]',
        'name = "b"\nversion = "1.0"\nsource = { registry = "x" }',
        'name = "d"\nversion = "1.0"\nsource = { registry = "x" }\ndependencies = [{ name = "b" }, { name = "e" }]',
        'name = "e"\nversion = "1.0"\nsource = { registry = "x" }\ndependencies = [{ name = "d" }]',
      ],
      want: ["a 1.0", "b 1.0"],
    },
    {
      name: "two versions of one package",
      entries: [
        'name = "a"\nversion = "1.0"\nsource = { registry = "x" }',
        'name = "a"\nversion = "2.0"\nsource = { registry = "x" }',
      ],
      want: ["a 1.0", "a 2.0"],
    },
    {
      name: "editable and directory are the project's, an address is not",
      entries: [
        'name = "a"\nversion = "1.0"\nsource = { editable = "a" }',
        'name = "b"\nversion = "1.0"\nsource = { directory = "b" }',
        'name = "c"\nversion = "1.0"\nsource = { url = "https://example.com/c.whl" }',
      ],
      want: ["c 1.0"],
    },
  ])("$name", ({ entries, want }) => {
    expect(analyzeText(uvLockAnalyzer, toml("package", ...entries))).toEqual({ packages: want, problems: [] });
  });
});

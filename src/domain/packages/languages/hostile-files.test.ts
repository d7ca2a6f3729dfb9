// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import type { AnalyzerResult } from "../analyzer.ts";
import { LANGUAGE_ANALYZERS } from "./language-analyzers.ts";

/** A path that the analyzer wants, by its name. */
const PATHS: Readonly<Record<string, string>> = {
  pypi: "a-1.dist-info/METADATA",
  gemspec: "specifications/a.gemspec",
  composer: "vendor/composer/installed.json",
  "nuget-deps": "a.deps.json",
  conda: "conda-meta/a.json",
  hex: "deps/a/hex_metadata.config",
  "erlang-release": "lib/a-1/ebin/a.app",
  "npm-lock": "package-lock.json",
  "yarn-lock": "yarn.lock",
  "pnpm-lock": "pnpm-lock.yaml",
  "bun-lock": "bun.lock",
  requirements: "requirements.txt",
  "pipfile-lock": "Pipfile.lock",
  "poetry-lock": "poetry.lock",
  "pdm-lock": "pdm.lock",
  pylock: "pylock.toml",
  "uv-lock": "uv.lock",
  "gemfile-lock": "Gemfile.lock",
  "composer-lock": "composer.lock",
  "cargo-lock": "Cargo.lock",
  "nuget-lock": "packages.lock.json",
  "nuget-config": "packages.config",
  "conda-environment": "environment.yml",
  "conda-lock": "conda-lock.yml",
  "pub-lock": "pubspec.lock",
  "mix-lock": "mix.lock",
  "rebar-lock": "rebar.lock",
  "go-mod": "go.mod",
  "gradle-lock": "gradle.lockfile",
};

const MIB = 1024 * 1024;

/** The text again and again up to about 1 MiB: enough that a quadratic reader would not come to an end. */
function long(text: string): string {
  return text.repeat(Math.floor(MIB / text.length));
}

const HOSTILE: Readonly<Record<string, string>> = {
  empty: "",
  "a million empty lines": "\n".repeat(1_000_000),
  "one endless line": long("a"),
  blanks: long(" "),
  tabs: long("\t"),
  "carriage returns": long("\r"),
  NUL: long("\0"),
  "open brackets": long("["),
  "open braces": long('{"a":'),
  "open braces without quotes": long("{a: "),
  quotes: long('"'),
  "single quotes": long("'"),
  "backslashes in a quote": `"${long("\\")}`,
  "quotes with backslashes": long('"\\'),
  "comment beginnings": long("/*"),
  "line comments": long("//"),
  "XML comment beginnings": long("<!--"),
  "package elements": long("<package "),
  "package elements with attributes": long('<package id="a" id="b" '),
  commas: long(","),
  "commas and blanks": long(", \n"),
  colons: long(":"),
  "colons and blanks": long(": "),
  dashes: long("- "),
  "question marks": long("? "),
  "nested lists": Array.from({ length: 2_000 }, (_, depth) => `${" ".repeat(depth)}-`).join("\n"),
  "nested mappings": Array.from({ length: 2_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
  "anchors and aliases": `a: &a [x, x]\n${Array.from({ length: 100 }, (_, n) => `k${n}: &k${n} [*a, *a, *k${n - 1}]`).join("\n")}`,
  "an open quote over many lines": `a: "x\n${long("b: 'c\n")}`,
  "TOML tables": long("[[package]]\n"),
  "TOML keys": `a${long(".a")} = 1`,
  "TOML tables with long keys": Array.from({ length: 1_000 }, (_, n) => `[${"a.".repeat(500)}b${n}]`).join("\n"),
  "TOML strings": `a = "${long("\\u00e9")}"`,
  "equal signs": long("="),
  "requirement beginnings": long("a==1 "),
  "requirements with blanks": long(`a${" ".repeat(4_000)}x\n`),
  "package elements in each other": long(`${"<package ".repeat(440)}>`),
  "extras without end": `a[${long("x,")}`,
  "many requirements": long("a==1\n"),
  parentheses: long("("),
  "gem lines": `GEM\n  specs:\n${long("    a (1)\n")}`,
  "gem lines without end": `GEM\n${long("    a (1\n")}`,
  "gem fields": long('  s.name = "a"\n'),
  "gem literals": `s.licenses = [${long('"MIT", ')}`,
  "Erlang binaries": long('<<"'),
  "Erlang packages": long("{pkg,<<"),
  "hex entries": long('"a": {:hex, :a, '),
  "go requirements": `require (\n${long("a v1\n")}`,
  "go words": `require ${long("a ")}`,
  "nested npm dependencies": `${'{"dependencies":{"a":'.repeat(100_000)}{}${"}}".repeat(100_000)}`,
  "bun keys": `{"packages":{"${"a/".repeat(500_000)}":["a@1","",{"dependencies":{"b":"1"}}]}}`,
  "bun keys with many dependencies": `{"packages":{"${"a/".repeat(500)}a":["a@1","",{"dependencies":{${Array.from({ length: 100_000 }, (_, n) => `"b${n}":""`).join(",")}}}]}}`,
  "yarn descriptors": `${long("a@1, ")}:`,
  "METADATA fields": `Name: a\n${long("Classifier: License :: OSI Approved :: MIT License\n")}`,
  __proto__: '{"__proto__":{"packages":{"node_modules/a":{"version":"1"}}},"constructor":{"prototype":1}}',
  "__proto__ in YAML": "__proto__:\n  packages:\n    a:\n      version: 1\nconstructor:\n  prototype: x\n",
  "__proto__ in TOML": '[__proto__]\npackage = 1\n[[package]]\nname = "__proto__"\nversion = "1"\nsource = "x"\n',
};

function check(result: AnalyzerResult): void {
  expect(result.packages.length).toBeLessThanOrEqual(LIMITS.maxPackages);
  expect(result.problems.length).toBeLessThanOrEqual(LIMITS.maxProblems);
  const text = [...result.packages.flatMap((each) => [each.name, each.version, ...(each.licenses ?? [])])];
  expect(text.filter((each) => each === "" || each.length > LIMITS.maxFieldLength)).toEqual([]);
  expect(text.filter((each) => /[\p{Cc}\p{Cf}\p{Cs}]/u.test(each))).toEqual([]);
  expect(result.problems.filter((each) => each.message.length > 1_000 || /\p{Cc}/u.test(each.message))).toEqual([]);
}

/** Files that real tools wrote, to be broken. */
const SEEDS: readonly Uint8Array[] = readdirSync(new URL("../testdata/languages/", import.meta.url), {
  recursive: true,
  withFileTypes: true,
})
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`).subarray(0, 20_000));

/** One of the files with bytes replaced, pieces repeated or left out. */
const brokenFile = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(20_000), fc.nat(200), fc.uint8Array({ maxLength: 8 })), { maxLength: 6 }),
  )
  .map(([seed, cuts]) =>
    cuts.reduce<Uint8Array>(
      (bytes, [at, length, instead]) =>
        Buffer.concat([bytes.subarray(0, at), instead, bytes.subarray(at + (length % 2 === 0 ? length : -length))]),
      seed,
    ),
  );

describe("LANGUAGE_ANALYZERS", () => {
  it("have names of their own, each with a path here", () => {
    expect(LANGUAGE_ANALYZERS.map((each) => each.name)).toEqual(Object.keys(PATHS));
  });

  it.each(LANGUAGE_ANALYZERS)("$name wants its file, in any folder, and no other", (analyzer) => {
    const path = PATHS[analyzer.name] ?? "";
    expect(analyzer.wants(path)).toBe(true);
    expect(analyzer.wants(`srv/app/${path}`)).toBe(true);
    expect(analyzer.wants(`srv/app/${path}x`)).toBe(false);
    expect(analyzer.wants(`${path}/x`)).toBe(false);
    expect(analyzer.wants("")).toBe(false);
  });

  it.each(LANGUAGE_ANALYZERS)("$name answers for hostile paths in linear time", (analyzer) => {
    for (const part of ["a/", "node_modules/", "lib/", "requirements.", "site-packages/", "-", "a-1.dist-info/"]) {
      expect(typeof analyzer.wants(`${part.repeat(100_000)}${PATHS[analyzer.name]}`)).toBe("boolean");
    }
  });

  it.each(LANGUAGE_ANALYZERS)("$name reads no file beyond the limit, and says so", (analyzer) => {
    const result = analyzer.analyze({ path: "x", bytes: new Uint8Array(LIMITS.maxLockFileBytes + 1) });
    expect(result).toMatchObject({ packages: [], problems: [{ code: "FILE_TOO_LARGE", path: "x" }] });
  });

  it.each(LANGUAGE_ANALYZERS)("$name comes to an end on hostile files", (analyzer) => {
    const path = PATHS[analyzer.name] ?? "";
    for (const content of Object.values(HOSTILE)) {
      check(analyzer.analyze({ path, bytes: Buffer.from(content) }));
    }
  });

  it.each(LANGUAGE_ANALYZERS)("$name never throws on broken files and any bytes", (analyzer) => {
    const path = PATHS[analyzer.name] ?? "";
    fc.assert(
      fc.property(
        fc.oneof(
          brokenFile,
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          check(analyzer.analyze({ path, bytes }));
        },
      ),
    );
  });
});

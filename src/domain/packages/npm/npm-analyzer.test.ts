// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import type { AnalyzerResult } from "../analyzer.ts";
import { npmAnalyzer } from "./npm-analyzer.ts";

function analyze(content: string | Uint8Array): AnalyzerResult {
  return npmAnalyzer.analyze({
    path: "app/node_modules/foo/package.json",
    bytes: typeof content === "string" ? Buffer.from(content) : content,
  });
}

describe("npmAnalyzer", () => {
  it.each([
    { path: "node_modules/foo/package.json", want: true },
    { path: "app/node_modules/foo/package.json", want: true },
    { path: "app/node_modules/@scope/foo/package.json", want: true },
    { path: "usr/lib/node_modules/npm/package.json", want: true },
    { path: "usr/local/lib/node_modules/npm/node_modules/@npmcli/fs/package.json", want: true },
    { path: "app/node_modules/.pnpm/foo@1.0.0/node_modules/foo/package.json", want: true },
    { path: "root/.node_modules/foo/package.json", want: true },
    { path: "home/x/.node_libraries/@scope/foo/package.json", want: true },
    { path: "usr/local/lib/node/foo/package.json", want: true },
    { path: "app/lib/node/foo/package.json", want: false },
    { path: "app/package.json", want: false },
    { path: "package.json", want: false },
    { path: "app/node_modules/package.json", want: false },
    { path: "app/node_modules/@scope/package.json", want: false },
    { path: "app/node_modules/foo/esm/package.json", want: false },
    { path: "app/node_modules/@scope/foo/esm/package.json", want: false },
    { path: "app/node_modules/.cache/package.json", want: false },
    { path: "app/node_modules/.package-lock.json", want: false },
    { path: "app/node_modules/foo/xpackage.json", want: false },
    { path: "app/not_node_modules/foo/package.json", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(npmAnalyzer.wants(path)).toBe(want);
  });

  it("answers for hostile paths in linear time", () => {
    expect(npmAnalyzer.wants(`${"node_modules/@a/".repeat(100_000)}package.json`)).toBe(false);
    expect(npmAnalyzer.wants(`${"node_modules/".repeat(100_000)}/package.json`)).toBe(false);
  });

  it.each([
    {
      name: "a package",
      content: { name: "foo", version: "1.2.3", license: "MIT" },
      want: { name: "foo", version: "1.2.3", licenses: ["MIT"] },
    },
    {
      name: "a package with a scope",
      content: { name: "@s/foo", version: "1.2.3" },
      want: { name: "@s/foo", version: "1.2.3" },
    },
    {
      name: "the name inside counts, not the folder's (npm aliases)",
      content: { name: "lodash", version: "4.17.4" },
      want: { name: "lodash", version: "4.17.4" },
    },
    {
      name: "a private package that is installed",
      content: { name: "foo", version: "1.2.3", private: true },
      want: { name: "foo", version: "1.2.3" },
    },
    {
      name: "old forms of licences",
      content: { name: "foo", version: "1.2.3", licenses: [{ type: "MIT" }, "ISC", 3, null, { type: 1 }] },
      want: { name: "foo", version: "1.2.3", licenses: ["MIT", "ISC"] },
    },
    {
      name: "a version that is none stays as it is",
      content: { name: "foo", version: "latest" },
      want: { name: "foo", version: "latest" },
    },
    {
      name: "spaces around the version",
      content: { name: "foo", version: " 1.0.0\n" },
      want: { name: "foo", version: "1.0.0" },
    },
    {
      name: "__proto__ as name",
      content: { name: "__proto__", version: "1.0.0" },
      want: { name: "__proto__", version: "1.0.0" },
    },
  ])("$name", ({ content, want }) => {
    expect(analyze(JSON.stringify(content))).toEqual({ packages: [{ type: "npm", ...want }], problems: [] });
  });

  it.each([
    { name: "no version", content: '{"name":"foo"}' },
    { name: "no version, private", content: '{"name":"foo","private":true}' },
    { name: "no name", content: '{"version":"1.0.0"}' },
    { name: "an empty name", content: '{"name":"","version":"1.0.0"}' },
    { name: "an empty version", content: '{"name":"foo","version":" "}' },
    { name: "a type marker", content: '{"type":"module"}' },
    { name: "name and version below __proto__", content: '{"__proto__":{"name":"foo","version":"1.0.0"}}' },
  ])("$name is not a package", ({ content }) => {
    expect(analyze(content)).toEqual({ packages: [], problems: [] });
  });

  it.each([
    { name: "not JSON", content: "{name: foo}", code: "FILE_MALFORMED" },
    { name: "cut off", content: '{"name":"foo","version":"1.0', code: "FILE_MALFORMED" },
    { name: "empty", content: "", code: "FILE_MALFORMED" },
    { name: "a list", content: "[]", code: "FILE_MALFORMED" },
    { name: "null", content: "null", code: "FILE_MALFORMED" },
    { name: "an escape sequence in bad JSON", content: "\u001b[2J", code: "FILE_MALFORMED" },
    { name: "deeply nested and cut off", content: "[".repeat(900_000), code: "FILE_MALFORMED" },
    { name: "more values than memory", content: "[".repeat(2_000_000), code: "LIMIT_EXCEEDED" },
    { name: "larger than any manifest", content: " ".repeat(LIMITS.maxLockFileBytes + 1), code: "FILE_TOO_LARGE" },
    { name: "a number as version", content: '{"name":"foo","version":1}', code: "ENTRY_MALFORMED" },
    { name: "an object as name", content: '{"name":{"a":1},"version":"1.0.0"}', code: "ENTRY_MALFORMED" },
    { name: "NUL in the name", content: '{"name":"a\\u0000","version":"1.0.0"}', code: "ENTRY_MALFORMED" },
    {
      name: "an escape sequence in the name",
      content: '{"name":"a\\u001b[2J","version":"1.0.0"}',
      code: "ENTRY_MALFORMED",
    },
    { name: "a lone surrogate in the name", content: '{"name":"a\\ud800","version":"1.0.0"}', code: "ENTRY_MALFORMED" },
    { name: "a right-to-left override", content: '{"name":"a\\u202e","version":"1.0.0"}', code: "ENTRY_MALFORMED" },
    {
      name: "a name that is too long",
      content: `{"name":"${"a".repeat(2000)}","version":"1.0.0"}`,
      code: "ENTRY_MALFORMED",
    },
    {
      name: "bytes that are not UTF-8",
      content: Buffer.from('{"name":"a\xff","version":"1.0.0"}', "latin1"),
      code: "ENTRY_MALFORMED",
    },
  ])("$name is a problem", ({ content, code }) => {
    const result = analyze(content);
    expect(result.packages).toEqual([]);
    expect(result.problems).toEqual([expect.objectContaining({ code, path: "app/node_modules/foo/package.json" })]);
    expect(result.problems[0]?.message).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
  });

  it("takes the last of repeated keys, as npm does", () => {
    const result = analyze('{"name":"foo","version":"1.0.0","version":"2.0.0"}');
    expect(result.packages[0]?.version).toBe("2.0.0");
  });

  it("reads over deep nesting and a byte order mark", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(analyze(`\ufeff{"name":"foo","version":"1.0.0","x":${deep}}`).packages).toHaveLength(1);
  });

  it("never throws on any JSON or bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json().map((text) => Buffer.from(text)),
          fc.uint8Array(),
        ),
        (bytes) => {
          expect(analyze(bytes).packages.length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

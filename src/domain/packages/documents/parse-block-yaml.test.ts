// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { LIMITS } from "#base";
import { parseBlockYaml } from "./parse-block-yaml.ts";

function firstOf(text: string): unknown {
  return JSON.parse(JSON.stringify(parseBlockYaml(text).documents[0]));
}

describe("parseBlockYaml", () => {
  it.each<{ readonly name: string; readonly text: string; readonly want: unknown }>([
    { name: "a mapping", text: "a: 1\nb: x y\n", want: { a: "1", b: "x y" } },
    { name: "a version stays text", text: "version: 1.10\n", want: { version: "1.10" } },
    {
      name: "nested mappings",
      text: "a:\n  b:\n    c: 1\n  d: 2\ne: 3",
      want: { a: { b: { c: "1" }, d: "2" }, e: "3" },
    },
    { name: "quotes", text: `'a: b': 'it''s'\n"c\\n": "d\\"e"`, want: { "a: b": "it's", "c\n": 'd"e' } },
    { name: "an escape that JSON lacks", text: String.raw`a: "\e"`, want: { a: "\\e" } },
    { name: "comments", text: "# x\na: 1 # y\n  # z\nb: 'c#d' # e\nf: g#h", want: { a: "1", b: "c#d", f: "g#h" } },
    { name: "CR LF and blanks at line ends", text: "a: 1 \r\nb:\r\n  c: 2\r\n", want: { a: "1", b: { c: "2" } } },
    { name: "a list", text: "a:\n  - x\n  - 'y'\n", want: { a: ["x", "y"] } },
    { name: "a list in the column of its key", text: "a:\n- x\n- y\nb: 1\n", want: { a: ["x", "y"], b: "1" } },
    {
      name: "a list of mappings",
      text: "a:\n- b: 1\n  c: 2\n- b: 3\n",
      want: { a: [{ b: "1", c: "2" }, { b: "3" }] },
    },
    { name: "a list in a list", text: "a:\n- - x\n  - y\n- z\n", want: { a: [["x", "y"], "z"] } },
    {
      name: "a list in a mapping in a list",
      text: "a:\n- pip:\n  - x==1\n  - y\n",
      want: { a: [{ pip: ["x==1", "y"] }] },
    },
    { name: "an element on its own line", text: "a:\n-\n  b: 1\n", want: { a: [{ b: "1" }] } },
    { name: "a flow collection stays text", text: "a: {b: 1}\nc: [x, y]", want: { a: "{b: 1}", c: "[x, y]" } },
    {
      name: "a long key on its own line",
      text: "? 'a b'\n: c: 1\n  d: 2\ne: 3",
      want: { "a b": { c: "1", d: "2" }, e: "3" },
    },
    { name: "a long key with its value below", text: "? a\n:\n  c: 1", want: { a: { c: "1" } } },
    {
      name: "block scalars are left out",
      text: "a: |-\n  x: 1\n\n  y\nb: >\n  z\nc: 2",
      want: { a: "", b: "", c: "2" },
    },
    { name: "a quote over lines is left out", text: 'a: "x\n  version: 1\n  y"\nb: 2', want: { a: "", b: "2" } },
    { name: "the first of two documents", text: "---\na: 1\n---\nb: 2\n", want: { a: "1" } },
    { name: "an alias is text", text: "a: &x 1\nb: *x", want: { a: "&x 1", b: "*x" } },
    { name: "an address as value", text: "a: https://example.com:1/x", want: { a: "https://example.com:1/x" } },
    {
      name: "an address as key",
      text: "'https://example.com/x':\n  a: 1",
      want: { "https://example.com/x": { a: "1" } },
    },
    {
      name: "names from Object.prototype",
      text: "constructor: 1\ntoString:\n  a: 1",
      want: { constructor: "1", toString: { a: "1" } },
    },
  ])("$name", ({ text, want }) => {
    expect(firstOf(text)).toEqual(want);
    expect(parseBlockYaml(text).badLines).toEqual([]);
  });

  it("keeps a key named __proto__ where it is", () => {
    const [document] = parseBlockYaml("__proto__:\n  a: 1").documents;
    expect(Object.keys(document ?? {})).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });

  it.each([
    { name: "a line without a colon", text: "a: 1\nb\nc: 2", line: 2 },
    { name: "a list at the top", text: "- a", line: 1 },
    { name: "a list where a key is due", text: "a: 1\n- b", line: 2 },
    { name: "a mapping below a value", text: "a: 1\n  b: 2", line: 2 },
    { name: "a tab as indentation", text: "a:\n\tb: 1", line: 2 },
    { name: "a quote that is never closed", text: 'a: "x\nb: 1\n', line: 2 },
    { name: "a top-level key that is indented", text: "  a: 1", line: 1 },
  ])("$name is a line not understood", ({ text, line }) => {
    expect(parseBlockYaml(text).badLines).toEqual([line]);
  });

  it("nests no deeper than the limit", () => {
    const text = Array.from({ length: 1_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
    const { badLines } = parseBlockYaml(text);
    expect(badLines[0]).toBe(LIMITS.maxJsonDepth + 1);
    expect(badLines.length).toBeLessThanOrEqual(100);
  });

  it("agrees with a full reader on what it writes in block style", () => {
    const text = fc.stringMatching(/^[a-z@/^~.:#'"-][a-z0-9@/^~.: #'"-]{0,12}$/);
    const tree = fc.letrec<{ value: unknown; mapping: Record<string, unknown> }>((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, text, tie("mapping"), fc.array(tie("value"), { minLength: 1, maxLength: 3 })),
      mapping: fc.dictionary(text, tie("value"), { minKeys: 1, maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(tree.mapping, (mapping) => {
        const written = stringify(mapping, {
          lineWidth: 0,
          defaultKeyType: "QUOTE_DOUBLE",
          defaultStringType: "QUOTE_DOUBLE",
        });
        expect(firstOf(written)).toEqual(parse(written));
      }),
    );
  });
});

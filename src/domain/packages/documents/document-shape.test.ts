// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { jsonShapeProblem, tomlShapeProblem } from "./document-shape.ts";

describe("jsonShapeProblem", () => {
  it.each([
    { name: "few values", text: '{"a":[1,2]}', problem: false },
    { name: "many elements", text: `[${"1,".repeat(20)}1]`, problem: true },
    { name: "many empty objects", text: `[${"{}".repeat(20)}]`, problem: true },
    { name: "signs in strings", text: `["${'\\",[{:'.repeat(20)}"]`, problem: false },
    { name: "a string without end", text: `"${",".repeat(50)}`, problem: false },
  ])("$name", ({ text, problem }) => {
    expect(jsonShapeProblem(text, 10) !== undefined).toBe(problem);
  });
});

describe("tomlShapeProblem", () => {
  it.each([
    { name: "a table", text: '[a.b]\nc = "1"\nd = [1.5, 2.5]\n', problem: undefined },
    { name: "a key with many parts", text: `a${".a".repeat(70)} = 1`, problem: "a key of more than 64 parts" },
    { name: "…in quotes", text: `"x"${' . "x"'.repeat(70)} = 1`, problem: "a key of more than 64 parts" },
    { name: "…in a header", text: `[a${".a".repeat(70)}]`, problem: "a key of more than 64 parts" },
    { name: "…in an inline table", text: `x = {a${".a".repeat(70)} = 1}`, problem: "a key of more than 64 parts" },
    { name: "dots in strings", text: `a = "${'.\\"'.repeat(70)}"\nb = '${".".repeat(70)}'`, problem: undefined },
    {
      name: "dots in long strings",
      text: `a = """\n${'."\n'.repeat(70)}"""\nb = '''\n${".'\n".repeat(70)}'''`,
      problem: undefined,
    },
    {
      name: "dots in a comment with an apostrophe",
      text: `a = 1 # don't ${".".repeat(70)}\nb = 'x'`,
      problem: undefined,
    },
    {
      name: "after a comment with an apostrophe",
      text: `# don't\na${".a".repeat(70)} = 1`,
      problem: "a key of more than 64 parts",
    },
    { name: "many values", text: `a = [${"{},".repeat(200)}]`, problem: "more than 100 values" },
    { name: "many tables", text: "[[a]]\n".repeat(60), problem: "more than 100 values" },
    { name: "many short keys with dots", text: "a.b.c = 1\n".repeat(60), problem: "more than 100 values" },
  ])("$name", ({ text, problem }) => {
    expect(tomlShapeProblem(text, 100)).toBe(problem);
  });

  it("counts no fewer values than there are", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const table = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.oneof(value, fc.array(value), fc.dictionary(fc.string(), value)),
    );
    fc.assert(
      fc.property(table, (written) => {
        const text = stringify(written);
        const count = countOf(parse(text));
        expect(tomlShapeProblem(text, count - 1) !== undefined || count === 0).toBe(true);
      }),
    );
  });
});

/** Members that are no elements: an element takes a comma each, but the first. */
function countOf(value: unknown): number {
  if (typeof value !== "object" || value === null) {
    return 0;
  }
  return Object.values(value).reduce<number>((sum, each) => sum + (Array.isArray(value) ? 0 : 1) + countOf(each), 0);
}

// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stripJsonComments } from "./strip-json-comments.ts";

describe("stripJsonComments", () => {
  it.each([
    { name: "trailing commas", text: '{"a": [1, 2, ], }', want: { a: [1, 2] } },
    { name: "line comments", text: '// x\n{"a": 1 // y\n}', want: { a: 1 } },
    { name: "block comments", text: '/* x */{"a": /* , */ 1}', want: { a: 1 } },
    { name: "a comment behind a trailing comma", text: '{"a": 1, // x\n /* y */ }', want: { a: 1 } },
    {
      name: "signs in strings",
      text: '{"a": "// x, ] /* \\", }", "b": ",]"}',
      want: { a: '// x, ] /* ", }', b: ",]" },
    },
  ])("$name", ({ text, want }) => {
    expect(JSON.parse(stripJsonComments(text))).toEqual(want);
  });

  it("changes no JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(stripJsonComments(text)).toBe(text);
      }),
    );
  });

  it("never makes two commas or an open comment valid", () => {
    for (const text of ["[1,,2]", "[1,,]", "[,]x", "/* x", '{"a": 1 /', "[1 / 2]"]) {
      expect(() => JSON.parse(stripJsonComments(text))).toThrow();
    }
  });
});

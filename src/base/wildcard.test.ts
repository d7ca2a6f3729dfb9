// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { literalLength, matchesWildcard } from "./wildcard.ts";

describe("matchesWildcard", () => {
  it.each([
    { pattern: "", text: "", want: true },
    { pattern: "", text: "a", want: false },
    { pattern: "a", text: "a", want: true },
    { pattern: "a", text: "ab", want: false },
    { pattern: "*", text: "", want: true },
    { pattern: "*", text: "x/y:z", want: true },
    { pattern: "a*", text: "a", want: true },
    { pattern: "a*a", text: "a", want: false },
    { pattern: "a*a", text: "aa", want: true },
    { pattern: "a*b*a", text: "aba", want: true },
    { pattern: "a*ba", text: "aba", want: true },
    { pattern: "ab*ba", text: "aba", want: false },
    { pattern: "**a**", text: "xax", want: true },
    { pattern: "*a*b", text: "b-a", want: false },
    { pattern: "a.c", text: "abc", want: false },
  ])("$pattern on '$text' is $want", ({ pattern, text, want }) => {
    expect(matchesWildcard(pattern, text)).toBe(want);
  });

  it("agrees with the obvious definition", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    const plain = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(word, plain, (pattern, text) => {
        expect(matchesWildcard(pattern, text)).toBe(naive(pattern, text));
      }),
    );
  });

  it("does not search backwards on a hostile pattern", () => {
    expect(matchesWildcard(`${"*a".repeat(250)}*b`, "a".repeat(4_000))).toBe(false);
  });

  it("counts literal characters", () => {
    expect(literalLength("icr.io/*/app*")).toBe("icr.io//app".length);
  });
});

function naive(pattern: string, text: string): boolean {
  if (pattern === "") {
    return text === "";
  }
  if (pattern.startsWith("*")) {
    return naive(pattern.slice(1), text) || (text !== "" && naive(pattern, text.slice(1)));
  }
  return text !== "" && pattern[0] === text[0] && naive(pattern.slice(1), text.slice(1));
}

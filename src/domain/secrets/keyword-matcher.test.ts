// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeywordMatcher } from "./keyword-matcher.ts";

const KEYWORDS = ["ghp_", "akia", "password", "pass:", "aaaa", "://x", "-----begin", "sswo"];

function scan(text: string | Uint8Array): readonly string[] {
  const matches: string[] = [];
  createKeywordMatcher(KEYWORDS).scan(Buffer.from(text), (keyword, start) => {
    matches.push(`${KEYWORDS[keyword] ?? ""}@${start}`);
  });
  return matches.toSorted();
}

/** The same by looking for one word after the other. */
function look(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const matches: string[] = [];
  for (const keyword of KEYWORDS) {
    for (let at = lower.indexOf(keyword); at !== -1; at = lower.indexOf(keyword, at + 1)) {
      matches.push(`${keyword}@${at}`);
    }
  }
  return matches.toSorted();
}

describe("createKeywordMatcher", () => {
  it("refuses keywords that are too short to be found", () => {
    expect(() => createKeywordMatcher(["abc"])).toThrow("abc");
  });

  it.each([
    { name: "nothing in nothing", text: "", want: [] },
    { name: "nothing in three bytes", text: "ghp", want: [] },
    { name: "a text that is one keyword", text: "ghp_", want: ["ghp_@0"] },
    { name: "at an odd place", text: " ghp_", want: ["ghp_@1"] },
    { name: "in any case", text: "AKIA akia aKiA", want: ["akia@0", "akia@10", "akia@5"] },
    { name: "keywords in keywords", text: "PASSWORD", want: ["password@0", "sswo@2"] },
    { name: "keywords that overlap themselves", text: "aaaaaa", want: ["aaaa@0", "aaaa@1", "aaaa@2"] },
    { name: "no byte that only has the same low bits", text: "\u0007hp_GHP\u007f", want: [] },
    { name: "cut off at the end", text: "passwor", want: ["sswo@2"] },
  ])("finds $name", ({ text, want }) => {
    expect(scan(text)).toEqual(want);
  });

  it("finds what a plain search finds", () => {
    const piece = fc.oneof(
      fc.constantFrom(...KEYWORDS, "AAAA", "GHP", "_", "pass"),
      fc.string({ unit: "binary-ascii", maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        expect(scan(text)).toEqual(look(text));
      }),
    );
  });
});

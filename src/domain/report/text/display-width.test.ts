// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visibleText } from "#messages";
import { displayWidth, fitEnd, fitStart, wrapWords } from "./display-width.ts";

describe("displayWidth", () => {
  it.each([
    { text: "", want: 0 },
    { text: "lodash", want: 6 },
    { text: "해치", want: 4 },
    { text: "해치 haechi", want: 11 },
    { text: "獬豸", want: 4 },
    { text: "ｗｉｄｅ", want: 8 },
    { text: "é", want: 1 },
    { text: "e\u0301", want: 1 },
    { text: "\u1112\u1162", want: 2 },
    { text: "🦁", want: 2 },
    { text: "…", want: 1 },
  ])("$text takes $want columns", ({ text, want }) => {
    expect(displayWidth(text)).toBe(want);
  });
});

describe("fitStart and fitEnd", () => {
  it.each([
    { text: "lodash", width: 6, start: "lodash", end: "lodash" },
    { text: "lodash", width: 4, start: "lod…", end: "…ash" },
    { text: "해치해치", width: 5, start: "해치…", end: "…해치" },
    { text: "해치해치", width: 6, start: "해치…", end: "…해치" },
    { text: "lodash", width: 1, start: "…", end: "…" },
    { text: "lodash", width: 0, start: "…", end: "…" },
  ])("$text in $width columns", ({ text, width, start, end }) => {
    expect(fitStart(text, width)).toBe(start);
    expect(fitEnd(text, width)).toBe(end);
  });

  it("never take more columns than there are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, width) => {
        expect(displayWidth(fitStart(visibleText(text), width))).toBeLessThanOrEqual(width);
        expect(displayWidth(fitEnd(visibleText(text), width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("visibleText", () => {
  it.each([
    { name: "plain text", text: "libssl3 3.0.11-1~deb12u1", want: "libssl3 3.0.11-1~deb12u1" },
    { name: "Korean", text: "해치", want: "해치" },
    { name: "escape sequence", text: "\u001b[31m", want: "\\u{1b}[31m" },
    { name: "line feed", text: "a\nb", want: "a\\u{a}b" },
    { name: "C1 control", text: "\u009b", want: "\\u{9b}" },
    { name: "override", text: "\u202e", want: "\\u{202e}" },
    { name: "tag character", text: "\u{e0041}", want: "\\u{e0041}" },
    { name: "lone surrogate", text: "\udc00", want: "\\u{dc00}" },
  ])("$name", ({ text, want }) => {
    expect(visibleText(text)).toBe(want);
    expect(visibleText(visibleText(text))).toBe(want);
  });
});

describe("wrapWords", () => {
  it.each([
    { name: "what fits stays", text: "one two", width: 7, want: ["one two"] },
    { name: "lines end at spaces", text: "one two three", width: 8, want: ["one two", "three"] },
    { name: "a word too long is broken", text: "a /usr/bin/chfn", width: 6, want: ["a", "/usr/b", "in/chf", "n"] },
    {
      name: "Korean takes two columns",
      text: "이미지에 셸이 있습니다",
      width: 12,
      want: ["이미지에", "셸이", "있습니다"],
    },
    { name: "nothing is one line", text: "", width: 5, want: [""] },
  ])("$name", ({ text, width, want }) => {
    expect(wrapWords(text, width)).toEqual(want);
  });

  it("loses nothing but spaces, and no line is too long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 2, max: 50 }), (text, width) => {
        const visible = visibleText(text);
        const lines = wrapWords(visible, width);
        expect(lines.join("").replaceAll(" ", "")).toBe(visible.replaceAll(" ", ""));
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

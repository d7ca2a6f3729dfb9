// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { createTranslate } from "#messages";
import {
  FULL_OUTCOME,
  GOOD_OUTCOME,
  HOSTILE_OUTCOME,
  UNKNOWN_OUTCOME,
} from "../../../../test/support/scan-outcomes.ts";
import { renderMarkdown } from "./render-markdown.ts";

it.each(["en", "ko"] as const)("everything, reviewed as a file (%s)", async (language) => {
  await expect(renderMarkdown(FULL_OUTCOME, createTranslate(language))).toMatchFileSnapshot(
    `../testdata/full.golden.${language}.md`,
  );
});

it("text of an image makes no HTML, link, mention or cell", () => {
  const text = renderMarkdown(HOSTILE_OUTCOME, createTranslate("en"));
  expect(text).not.toMatch(/<(?!\/?(?:$))[a-z]/i);
  expect(text).not.toMatch(/(?<!\\)\]\(/);
  expect(text).not.toContain("@everyone");
  expect(text).not.toContain("http://evil");
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  const cells = rows.map((row) => row.split(/(?<!\\)\|/).length);
  expect(rows.length).toBeGreaterThan(5);
  expect(new Set(cells)).toEqual(new Set([8, 5]));
});

it("nothing found, and nothing that could be told, are said", () => {
  expect(renderMarkdown(GOOD_OUTCOME, createTranslate("en"))).toContain("Nothing was found.");
  expect(renderMarkdown(UNKNOWN_OUTCOME, createTranslate("ko"))).toContain("판정");
});

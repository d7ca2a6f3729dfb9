// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createTranslate } from "#messages";
import { BAD_OUTCOME, FULL_OUTCOME, HOSTILE_OUTCOME, UNKNOWN_OUTCOME } from "../../../../test/support/scan-outcomes.ts";
import { renderHtml } from "./render-html.ts";

/** What the page may be made of. */
const TAGS = new Set(
  "html head meta title style body h1 h2 h3 p ul li table thead tbody tr th td br footer".split(" "),
);

describe.each(["en", "ko"] as const)("renderHtml in %s", (language) => {
  const options = { language, toolVersion: "0.1.0" };
  const translate = createTranslate(language);

  it.each([
    { name: "hostile text", outcome: HOSTILE_OUTCOME },
    { name: "everything", outcome: FULL_OUTCOME },
    { name: "problems", outcome: UNKNOWN_OUTCOME },
  ])("$name: no tag but ours, nothing that is loaded or run", ({ outcome }) => {
    const page = renderHtml(outcome, translate, options);
    for (const [, tag = ""] of page.matchAll(/<\/?([a-zA-Z][^\s>/]*)/g)) {
      expect(TAGS).toContain(tag);
    }
    expect(page).not.toMatch(/<[^>]*\s(?:on\w+|src|href)\s*=/i);
    expect(page).toContain("default-src 'none'");
    // every table row has as many cells as its head
    for (const table of page.split("<table>").slice(1)) {
      const columns = table.split("</thead>")[0]?.split("<th ").length ?? 0;
      const rows = table.split("</table>")[0]?.split("<tr>").slice(2) ?? [];
      expect(rows.map((row) => row.split("<td").length)).toEqual(rows.map(() => columns));
    }
  });

  it("is the same a second time, and says its language", () => {
    const page = renderHtml(BAD_OUTCOME, translate, options);
    expect(renderHtml(BAD_OUTCOME, translate, options)).toBe(page);
    expect(page).toContain(`<html lang="${language}">`);
  });
});

it("everything, reviewed as a file", async () => {
  const page = renderHtml(FULL_OUTCOME, createTranslate("en"), { language: "en", toolVersion: "0.1.0" });
  await expect(page).toMatchFileSnapshot("../testdata/full.golden.html");
});

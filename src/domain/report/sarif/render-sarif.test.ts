// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createTranslate } from "#messages";
import { sarifProblems } from "../../../../test/schemas/validate.ts";
import {
  BAD_OUTCOME,
  FULL_OUTCOME,
  GOOD_OUTCOME,
  HOSTILE_OUTCOME,
  UNKNOWN_OUTCOME,
} from "../../../../test/support/scan-outcomes.ts";
import { renderSarif } from "./render-sarif.ts";

const OPTIONS = { toolVersion: "0.1.0" };

describe.each(["en", "ko"] as const)("renderSarif in %s", (language) => {
  const translate = createTranslate(language);

  it("the schema refuses what is wrong, so that the next tests mean something", () => {
    const text = renderSarif(BAD_OUTCOME, translate, OPTIONS);
    expect(sarifProblems(text.replace('"ruleId"', '"rule"'))).not.toEqual([]);
    expect(sarifProblems(text.replace('"error"', '"fatal"'))).not.toEqual([]);
  });

  it.each([
    { name: "findings", outcome: BAD_OUTCOME },
    { name: "none", outcome: GOOD_OUTCOME },
    { name: "problems and gaps", outcome: UNKNOWN_OUTCOME },
    { name: "everything", outcome: FULL_OUTCOME },
    { name: "hostile text", outcome: HOSTILE_OUTCOME },
    { name: "platforms", outcome: { ...BAD_OUTCOME, reports: [...BAD_OUTCOME.reports, ...UNKNOWN_OUTCOME.reports] } },
  ])("$name: valid by the official schema, and the same a second time", ({ outcome }) => {
    const text = renderSarif(outcome, translate, OPTIONS);
    expect(sarifProblems(text)).toEqual([]);
    expect(renderSarif(outcome, translate, OPTIONS)).toBe(text);
  });
});

it("a path of an image stays a path in it", () => {
  const { runs } = JSON.parse(renderSarif(HOSTILE_OUTCOME, createTranslate("en"), OPTIONS));
  const [{ locations }] = runs[0].results;
  const { uri } = locations[0].physicalLocation.artifactLocation;
  expect(new URL(uri, "file:///image/").href).toMatch(/^file:\/\/\/image\/[^/]+\/[^/]+\/a%20b\//);
});

it("text of an image makes no link", () => {
  const text = renderSarif(HOSTILE_OUTCOME, createTranslate("en"), OPTIONS);
  expect(text).toContain("http://evil.example");
  expect(text).not.toContain("](");
});

it("everything, reviewed as a file", async () => {
  await expect(renderSarif(FULL_OUTCOME, createTranslate("en"), OPTIONS)).toMatchFileSnapshot(
    "../testdata/full.golden.sarif.json",
  );
});

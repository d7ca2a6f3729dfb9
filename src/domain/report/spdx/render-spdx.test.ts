// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { spdxProblems } from "../../../../test/schemas/validate.ts";
import { BAD_OUTCOME, FULL_OUTCOME, GOOD_OUTCOME, UNKNOWN_OUTCOME } from "../../../../test/support/scan-outcomes.ts";
import { renderSpdx } from "./render-spdx.ts";

const OPTIONS = { toolVersion: "0.1.0" };

it("the schema refuses what is wrong, so that the next tests mean something", () => {
  const text = renderSpdx(BAD_OUTCOME, OPTIONS);
  expect(spdxProblems(text.replace('"DESCRIBES"', '"IS_ABOUT"'))).not.toEqual([]);
  expect(spdxProblems(text.replace('"dataLicense"', '"license"'))).not.toEqual([]);
});

it.each([
  { name: "findings", outcome: BAD_OUTCOME },
  { name: "none", outcome: GOOD_OUTCOME },
  { name: "an unknown distribution", outcome: UNKNOWN_OUTCOME },
  { name: "everything", outcome: FULL_OUTCOME },
  { name: "platforms", outcome: { ...BAD_OUTCOME, reports: [...BAD_OUTCOME.reports, ...UNKNOWN_OUTCOME.reports] } },
  { name: "no name", outcome: { ...BAD_OUTCOME, reference: "" } },
])("$name: valid by the official schema, and the same a second time", ({ outcome }) => {
  const text = renderSpdx(outcome, OPTIONS);
  expect(spdxProblems(text)).toEqual([]);
  expect(renderSpdx(outcome, OPTIONS)).toBe(text);
});

it("ids are unique and relations lead to them", () => {
  const reports = [...BAD_OUTCOME.reports, ...FULL_OUTCOME.reports];
  const document = JSON.parse(renderSpdx({ ...BAD_OUTCOME, reports }, OPTIONS));
  const ids = document.packages.map(({ SPDXID }: { readonly SPDXID: string }) => SPDXID);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { relatedSpdxElement } of document.relationships) {
    expect(ids).toContain(relatedSpdxElement);
  }
});

it("without a usable date of the image it is the epoch", () => {
  const reports = FULL_OUTCOME.reports.map((report) => ({
    ...report,
    image: { ...report.image, created: "yesterday" },
  }));
  expect(JSON.parse(renderSpdx({ ...FULL_OUTCOME, reports }, OPTIONS)).creationInfo.created).toBe(
    "1970-01-01T00:00:00Z",
  );
});

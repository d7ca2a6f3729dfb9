// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BAD_OUTCOME, GOOD_OUTCOME, UNKNOWN_OUTCOME } from "../../../../test/support/scan-outcomes.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { renderScanJson } from "./render-scan-json.ts";

/** The same value with the keys of every object in another order. */
function withTurnedKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withTurnedKeys);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, withTurnedKeys(each)]);
  return Object.fromEntries(entries.toReversed());
}

describe("renderScanJson", () => {
  it.each([
    { name: "bad", outcome: BAD_OUTCOME },
    { name: "good", outcome: GOOD_OUTCOME },
    { name: "unknown", outcome: UNKNOWN_OUTCOME },
  ])("renders $name", async ({ name, outcome }) => {
    await expect(renderScanJson(outcome)).toMatchFileSnapshot(`../testdata/${name}.golden.json`);
  });

  it("holds everything that the outcome says", () => {
    const document = JSON.parse(renderScanJson(BAD_OUTCOME));
    const [report] = BAD_OUTCOME.reports;
    expect(document.schemaVersion).toBe(1);
    expect(document.verdict).toEqual(JSON.parse(JSON.stringify(BAD_OUTCOME.verdict)));
    expect(document.reports[0].image).toEqual(JSON.parse(JSON.stringify(report?.image)));
    expect(document.reports[0].findings).toEqual(JSON.parse(JSON.stringify(report?.findings)));
    expect(document.reports[0].database).toEqual(report?.database);
    const { problems, ...inventory } = report?.inventory ?? { problems: [] };
    expect(document.reports[0].inventory).toEqual(inventory);
    expect(document.reports[0].problems).toEqual(problems);
  });

  it("depends neither on the order of keys nor on that of lists", () => {
    const turned = withTurnedKeys({
      ...UNKNOWN_OUTCOME,
      reports: [...UNKNOWN_OUTCOME.reports, ...BAD_OUTCOME.reports].toReversed().map((each) => ({
        ...each,
        findings: each.findings.toReversed(),
        coverageGaps: each.coverageGaps.toReversed(),
        inventory: {
          ...each.inventory,
          packages: each.inventory.packages.toReversed(),
          problems: each.inventory.problems.toReversed(),
        },
      })),
    }) as ScanOutcome;
    const straight = { ...UNKNOWN_OUTCOME, reports: [...UNKNOWN_OUTCOME.reports, ...BAD_OUTCOME.reports] };
    expect(renderScanJson(turned)).toBe(renderScanJson(straight));
  });

  it("keeps strings exact and free of what a terminal acts on", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (reference) => {
        const text = renderScanJson({ ...GOOD_OUTCOME, reference });
        expect(text.replaceAll("\n", "")).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
        );
        expect(JSON.parse(text).reference).toBe(
          reference.toWellFormed() === reference ? reference : JSON.parse(JSON.stringify(reference)),
        );
      }),
    );
  });

  it("treats __proto__ as a key", () => {
    const [report] = GOOD_OUTCOME.reports;
    const ecosystems = JSON.parse('{"__proto__": 1, "a": 2}') as Record<string, number>;
    const text = renderScanJson({
      ...GOOD_OUTCOME,
      reports: report === undefined ? [] : [{ ...report, database: { ...report.database, ecosystems } }],
    });
    expect(text).toMatch(/"__proto__": 1,\s+"a": 2/);
  });
});

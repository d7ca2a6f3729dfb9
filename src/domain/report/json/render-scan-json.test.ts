// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonProblems } from "../../../../test/schemas/validate.ts";
import {
  BAD_OUTCOME,
  BADLY_SIGNED_OUTCOME,
  FULL_OUTCOME,
  GOOD_OUTCOME,
  HOSTILE_OUTCOME,
  UNKNOWN_OUTCOME,
} from "../../../../test/support/scan-outcomes.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { renderScanJson } from "./render-scan-json.ts";
import { scanJsonSchema } from "./scan-json-schema.ts";

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
    { name: "badly-signed", outcome: BADLY_SIGNED_OUTCOME },
    { name: "full", outcome: FULL_OUTCOME },
  ])("renders $name", async ({ name, outcome }) => {
    await expect(renderScanJson(outcome)).toMatchFileSnapshot(`../testdata/${name}.golden.json`);
  });

  it("the documented schema refuses what is wrong", () => {
    const text = renderScanJson(FULL_OUTCOME);
    expect(jsonProblems(scanJsonSchema(), text.replace('"schemaVersion": 1', '"schemaVersion": 2'))).not.toEqual([]);
    expect(jsonProblems(scanJsonSchema(), text.replace('"rule"', '"rule2"'))).not.toEqual([]);
  });

  it.each([
    { name: "bad", outcome: BAD_OUTCOME },
    { name: "good", outcome: GOOD_OUTCOME },
    { name: "unknown", outcome: UNKNOWN_OUTCOME },
    { name: "badly signed", outcome: BADLY_SIGNED_OUTCOME },
    { name: "full", outcome: FULL_OUTCOME },
    { name: "hostile", outcome: HOSTILE_OUTCOME },
    { name: "without a verdict", outcome: { reference: "dockerfile:x", reports: FULL_OUTCOME.reports } },
  ])("$name: what the documented schema says", ({ outcome }) => {
    expect(jsonProblems(scanJsonSchema(), renderScanJson(outcome))).toEqual([]);
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

  it.each([
    { name: "bad", outcome: BAD_OUTCOME },
    { name: "unknown", outcome: UNKNOWN_OUTCOME },
  ])("depends neither on the order of keys nor on that of lists: $name", ({ outcome }) => {
    const turned = withTurnedKeys({
      ...outcome,
      reports: outcome.reports.toReversed().map((each) => ({
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
    expect(renderScanJson(turned)).toBe(renderScanJson(outcome));
  });

  it("keeps strings exact and free of what a terminal acts on", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (reference) => {
        const text = renderScanJson({ ...GOOD_OUTCOME, reference });
        expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}|\p{Cs}/u);
        expect(JSON.parse(text).reference).toBe(
          reference.toWellFormed() === reference ? reference : JSON.parse(JSON.stringify(reference)),
        );
      }),
    );
  });

  it.each([
    { name: "an 8-bit escape sequence", text: "\u009b2J", want: "\\u009b2J" },
    { name: "an escape sequence", text: "\u001b[2J", want: "\\u001b[2J" },
    { name: "DEL", text: "\u007f", want: "\\u007f" },
    { name: "a right-to-left override", text: "\u202e", want: "\\u202e" },
    { name: "a lone surrogate", text: "\ud800", want: "\\ud800" },
    { name: "Korean as it is", text: "해치", want: "해치" },
  ])("writes $name", ({ text, want }) => {
    expect(renderScanJson({ ...GOOD_OUTCOME, reference: text })).toContain(`"reference": "${want}"`);
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

// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { countFindings, gapMessage, outcomeOfComponent } from "./model.ts";

it("what nobody can tell never looks good", () => {
  expect((["undecided", "uncovered"] as const).map(outcomeOfComponent)).toEqual(["undecided", "undecided"]);
});

it("the versions that nobody tells have sentences of their own", () => {
  const sentences = ["runc", "plugins", "control-plane", "runtime", "kube-proxy"].map((component) =>
    gapMessage({ code: "VERSION_UNTOLD", component }),
  );
  expect(new Set(sentences).size).toBe(5);
});

it("findings are counted by severity", () => {
  expect(
    countFindings([
      { severity: "high", fixedVersions: ["1.2.3"] },
      { severity: "high", fixedVersions: [] },
      { severity: "low", fixedVersions: [] },
    ]),
  ).toEqual([
    { severity: "high", total: 2, fixable: 1 },
    { severity: "low", total: 1, fixable: 0 },
  ]);
});

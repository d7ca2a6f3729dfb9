// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { createTranslate } from "#messages";
import type { UsageAnswer } from "./fetch-usage.ts";
import { renderUsage } from "./render-storage.ts";

const USAGE: UsageAnswer = {
  total: { bytes: 5_000, blobs: 2, manifests: 1, repositories: 1, tags: 1 },
  quotas: [{ prefix: "team", maxBytes: 10_000, usedBytes: 5_000 }],
  repositories: [],
};

it.each([
  { name: "none", more: {}, quota: "(50 %).", says: undefined },
  { name: "some", more: { unfinished: { uploads: 2, bytes: 4_000 } }, quota: "(90 %), ", says: "2 uploads of" },
])("uploads that are not finished are shown, and count in the quota: $name", ({ more, quota, says }) => {
  const unfinishedBytes = more.unfinished?.bytes ?? 0;
  const shown = renderUsage(
    { ...USAGE, ...more, quotas: USAGE.quotas.map((each) => ({ ...each, unfinishedBytes })) },
    createTranslate("en"),
  );
  expect(shown).toContain(quota);
  expect(shown.includes("not finished: ")).toBe(says !== undefined);
  expect(shown).toContain(says ?? "Quota of team");
});

// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { SupportPeriod } from "#advisories";
import { evaluate } from "./evaluate.ts";
import type { PolicyDocument } from "./policy-document.ts";
import { done, image } from "./testdata/scanned-image.ts";

const DEBIAN = { id: "debian", versionId: "9" };

function judge(effect: "deny" | "warn", scan: Parameters<typeof done>[0], now = "2026-07-01T12:00:00Z") {
  const policies: readonly PolicyDocument[] = [
    {
      kind: "ClusterImagePolicy",
      name: "p",
      repositories: [{ name: "*", policy: { configuration: { endOfLife: effect } } }],
    },
  ];
  const { outcome, reasons, validUntil } = evaluate({
    reference: "registry.example/app:1",
    policies,
    facts: image({ scan: done(scan) }),
    now: new Date(now),
  });
  return { brief: [outcome, ...reasons.map((each) => `${each.effect} ${each.code}`)], validUntil };
}

function period(until?: string, extendedUntil?: string): SupportPeriod {
  return {
    release: "debian 9",
    source: "endoflife.date",
    ...(until === undefined ? {} : { until }),
    ...(extendedUntil === undefined ? {} : { extendedUntil }),
  };
}

it.each([
  { name: "nobody knows", support: undefined, want: ["undecided", "undecided END_OF_LIFE_UNKNOWN"] },
  { name: "ended", support: period("2020-07-18"), want: ["deny", "deny END_OF_LIFE"] },
  { name: "all of it ended", support: period("2020-07-18", "2022-06-30"), want: ["deny", "deny END_OF_LIFE"] },
  {
    name: "extended support is left",
    support: period("2020-07-18", "2027-06-30"),
    want: ["allow", "warn END_OF_LIFE"],
  },
  { name: "a day that is none", support: period("soon"), want: ["deny", "deny END_OF_LIFE"] },
  { name: "the last day counts", support: period("2026-07-01"), want: ["allow"] },
  { name: "supported without an end yet", support: period(), want: ["allow"] },
])("$name", ({ support, want }) => {
  const { brief } = judge("deny", { distribution: DEBIAN, ...(support === undefined ? {} : { support }) });
  expect(brief).toEqual(want);
});

it("warns where it should only warn", () => {
  expect(judge("warn", { distribution: DEBIAN }).brief).toEqual(["allow", "warn END_OF_LIFE_UNKNOWN"]);
  expect(judge("warn", { distribution: DEBIAN, support: period("2020-07-18") }).brief).toEqual([
    "allow",
    "warn END_OF_LIFE",
  ]);
});

it("an image without a distribution has nothing that could end, unless nobody could tell which it is", () => {
  expect(judge("deny", {}).brief).toEqual(["allow"]);
  expect(judge("deny", { gaps: [{ code: "DISTRIBUTION_UNKNOWN" }] }).brief).toEqual([
    "undecided",
    "undecided DISTRIBUTION_UNKNOWN",
  ]);
});

it("the verdict holds until the end of the last day", () => {
  expect(judge("deny", { distribution: DEBIAN, support: period("2026-07-01") }).validUntil).toBe(
    "2026-07-02T00:00:00.000Z",
  );
  expect(judge("deny", { distribution: DEBIAN, support: period("2026-06-30", "2026-07-05") }).validUntil).toBe(
    "2026-07-06T00:00:00.000Z",
  );
});

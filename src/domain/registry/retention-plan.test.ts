// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RetentionRule } from "./repository-settings.ts";
import { planRetention, type RetainedTag, untaggedDays } from "./retention-plan.ts";

const NOW = new Date("2026-11-22T00:00:00Z");

function daysAgo(days: number): Date {
  return new Date(NOW.getTime() - days * 24 * 3_600_000);
}

/** Pushed one day after another, the first one longest ago; `old` was pulled lately. */
const TAGS: readonly RetainedTag[] = [
  { tag: "old", pushedAt: daysAgo(90), pulledAt: daysAgo(1) },
  { tag: "1.0", pushedAt: daysAgo(40) },
  { tag: "1.1", pushedAt: daysAgo(20) },
  { tag: "dev-1", pushedAt: daysAgo(10) },
  { tag: "dev-2", pushedAt: daysAgo(5) },
];

function goes(rules: readonly RetentionRule[], tags: readonly RetainedTag[] = TAGS): readonly string[] {
  return [...planRetention(tags, rules, NOW)].flatMap(([tag, fate]) => (fate.isKept ? [] : [tag]));
}

describe("what goes", () => {
  it.each<{ name: string; rules: readonly RetentionRule[]; gone: readonly string[] }>([
    { name: "nothing without a rule", rules: [], gone: [] },
    { name: "nothing by a rule that says nothing of tags", rules: [{ removeUntaggedAfterDays: 1 }], gone: [] },
    { name: "all but the newest", rules: [{ keepNewest: 2 }], gone: ["old", "1.0", "1.1"] },
    { name: "nothing that no rule is about", rules: [{ tags: ["dev-*"], keepNewest: 1 }], gone: ["dev-1"] },
    {
      name: "nothing that any rule keeps",
      rules: [{ keepNewest: 1 }, { tags: ["1.*"], keepNewest: 9 }],
      gone: ["old", "dev-1"],
    },
    {
      name: "whatever the order",
      rules: [{ tags: ["1.*"], keepNewest: 9 }, { keepNewest: 1 }],
      gone: ["old", "dev-1"],
    },
    { name: "what was pushed long ago", rules: [{ keepPushedWithinDays: 15 }], gone: ["old", "1.0", "1.1"] },
    { name: "what nobody pulled", rules: [{ keepPulledWithinDays: 30 }], gone: ["1.0", "1.1", "dev-1", "dev-2"] },
    {
      name: "what no condition of the rule keeps",
      rules: [{ keepNewest: 1, keepPulledWithinDays: 30 }],
      gone: ["1.0", "1.1", "dev-1"],
    },
    {
      name: "nothing that is taken out of the pattern",
      rules: [{ tags: ["*", "!1.*"], keepNewest: 1 }],
      gone: ["old", "dev-1"],
    },
  ])("$name", ({ rules, gone }) => {
    expect(goes(rules)).toEqual(gone);
  });

  it("of tags that were pushed at the same time, always the same ones", () => {
    const same = ["a", "b", "c"].map((tag) => ({ tag, pushedAt: NOW }));
    expect(goes([{ keepNewest: 1 }], same)).toEqual(["a", "b"]);
    expect(goes([{ keepNewest: 1 }], same.toReversed())).toEqual(["b", "a"]);
  });
});

const rule = fc.record(
  {
    tags: fc.array(fc.constantFrom("*", "a*", "!b", "c"), { minLength: 1, maxLength: 3 }),
    keepNewest: fc.integer({ min: 1, max: 4 }),
    keepPushedWithinDays: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ["keepNewest"] },
) as fc.Arbitrary<RetentionRule>;
const tags = fc
  .uniqueArray(fc.record({ tag: fc.stringMatching(/^[abc]{1,3}$/), days: fc.integer({ min: 0, max: 20 }) }), {
    selector: ({ tag }) => tag,
    maxLength: 12,
  })
  .map((all) => all.map(({ tag, days }) => ({ tag, pushedAt: daysAgo(days) })));

describe("laws", () => {
  it("one more rule about the same tags never removes more", () => {
    fc.assert(
      fc.property(tags, rule, rule, (all, first, second) => {
        const about = { ...second, ...(first.tags === undefined ? {} : { tags: first.tags }) };
        const { tags: _, ...everywhere } = about;
        const more = first.tags === undefined ? everywhere : about;
        expect(goes([first], all)).toEqual(expect.arrayContaining([...goes([first, more], all)]));
      }),
    );
  });

  it("a tag more never brings an older one back", () => {
    fc.assert(
      fc.property(tags, rule, (all, one) => {
        const newer = { tag: "zz", pushedAt: NOW };
        expect(goes([one], [...all, newer])).toEqual(expect.arrayContaining([...goes([one], all)]));
      }),
    );
  });
});

it("manifests without a tag wait for the most patient rule", () => {
  expect(untaggedDays([{ keepNewest: 1 }])).toBeUndefined();
  expect(untaggedDays([{ removeUntaggedAfterDays: 3 }, { removeUntaggedAfterDays: 9 }, { keepNewest: 1 }])).toBe(9);
});

// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRepositorySettings } from "#registry";
import {
  artifactSchema,
  type HarborRetentionRule,
  immutableRuleSchema,
  memberSchema,
  projectSchema,
  repositorySchema,
  retentionSchema,
  robotSchema,
  userSchema,
} from "./harbor-records.ts";
import { mapHarborSettings } from "./map-harbor-settings.ts";

function rule(
  template: string,
  more: Partial<HarborRetentionRule> & { readonly tags?: string } = {},
): HarborRetentionRule {
  const { tags = "**", ...rest } = more;
  return { template, params: { [template]: 7 }, tag_selectors: [{ decoration: "matches", pattern: tags }], ...rest };
}

function at(pattern: string, decoration = "repoMatches") {
  return { scope_selectors: { repository: [{ decoration, pattern }] } };
}

describe("rules of Harbor as settings", () => {
  it.each([
    { name: "always", rules: [rule("always")], want: { retention: [{ tags: ["*"], keepNewest: 100_000 }] } },
    { name: "newest", rules: [rule("latestPushedK")], want: { retention: [{ tags: ["*"], keepNewest: 7 }] } },
    {
      name: "pushed within days",
      rules: [rule("nDaysSinceLastPush", { tags: "v*" })],
      want: { retention: [{ tags: ["v*"], keepPushedWithinDays: 7 }] },
    },
    {
      name: "pulled within days",
      rules: [rule("nDaysSinceLastPull", { tags: "{a,b-**}" })],
      want: { retention: [{ tags: ["a", "b-*"], keepPulledWithinDays: 7 }] },
    },
    {
      name: "tags that are left out",
      rules: [rule("latestPushedK", { tag_selectors: [{ decoration: "excludes", pattern: "dev*" }] })],
      want: { retention: [{ tags: ["*", "!dev*"], keepNewest: 7 }] },
    },
  ])("$name", ({ rules, want }) => {
    const mapped = mapHarborSettings("team", { retention: rules, immutable: [] });
    expect(mapped).toEqual({ settings: [{ prefix: "team", settings: want }], notes: [] });
  });

  it.each([
    { name: "a template that we cannot say", rules: [rule("latestPulledN")] },
    { name: "a pattern that we cannot say", rules: [rule("latestPushedK", { tags: "v[0-9]" })] },
    { name: "a count that is none", rules: [rule("latestPushedK", { params: { latestPushedK: "7" } })] },
    { name: "repositories that are left out", rules: [rule("latestPushedK", at("x", "repoExcludes"))] },
    { name: "a pattern of repositories", rules: [rule("latestPushedK", at("a*b"))] },
  ])("sets nothing, and says so: $name", ({ rules }) => {
    const { settings, notes } = mapHarborSettings("team", { retention: rules, immutable: [] });
    expect(settings).toEqual([]);
    expect(notes).not.toEqual([]);
  });

  it("sets no retention at all where one of its rules cannot be said: the others alone would delete more", () => {
    const { settings } = mapHarborSettings("team", {
      retention: [rule("latestPushedK"), rule("latestPulledN")],
      immutable: [],
    });
    expect(settings).toEqual([]);
  });

  it("leaves out rules that are switched off, and sets those of one repository there", () => {
    const { settings } = mapHarborSettings("team", {
      retention: [{ ...rule("latestPulledN"), disabled: true }],
      immutable: [{ tag_selectors: [{ decoration: "matches", pattern: "v*" }], ...at("app") }],
    });
    expect(settings).toEqual([{ prefix: "team/app", settings: { immutableTags: ["v*"] } }]);
  });
});

describe("what a hostile Harbor sends", () => {
  const schemas = [
    artifactSchema,
    immutableRuleSchema,
    memberSchema,
    projectSchema,
    repositorySchema,
    retentionSchema,
    robotSchema,
    userSchema,
  ];

  it("never throws while it is read", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const schema of schemas) {
          schema.safeParse(value);
        }
      }),
    );
  });

  it("only ever comes to settings that are valid", () => {
    const selectors = fc.array(
      fc.record({ decoration: fc.constantFrom("matches", "excludes", "repoMatches", "x"), pattern: fc.string() }),
      { maxLength: 2 },
    );
    const rules = fc.array(
      fc.record({
        template: fc.constantFrom("always", "latestPushedK", "nDaysSinceLastPush", "other"),
        params: fc.dictionary(fc.constantFrom("latestPushedK", "nDaysSinceLastPush"), fc.jsonValue()),
        tag_selectors: selectors,
        scope_selectors: fc.record({ repository: selectors }),
      }),
    );
    fc.assert(
      fc.property(rules, (found) => {
        for (const { settings } of mapHarborSettings("team", { retention: found, immutable: found }).settings) {
          expect(parseRepositorySettings(settings)).toHaveProperty("settings");
        }
      }),
    );
  });

  it("does not grow without bound by alternatives", () => {
    const pattern = "{a,b}".repeat(10_000);
    const { settings, notes } = mapHarborSettings("team", {
      retention: [],
      immutable: [{ tag_selectors: [{ decoration: "matches", pattern }] }],
    });
    expect(settings).toEqual([]);
    expect(notes).toHaveLength(1);
  });
});

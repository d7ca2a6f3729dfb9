// SPDX-License-Identifier: Apache-2.0
import { parseRepositorySettings, type RepositorySettings, type RetentionRule } from "#registry";
import type { HarborImmutableRule, HarborRetentionRule, HarborSelector } from "./harbor-records.ts";
import { type ImportNote, importNote } from "./import-note.ts";

/** As many as there may be: "always" keeps what it names. */
const KEEP_ALL = 100_000;
const MAX_ALTERNATIVES = 64;

/** The rules of one project, and what they come to here. */
export interface MappedSettings {
  readonly settings: readonly { readonly prefix: string; readonly settings: RepositorySettings }[];
  readonly notes: readonly ImportNote[];
}

/** Retention and immutability of a project as settings, by prefix. A rule that says something that we cannot say is a note, and no setting. */
export function mapHarborSettings(
  project: string,
  rules: { readonly retention: readonly HarborRetentionRule[]; readonly immutable: readonly HarborImmutableRule[] },
): MappedSettings {
  const notes: ImportNote[] = [];
  const found = new Map<string, { retention: RetentionRule[]; immutable: string[] }>();
  const unmapped = new Set<string>();
  function at(prefix: string): { retention: RetentionRule[]; immutable: string[] } {
    const there = found.get(prefix) ?? { retention: [], immutable: [] };
    found.set(prefix, there);
    return there;
  }
  for (const rule of rules.retention.filter(({ disabled }) => disabled !== true)) {
    const prefix = prefixOf(project, rule.scope_selectors?.repository);
    const mapped = mapRetention(rule);
    if (prefix === undefined || mapped === undefined) {
      unmapped.add(prefix ?? project);
      notes.push(importNote("retentionRuleUnmapped", { project, template: rule.template }));
    } else {
      at(prefix).retention.push(mapped);
    }
  }
  for (const rule of rules.immutable.filter(({ disabled }) => disabled !== true)) {
    const prefix = prefixOf(project, rule.scope_selectors?.repository);
    const tags = tagPatterns(rule.tag_selectors);
    if (prefix === undefined || tags === undefined) {
      notes.push(importNote("immutableRuleUnmapped", { project }));
    } else {
      at(prefix).immutable.push(...tags);
    }
  }
  const settings = [...found].flatMap(([prefix, { retention, immutable }]) => {
    // Tags that any rule keeps stay: without one of them the others would delete what it keeps.
    const isRetentionWhole = ![...unmapped].some((each) => each === prefix || each === project);
    if (retention.length > 0 && !isRetentionWhole) {
      notes.push(importNote("retentionNotSet", { prefix }));
    }
    const document = {
      ...(retention.length > 0 && isRetentionWhole ? { retention } : {}),
      ...(immutable.length > 0 ? { immutableTags: [...new Set(immutable)] } : {}),
    };
    const parsed = parseRepositorySettings(document);
    if (!("settings" in parsed)) {
      notes.push(importNote("rulesUnwritable", { prefix, problem: parsed.problems[0]?.message ?? "" }));
      return [];
    }
    return Object.keys(document).length === 0 ? [] : [{ prefix, settings: parsed.settings }];
  });
  return { settings, notes };
}

function mapRetention(rule: HarborRetentionRule): RetentionRule | undefined {
  const tags = tagPatterns(rule.tag_selectors);
  const value = rule.params?.[rule.template];
  const count = typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
  if (tags === undefined) {
    return undefined;
  }
  switch (rule.template) {
    case "always":
      return { tags, keepNewest: KEEP_ALL };
    case "latestPushedK":
      return count === undefined ? undefined : { tags, keepNewest: Math.min(count, KEEP_ALL) };
    case "nDaysSinceLastPush":
      return count === undefined ? undefined : { tags, keepPushedWithinDays: count };
    case "nDaysSinceLastPull":
      return count === undefined ? undefined : { tags, keepPulledWithinDays: count };
    default:
      // `latestPulledN`, and what later versions bring
      return undefined;
  }
}

/** The prefix that the selectors mean: all of the project, or one repository of it. */
function prefixOf(project: string, selectors: readonly HarborSelector[] | null | undefined): string | undefined {
  const [selector, ...more] = selectors ?? [];
  if (selector === undefined) {
    return project;
  }
  if (more.length > 0 || selector.decoration !== "repoMatches") {
    return undefined;
  }
  if (selector.pattern === "**") {
    return project;
  }
  // our prefix `a` is `a` and all below: a pattern that means only one of both is none
  const name = selector.pattern.endsWith("/**") ? selector.pattern.slice(0, -"/**".length) : selector.pattern;
  return /^[a-z0-9][a-z0-9._/-]*$/.test(name) ? `${project}/${name}` : undefined;
}

/** Patterns of Harbor (doublestar) as ours: `**` and `*` are the same in a tag, `{a,b}` is two. */
function tagPatterns(selectors: readonly HarborSelector[] | null | undefined): readonly string[] | undefined {
  const [selector, ...more] = selectors ?? [];
  if (selector === undefined) {
    return ["*"];
  }
  const patterns = more.length > 0 ? undefined : alternatives(selector.pattern);
  if (patterns?.every((each) => /^[A-Za-z0-9_.*-]{1,128}$/.test(each)) !== true) {
    return undefined;
  }
  const plain = patterns.map((each) => each.replaceAll(/\*+/g, "*"));
  return selector.decoration === "excludes" ? ["*", ...plain.map((each) => `!${each}`)] : plain;
}

/** `a{b,c}d` is `abd` and `acd`; not nested. */
function alternatives(pattern: string): readonly string[] | undefined {
  let texts: readonly string[] = [""];
  let rest = pattern;
  while (rest !== "") {
    const open = rest.indexOf("{");
    const close = rest.indexOf("}", open);
    if (open === -1 || close === -1) {
      return texts.map((each) => each + rest);
    }
    const choices = rest.slice(open + 1, close).split(",");
    const before = rest.slice(0, open);
    texts = texts.flatMap((each) => choices.map((choice) => each + before + choice.trim()));
    if (texts.length > MAX_ALTERNATIVES) {
      return undefined;
    }
    rest = rest.slice(close + 1);
  }
  return texts;
}

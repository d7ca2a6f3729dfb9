// SPDX-License-Identifier: Apache-2.0
import type { RetentionRule } from "./repository-settings.ts";
import { matchesTag } from "./tag-pattern.ts";

/** A tag as retention sees it. */
export interface RetainedTag {
  readonly tag: string;
  readonly pushedAt: Date;
  /** Absent: never, as far as is known. */
  readonly pulledAt?: Date;
}

/** Why a tag stays: no rule is about it, or the one that keeps it (its place, from 0). */
export type TagFate =
  | { readonly isKept: true; readonly because: "no-rule" | "newest" | "pushed" | "pulled"; readonly rule?: number }
  | { readonly isKept: false };

const DAY_MS = 24 * 3_600_000;

/**
 * What the rules say of each tag of one repository. A tag goes only when a rule is about it and none keeps it. Of tags that
 * were pushed at the same time, the one whose name is greater counts as newer, so that the answer does not depend on
 * the order in which they come.
 */
export function planRetention(
  tags: readonly RetainedTag[],
  rules: readonly RetentionRule[],
  now: Date,
): ReadonlyMap<string, TagFate> {
  const fates = new Map<string, TagFate>(tags.map(({ tag }) => [tag, { isKept: true, because: "no-rule" }]));
  const kept = new Set<string>();
  for (const [place, rule] of rules.entries()) {
    if (!keepsTags(rule)) {
      continue;
    }
    const about = tags
      .filter(({ tag }) => rule.tags === undefined || matchesTag(rule.tags, tag))
      .toSorted((a, b) => b.pushedAt.getTime() - a.pushedAt.getTime() || (a.tag < b.tag ? 1 : -1));
    for (const [rank, tag] of about.entries()) {
      if (kept.has(tag.tag)) {
        continue;
      }
      const because = reasonToKeep(tag, { rule, rank, now });
      fates.set(tag.tag, because === undefined ? { isKept: false } : { isKept: true, because, rule: place });
      if (because !== undefined) {
        kept.add(tag.tag);
      }
    }
  }
  return fates;
}

/** After how many days without a tag or referrer a manifest goes; absent: never. The most patient rule counts. */
export function untaggedDays(rules: readonly RetentionRule[]): number | undefined {
  const days = rules.flatMap(({ removeUntaggedAfterDays: each }) => (each === undefined ? [] : [each]));
  return days.length === 0 ? undefined : Math.max(...days);
}

/** The time so many days before. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

function keepsTags({ keepNewest, keepPushedWithinDays, keepPulledWithinDays }: RetentionRule): boolean {
  return keepNewest !== undefined || keepPushedWithinDays !== undefined || keepPulledWithinDays !== undefined;
}

function reasonToKeep(
  { pushedAt, pulledAt }: RetainedTag,
  { rule, rank, now }: { readonly rule: RetentionRule; readonly rank: number; readonly now: Date },
): "newest" | "pushed" | "pulled" | undefined {
  const { keepNewest, keepPushedWithinDays, keepPulledWithinDays } = rule;
  if (keepNewest !== undefined && rank < keepNewest) {
    return "newest";
  }
  if (keepPushedWithinDays !== undefined && pushedAt >= daysBefore(now, keepPushedWithinDays)) {
    return "pushed";
  }
  return keepPulledWithinDays !== undefined &&
    pulledAt !== undefined &&
    pulledAt >= daysBefore(now, keepPulledWithinDays)
    ? "pulled"
    : undefined;
}

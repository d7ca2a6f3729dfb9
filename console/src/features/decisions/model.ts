// SPDX-License-Identifier: Apache-2.0
import type { Decision, Operations } from "../../api/generated/api.ts";
import { readOutcome, readText } from "../../lib/search-params.ts";

/** Milliseconds as people read them. */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

const PERIODS_MS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

/** A stretch of time until now. */
export type Period = keyof typeof PERIODS_MS;

export const PERIODS: readonly Period[] = ["hour", "day", "week"];

/** What the page's address says about what to show. */
export interface DecisionSearch {
  readonly text?: string;
  readonly image?: string;
  readonly namespace?: string;
  readonly user?: string;
  readonly outcome?: Decision["outcome"];
  readonly period?: Period;
  /** Older than the decision with this id. */
  readonly before?: number;
}

/** The search in an address; what makes no sense is left out. */
export function readDecisionSearch(search: Readonly<Record<string, unknown>>): DecisionSearch {
  const before = Number(search["before"] ?? Number.NaN);
  const period = PERIODS.find((each) => each === search["period"]);
  return {
    ...readText("text", search),
    ...readText("image", search),
    ...readText("namespace", search),
    ...readText("user", search),
    ...readOutcome(search),
    ...(period === undefined ? {} : { period }),
    ...(Number.isSafeInteger(before) && before >= 0 ? { before } : {}),
  };
}

/** The same as a question to the API, asked now. */
export function toDecisionQuery(
  { image, user, period, ...search }: DecisionSearch,
  now: Date,
): Operations["GET /api/v1/decisions"]["query"] {
  return {
    ...search,
    ...(image === undefined ? {} : image.startsWith("sha256:") ? { digest: image } : { reference: image }),
    ...(user === undefined ? {} : { actor: user }),
    ...(period === undefined ? {} : { since: new Date(now.getTime() - PERIODS_MS[period]).toISOString() }),
  };
}

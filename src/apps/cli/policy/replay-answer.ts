// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

const verdict = z.looseObject({
  outcome: z.string(),
  mode: z.string(),
  reasons: z.array(z.looseObject({ code: z.string(), effect: z.string(), text: z.string() })),
});
const count = z.int().min(0);

interface AnsweredVerdict {
  readonly outcome: string;
  readonly mode: string;
  readonly reasons: readonly { readonly code: string; readonly effect: string; readonly text: string }[];
}

type Change = "newly-denied" | "newly-allowed" | "newly-undecided" | "other-reasons" | "same";

/** What a server answers to a replay, as far as it is shown. */
export interface ReplayAnswer {
  readonly since: string;
  readonly running: number;
  readonly admitted: number;
  readonly judged: number;
  readonly limit: number;
  readonly isCut: boolean;
  readonly counts: Readonly<Record<Change, number>>;
  readonly changes: readonly {
    readonly reference: string;
    readonly namespace: string;
    readonly change: Change;
    readonly before: AnsweredVerdict;
    readonly after: AnsweredVerdict;
    readonly owners: readonly { readonly namespace: string; readonly kind: string; readonly name: string }[];
    readonly ownerCount: number;
  }[];
}

/** Of a checked answer; fields of newer servers may stand beside. */
export const replayAnswer: z.ZodType<ReplayAnswer> = z.looseObject({
  since: z.string(),
  running: count,
  admitted: count,
  judged: count,
  limit: count,
  isCut: z.boolean(),
  counts: z.strictObject({
    "newly-denied": count,
    "newly-allowed": count,
    "newly-undecided": count,
    "other-reasons": count,
    same: count,
  }),
  changes: z.array(
    z.looseObject({
      reference: z.string(),
      namespace: z.string(),
      change: z.enum(["newly-denied", "newly-allowed", "newly-undecided", "other-reasons", "same"]),
      before: verdict,
      after: verdict,
      owners: z.array(z.looseObject({ namespace: z.string(), kind: z.string(), name: z.string() })),
      ownerCount: count,
    }),
  ),
});

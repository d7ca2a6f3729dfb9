// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { LIMITS, parseDurationMs } from "#base";
import type { VerdictChange } from "#policy-tools";
import { type VerdictBody, verdictSchema } from "./verdict.ts";

/** What is asked: changed policies, and how far back admitted images are looked at. */
export interface ReplayRequestBody {
  readonly policies: string;
  readonly since: string;
  readonly only: boolean;
  readonly lang?: "en" | "ko";
}

export interface ReplayOwnerBody {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly isRunning: boolean;
}

export interface ReplayedImageBody {
  readonly reference: string;
  readonly digest?: string;
  readonly namespace: string;
  readonly change: VerdictChange;
  readonly before: VerdictBody;
  readonly after: VerdictBody;
  readonly owners: readonly ReplayOwnerBody[];
  readonly ownerCount: number;
}

export interface ReplayBody {
  readonly since: string;
  readonly running: number;
  readonly admitted: number;
  readonly judged: number;
  readonly limit: number;
  readonly isCut: boolean;
  readonly counts: Readonly<Record<VerdictChange, number>>;
  readonly changes: readonly ReplayedImageBody[];
  readonly policies: { readonly changed: number; readonly inForce: number };
}

export const replayRequestSchema: z.ZodType<ReplayRequestBody> = z.strictObject({
  policies: z
    .string()
    .min(1)
    .max(LIMITS.maxPolicyBytes)
    .describe("YAML documents; each takes the place of the one of its kind, namespace and name"),
  since: z
    .string()
    .refine((text) => parseDurationMs(text) !== undefined, "expected a duration such as 30d")
    .default("30d"),
  only: z.boolean().default(false).describe("these are all policies; those in force are left out"),
  lang: z.exactOptional(z.enum(["en", "ko"])).describe("language of sentences; else Accept-Language"),
});

const CHANGES = ["newly-denied", "newly-allowed", "newly-undecided", "other-reasons", "same"] as const;
const count = z.int().min(0);

const ownerSchema: z.ZodType<ReplayOwnerBody> = z.strictObject({
  namespace: z.string(),
  kind: z.string(),
  name: z.string().describe("empty where the API server had not made it up"),
  isRunning: z.boolean(),
});

const replayedImageSchema: z.ZodType<ReplayedImageBody> = z.strictObject({
  reference: z.string(),
  digest: z.exactOptional(z.string()),
  namespace: z.string(),
  change: z.enum(CHANGES),
  before: verdictSchema,
  after: verdictSchema,
  owners: z.array(ownerSchema).describe("some of them"),
  ownerCount: count,
});

export const replaySchema: z.ZodType<ReplayBody> = z.strictObject({
  since: z.string(),
  running: count.describe("images that run"),
  admitted: count.describe("images that admission let through since then and that do not run"),
  judged: count,
  limit: count.describe("images of one replay at most"),
  isCut: z.boolean().describe("there were more"),
  counts: z.strictObject({
    "newly-denied": count,
    "newly-allowed": count,
    "newly-undecided": count,
    "other-reasons": count,
    same: count,
  }),
  changes: z.array(replayedImageSchema).describe("all that differ, the worst first; at most 500"),
  policies: z.strictObject({ changed: count, inForce: count }),
});

z.globalRegistry.add(replayedImageSchema, { id: "ReplayedImage" });
z.globalRegistry.add(replaySchema, { id: "Replay" });

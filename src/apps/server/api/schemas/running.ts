// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { AdmissionStanding, PodSummary, RunningImageCounts, WorkloadOwner } from "#database";
import type { UsedException } from "#policy";
import type { PulledFrom } from "../views/pulled-from.ts";
import { usedExceptionSchema } from "./records.ts";
import { type VerdictBody, verdictSchema } from "./verdict.ts";

/** An image that a workload runs, with what admission would say now. */
export interface RunningImageBody {
  readonly id: number;
  readonly namespace: string;
  readonly owner: WorkloadOwner;
  readonly reference: string;
  readonly from: PulledFrom;
  readonly digest?: string;
  readonly containers: readonly string[];
  readonly podCount: number;
  readonly standing: AdmissionStanding;
  /** Why it never passed the gate, as a sentence; absent when it did. */
  readonly neverAdmitted?: string;
  readonly verdict?: VerdictBody;
  readonly exceptions: readonly UsedException[];
  readonly judgedAt?: string;
  readonly changedAt?: string;
  readonly firstSeenAt: string;
  readonly goneAt?: string;
}

export interface RunningDetailBody extends RunningImageBody {
  readonly pods: readonly PodSummary[];
}

export interface RunningListBody {
  readonly total: number;
  readonly counts: RunningImageCounts;
  /** Whether a cluster is connected at all. */
  readonly isWatched: boolean;
  readonly images: readonly RunningImageBody[];
}

const ownerSchema: z.ZodType<WorkloadOwner> = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
});

const fields = {
  id: z.int().min(0),
  namespace: z.string(),
  owner: ownerSchema,
  reference: z.string().describe("as the pods name it"),
  from: z
    .enum(["private", "public", "foreign"])
    .describe("our registry by a private or its public name, or another registry"),
  digest: z.exactOptional(z.string()).describe("absent: nobody knows which image that is"),
  containers: z.array(z.string()),
  podCount: z.int().min(0),
  standing: z.enum(["admitted", "pending", "static-pod", "excluded-namespace", "older-than-gate", "no-record"]),
  neverAdmitted: z.exactOptional(z.string()).describe("why it never passed the gate, as a sentence"),
  verdict: z.exactOptional(verdictSchema).describe("what admission would say now; absent until it was judged"),
  exceptions: z.array(usedExceptionSchema),
  judgedAt: z.exactOptional(z.string()),
  changedAt: z.exactOptional(z.string()).describe("since when the outcome is what it is"),
  firstSeenAt: z.string(),
  goneAt: z.exactOptional(z.string()),
};

const runningImageSchema: z.ZodType<RunningImageBody> = z.strictObject(fields);

const podSchema: z.ZodType<PodSummary> = z.strictObject({
  name: z.string(),
  uid: z.string(),
  node: z.exactOptional(z.string()),
  phase: z.string(),
  createdAt: z.string(),
});

export const runningDetailSchema: z.ZodType<RunningDetailBody> = z.strictObject({
  ...fields,
  pods: z.array(podSchema).describe("some of them, oldest first"),
});

const count = z.int().min(0);

export const runningListSchema: z.ZodType<RunningListBody> = z.strictObject({
  total: count.describe("of those that were asked for"),
  counts: z.strictObject({ allow: count, deny: count, undecided: count, unjudged: count, neverAdmitted: count }),
  isWatched: z.boolean().describe("false: no cluster is connected, so nobody knows what runs"),
  images: z.array(runningImageSchema).describe("denied first, then undecided, not judged, allowed"),
});

z.globalRegistry.add(ownerSchema, { id: "WorkloadOwner" });
z.globalRegistry.add(podSchema, { id: "Pod" });
z.globalRegistry.add(runningImageSchema, { id: "RunningImage" });
z.globalRegistry.add(runningDetailSchema, { id: "RunningDetail" });
z.globalRegistry.add(runningListSchema, { id: "RunningList" });

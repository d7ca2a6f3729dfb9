// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Verdict } from "#policy";

/** How it came that a workload runs; all but the first two never passed the gate. */
export type AdmissionStanding =
  /** The gate has a record of the image in this namespace. */
  | "admitted"
  /** Too young to tell: the gate's record may be on its way. */
  | "pending"
  /** A static pod of a node: the kubelet starts it whatever the API server says. */
  | "static-pod"
  | "excluded-namespace"
  /** Made before the gate was ready for the first time. */
  | "older-than-gate"
  | "no-record";

/** Reasons for which a workload never passed the gate. */
export type NeverAdmittedReason = Exclude<AdmissionStanding, "admitted" | "pending">;

/** What makes the pods; of a pod without an owner, the pod itself. */
export interface WorkloadOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** One pod, as far as people ask for it. */
export interface PodSummary {
  readonly name: string;
  readonly uid: string;
  /** Absent while it waits for a node. */
  readonly node?: string;
  readonly phase: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** What is kept of the verdict on a running image. */
export type RunningVerdict = Pick<
  Verdict,
  "outcome" | "reasons" | "policy" | "decidedBy" | "mode" | "validUntil" | "exceptions"
>;

/** What one workload runs: one image by one name, in all pods of one owner. */
export interface RunningImage {
  readonly namespace: string;
  readonly owner: WorkloadOwner;
  /** As the pod says it. */
  readonly reference: string;
  /** Absent: nobody knows which image that is. */
  readonly digest?: Digest;
  readonly containers: readonly string[];
  readonly podCount: number;
  /** Some of the pods, oldest first. */
  readonly pods: readonly PodSummary[];
  readonly standing: AdmissionStanding;
  /** Absent until it was judged. */
  readonly verdict?: RunningVerdict;
  readonly judgedAt?: string;
  /** Since when the outcome is what it is. */
  readonly changedAt?: string;
  /** What the workload was last told by an Event. */
  readonly announced?: "allow" | "deny";
  readonly firstSeenAt: string;
  /** When its last pod went; absent while it runs. */
  readonly goneAt?: string;
}

/** A stored one. */
export interface StoredRunningImage extends RunningImage {
  readonly id: number;
}

/** What to list; everything that is given must fit. */
export interface RunningImageQuery {
  readonly limit: number;
  readonly offset?: number;
  readonly namespace?: string;
  readonly outcome?: Verdict["outcome"];
  /** Only what never passed the gate. */
  readonly neverAdmitted?: boolean;
  readonly digest?: Digest;
  /** Only references that begin with one of the hosts (in lower case), or with none of them. */
  readonly registries?: { readonly names: readonly string[]; readonly isOneOf: boolean };
  /** Part of the image's name, the owner's name or a policy; any case. */
  readonly text?: string;
  /** Also what does not run any more. */
  readonly withGone?: boolean;
}

/** How many images run, by what is thought of them. */
export interface RunningImageCounts {
  readonly allow: number;
  readonly deny: number;
  readonly undecided: number;
  /** Not judged yet. */
  readonly unjudged: number;
  readonly neverAdmitted: number;
}

/** How often an exception made a difference to an admission. */
export interface ExceptionUse {
  readonly namespace?: string;
  readonly name: string;
  readonly uses: number;
  /** RFC 3339. */
  readonly lastUsedAt: string;
}

export interface WorkloadStore {
  /** Everything that runs, in the order of its ids; what is gone is left out. */
  load(): Promise<readonly StoredRunningImage[]>;
  /** Stores each as it is now; what `firstSeenAt` says counts only the first time. */
  save(images: readonly RunningImage[]): Promise<void>;
  /** Deletes what was gone before the time, and of the rest that is gone all but the newest `keep`; returns how many. */
  prune(limits: { readonly goneBefore: Date; readonly keep: number }): Promise<number>;
  /** Denied first, then undecided, not judged, allowed; newest first among equals. */
  list(query: RunningImageQuery): Promise<{ readonly total: number; readonly images: readonly StoredRunningImage[] }>;
  find(id: number): Promise<StoredRunningImage | undefined>;
  count(): Promise<RunningImageCounts>;
  /** Those of the images of which the admission gate has a decision in their namespace: by digest, else by the name as written. */
  findAdmitted(
    images: readonly Pick<RunningImage, "namespace" | "reference" | "digest">[],
  ): Promise<ReadonlySet<Pick<RunningImage, "namespace" | "reference" | "digest">>>;
  /** Uses of exceptions at admission since the time, by exception. */
  exceptionUses(since: Date): Promise<readonly ExceptionUse[]>;
  /** How many running images each exception lets pass now. */
  countByException(): Promise<
    readonly { readonly namespace?: string; readonly name: string; readonly images: number }[]
  >;
  /** When a gate first stood before this cluster: what was said first, else the first decision of an admission gate. */
  gateReadySince(): Promise<Date | undefined>;
  /** Notes that a gate stands before this cluster now; only the first note counts. */
  noteGateReady(): Promise<void>;
}

// SPDX-License-Identifier: Apache-2.0

const MAX_LISTED = 100;

/** What came of one image. */
export type ReplicationOutcome =
  /** It was copied, or what it leads to was replaced. */
  | "copied"
  /** The destination had it already. */
  | "present"
  /** The tag leads to something else over there, and the rule says skip. */
  | "kept"
  /** The verdict is not allow, and the rule says only those. */
  | "not-allowed"
  /** The source does not have it any more. */
  | "gone"
  | "deleted"
  | "failed";

/** What came of a replication; kept as its position as well, so that it counts on after a restart. */
export interface ReplicationResult {
  readonly counts: Readonly<Record<ReplicationOutcome, number>>;
  /** Manifests and bytes that were sent, without what was there. */
  readonly manifests: number;
  readonly bytes: number;
  /** Some of what was not copied, each with why; at most 100 of them. */
  readonly problems: readonly { readonly what: string; readonly why: string }[];
}

export const NOTHING_REPLICATED: ReplicationResult = {
  counts: { copied: 0, present: 0, kept: 0, "not-allowed": 0, gone: 0, deleted: 0, failed: 0 },
  manifests: 0,
  bytes: 0,
  problems: [],
};

/** The result with one image more. */
export function addOutcome(
  result: ReplicationResult,
  outcome: ReplicationOutcome,
  more: {
    readonly manifests?: number;
    readonly bytes?: number;
    readonly problems?: ReplicationResult["problems"];
  } = {},
): ReplicationResult {
  return {
    counts: { ...result.counts, [outcome]: result.counts[outcome] + 1 },
    manifests: result.manifests + (more.manifests ?? 0),
    bytes: result.bytes + (more.bytes ?? 0),
    problems: [...result.problems, ...(more.problems ?? [])].slice(0, MAX_LISTED),
  };
}

// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "#policy";
import type { VerdictChange } from "#policy-tools";

/** What runs an image, or ran when it was admitted. */
export interface ReplayOwner {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly isRunning: boolean;
}

/** An image in a namespace, judged by the policies in force and by the changed ones from the same facts. */
export interface ReplayedImage {
  readonly reference: string;
  readonly digest?: string;
  readonly namespace: string;
  readonly change: VerdictChange;
  readonly before: Verdict;
  readonly after: Verdict;
  /** Some of them. */
  readonly owners: readonly ReplayOwner[];
  readonly ownerCount: number;
}

/** What changed policies would do. */
export interface Replay {
  readonly running: number;
  readonly admitted: number;
  /** Images that were judged; each by name, digest, namespace and workload. */
  readonly judged: number;
  /** There were more. */
  readonly isCut: boolean;
  readonly counts: Readonly<Record<VerdictChange, number>>;
  /** All but `same`, the worst first; at most {@link MAX_CHANGES}. */
  readonly changes: readonly ReplayedImage[];
  readonly policies: { readonly changed: number; readonly inForce: number };
}

/** Images of one replay: what a cluster of some hundred nodes runs, and what one answer can hold. */
export const MAX_IMAGES = 5_000;
export const MAX_CHANGES = 500;
export const MAX_OWNERS = 10;

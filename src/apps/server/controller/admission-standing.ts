// SPDX-License-Identifier: Apache-2.0
import type { AdmissionStanding } from "#database";
import type { RunningPod } from "./running-pod.ts";

/** What the standing of a pod is decided by. */
export interface StandingInput {
  readonly pod: Pick<RunningPod, "isStatic" | "createdAt">;
  /** Whether the namespace is one that the gate leaves alone. */
  readonly isExcluded: boolean;
  /** When a gate was ready for the first time; absent: never. */
  readonly gateReadySince: Date | undefined;
  /** Whether the gate has a record of the image in the namespace. */
  readonly hasRecord: boolean;
  readonly now: Date;
}

/** Records are written in batches after the answer; a database that is away for a moment must not make pods look ungated. */
const RECORD_GRACE_MS = 60_000;

/** From what says most to what says least: of several pods of one workload, the worst is shown. */
const ORDER: readonly AdmissionStanding[] = [
  "static-pod",
  "excluded-namespace",
  "older-than-gate",
  "no-record",
  "pending",
  "admitted",
];

/** How it came that a pod runs. Without proof that the gate saw it, it was not admitted. */
export function standingOf({ pod, isExcluded, gateReadySince, hasRecord, now }: StandingInput): AdmissionStanding {
  if (pod.isStatic) {
    return "static-pod";
  }
  if (isExcluded) {
    return "excluded-namespace";
  }
  const createdMs = Date.parse(pod.createdAt);
  // The API server cuts creation times to seconds. No time at all is no proof of being younger.
  if (gateReadySince === undefined || !(createdMs >= Math.floor(gateReadySince.getTime() / 1_000) * 1_000)) {
    return "older-than-gate";
  }
  if (hasRecord) {
    return "admitted";
  }
  return now.getTime() - createdMs < RECORD_GRACE_MS ? "pending" : "no-record";
}

/** The worst of them; `admitted` of none. */
export function worstStanding(standings: Iterable<AdmissionStanding>): AdmissionStanding {
  const present = new Set(standings);
  return ORDER.find((each) => present.has(each)) ?? "admitted";
}

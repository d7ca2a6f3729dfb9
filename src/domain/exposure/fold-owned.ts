// SPDX-License-Identifier: Apache-2.0
import type { Workload } from "./exposure-object.ts";
import type { ExposedSubject } from "./exposure-report.ts";

/** A subject with the owner that its workload names. */
export interface FoldableSubject extends ExposedSubject {
  readonly owner?: NonNullable<Workload["owner"]>;
}

/** Chains are Pod, ReplicaSet, Deployment, or Pod, Job, CronJob. */
const MAX_CHAIN = 3;

/**
 * Leaves out what is told already by the workload that it says it belongs to. The claim costs nothing, since only an equal result
 * is left out: a Pod that differs from its Deployment is listed on its own.
 */
export function foldOwned(subjects: readonly FoldableSubject[]): readonly ExposedSubject[] {
  const byName = new Map(subjects.map((subject) => [keyOf(subject, subject.workload), subject]));
  const seen = new Set<string>();
  return subjects.flatMap(({ owner: _owner, ...subject }, at) => {
    const key = keyOf(subject, subject.workload);
    const own = resultOf(subject);
    if (hasEqualOwner(subjects[at], own, byName)) {
      return [];
    }
    // one object in two files of manifests
    const isSeen = seen.has(`${key} ${own}`);
    seen.add(`${key} ${own}`);
    return isSeen ? [] : [subject];
  });
}

function hasEqualOwner(
  subject: FoldableSubject | undefined,
  own: string,
  byName: ReadonlyMap<string, FoldableSubject>,
): boolean {
  let current = subject;
  for (let step = 0; step < MAX_CHAIN && current?.owner !== undefined; step += 1) {
    const owner: FoldableSubject | undefined = byName.get(keyOf(current, { ...current.workload, ...current.owner }));
    if (owner === subject) {
      return false;
    }
    if (owner === undefined || resultOf(owner) !== own) {
      // the last one before that is told on its own, and says the same
      return step > 0;
    }
    if (owner.owner === undefined) {
      return true;
    }
    current = owner;
  }
  // whoever claims owners in a circle is told, and so is all of the circle
  return false;
}

function keyOf({ kind }: Pick<ExposedSubject, "kind">, workload: ExposedSubject["workload"]): string {
  return `${kind} ${workload.kind} ${workload.namespace}/${workload.name}`;
}

/** What is said about a workload, without its name. Images differ where the gate pins digests: their repository was judged. */
function resultOf({ certainty, product, reach, ways, hasMoreWays, networkPolicies, findings }: ExposedSubject): string {
  const said = findings.map(({ id, severity, state }) => ({ id, severity, state }));
  const opened = ways.filter(({ object }) => !OWN_WAYS.has(object.kind));
  return JSON.stringify([certainty, product, reach, opened, hasMoreWays, networkPolicies, said]);
}

/** Ways that a Pod opens itself bear its name. */
const OWN_WAYS = new Set([
  "Pod",
  "ReplicaSet",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "ReplicationController",
]);

// SPDX-License-Identifier: Apache-2.0
import { type Pod, readPod, type UncheckedPod, UnreadableField } from "#pod-security";
import { findExemptions } from "./exempt-reasons.ts";
import { outcomeOf, toWarning } from "./judge-entry.ts";
import { assignedServiceAccount, judgeWorkload } from "./judge-workload.ts";
import { orderReasons } from "./order-reasons.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { UsedException } from "./policy-exception.ts";
import { workloadDocuments } from "./policy-index.ts";
import type { PolicySet } from "./policy-set.ts";
import { reasonOfBroken } from "./reason-of-broken.ts";
import type { DecidingPolicy, Reason } from "./verdict.ts";

/** A Pod, or the template of one, and what it belongs to. */
export interface EvaluatedWorkload {
  /** As it came: nothing in it is checked yet. */
  readonly pod: UncheckedPod;
  /** What exceptions may name: the object itself, or the proven owner of a Pod. */
  readonly owner: { readonly kind: string; readonly name: string };
  /** Only the template of Pods: requests, limits and pull secrets may still be added when they are made. Default false. */
  readonly isTemplate?: boolean;
  readonly namespace: string;
  readonly policies: Pick<PolicySet, "documents" | "exceptions" | "systemNamespace">;
  readonly now: Date;
}

/** The judgement of a Pod, or of the template of one, by `spec.workload` of the policies in force. */
export interface WorkloadVerdict {
  readonly outcome: "allow" | "deny" | "undecided";
  readonly reasons: readonly Reason[];
  readonly mode: "enforce" | "warn" | "audit";
  /** A document whose checks were not fulfilled, else the first that applied. */
  readonly policy?: Omit<DecidingPolicy, "repository">;
  readonly exceptions?: readonly UsedException[];
  /** The account that the mutating webhook gives the Pod, which names none, or `default`. */
  readonly assignServiceAccount?: string;
  /** RFC 3339: until when an exception lets it pass. */
  readonly validUntil?: string;
}

/**
 * The verdict on a Pod. Documents that speak of workloads (`spec.workload`) are chosen as for images: those of the
 * namespace if it has any, else those of the cluster, and mandatory ones beside them; all of them apply together. Without
 * any it is `allow`. Never throws, whatever the Pod looks like.
 */
export function evaluateWorkload(workload: EvaluatedWorkload): WorkloadVerdict {
  const { pod, owner, namespace, policies, now, isTemplate = false } = workload;
  const documents = workloadDocuments(policies.documents, namespace);
  const [first] = documents;
  if (first === undefined) {
    return { outcome: "allow", reasons: [], mode: "enforce" };
  }
  const { exceptions: granted, systemNamespace } = policies;
  const exemptions = findExemptions({
    exceptions: granted,
    ...(systemNamespace === undefined ? {} : { systemNamespace }),
    namespace,
    workload: { kind: owner.kind, name: owner.name },
    now,
  });
  const read = readUnchecked(pod);
  const judged = documents.map((document): JudgedDocument => {
    const reasons = exemptions.exempt(judgeDocument(read, document, isTemplate), []);
    return { document, mode: modeOf(document), reasons, outcome: outcomeOf(reasons) };
  });
  const mode = MODES.find((each) => judged.some((one) => one.mode === each && one.outcome !== "allow"));
  const deciding = judged.filter((each) => each.mode === (mode ?? modeOf(first)));
  const reasons = judged.flatMap((each) =>
    each.outcome === "allow" || each.mode === mode ? each.reasons : each.reasons.map(toWarning),
  );
  const worst = deciding.toSorted((a, b) => WEIGHTS[b.outcome] - WEIGHTS[a.outcome])[0];
  const exceptions = exemptions.used();
  const ends = exceptions.map(({ until }) => Date.parse(until));
  const assigned = documents
    .filter((document) => modeOf(document) === "enforce")
    .map((document) => ("pod" in read ? assignedServiceAccount(read.pod, document.workload ?? {}) : undefined))
    .find((account) => account !== undefined);
  return {
    outcome: worst?.outcome ?? "deny",
    reasons: orderReasons(reasons),
    mode: mode ?? modeOf(first),
    policy: policyOf(worst?.document ?? first),
    ...(exceptions.length === 0 ? {} : { exceptions, validUntil: new Date(Math.min(...ends)).toISOString() }),
    ...(assigned === undefined ? {} : { assignServiceAccount: assigned }),
  };
}

interface JudgedDocument {
  readonly document: PolicyDocument;
  readonly mode: WorkloadVerdict["mode"];
  readonly reasons: readonly Reason[];
  readonly outcome: WorkloadVerdict["outcome"];
}

/** Stricter first. */
const MODES: readonly WorkloadVerdict["mode"][] = ["enforce", "warn", "audit"];
const WEIGHTS: Readonly<Record<WorkloadVerdict["outcome"], number>> = { allow: 0, undecided: 1, deny: 2 };

type ReadPod = { readonly pod: Pod } | { readonly unreadable: string };

function readUnchecked(pod: UncheckedPod): ReadPod {
  return readable(() => ({ pod: readPod(pod) }));
}

function readable<T>(read: () => T): T | { readonly unreadable: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableField) {
      return { unreadable: error.field };
    }
    throw error;
  }
}

function judgeDocument(read: ReadPod, document: PolicyDocument, isTemplate: boolean): readonly Reason[] {
  if (document.problem !== undefined) {
    return [reasonOfBroken(document)];
  }
  const { workload = {} } = document;
  const judged =
    "pod" in read ? readable(() => ({ reasons: judgeWorkload({ pod: read.pod, isTemplate }, workload) })) : read;
  return "unreadable" in judged
    ? [{ code: "WORKLOAD_UNREADABLE", effect: "undecided", params: { field: judged.unreadable } }]
    : judged.reasons;
}

function modeOf({ workload }: PolicyDocument): WorkloadVerdict["mode"] {
  return workload?.mode ?? "enforce";
}

function policyOf({ kind, name, namespace }: PolicyDocument): NonNullable<WorkloadVerdict["policy"]> {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

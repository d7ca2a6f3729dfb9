// SPDX-License-Identifier: Apache-2.0
import type { ExceptionUse, RunningImage } from "#database";
import type { KubeObject } from "#kube";
import type { Translate } from "#messages";
import { type PolicyException, parsePolicyObject } from "#policy";
import { canonicalJson } from "./canonical-json.ts";
import { cutBytes } from "./cut-bytes.ts";

const MAX_MESSAGE_BYTES = 2_000;

/** A policy or exception of the cluster, as far as its status is about it. */
export interface WatchedPolicy {
  readonly kind: "ImagePolicy" | "ClusterImagePolicy" | "PolicyException";
  readonly namespace?: string;
  readonly name: string;
  readonly generation: number;
  /** Entries of a policy; absent when it cannot be read. */
  readonly entries?: number;
  readonly exception?: Pick<PolicyException, "until" | "approver">;
  /** What keeps it from being read, or looks wrong. */
  readonly problems: readonly string[];
  /** The status that it has. */
  readonly status: Readonly<Record<string, unknown>>;
}

export interface Condition {
  readonly type: "Ready" | "Accepted";
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

/** What is kept of a policy or exception; `kind` because items of a list have none. */
export function selectWatchedPolicy(
  kind: WatchedPolicy["kind"],
  object: KubeObject,
  checkCondition: (condition: string) => string | undefined,
): WatchedPolicy {
  const { name, namespace, generation = 0 } = object.metadata;
  const parsed = parsePolicyObject(object, [kind, name].join(" "), { checkCondition });
  const found = "problems" in parsed ? parsed.problems : parsed.warnings;
  const { status } = object;
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    generation,
    ...("document" in parsed && parsed.document !== undefined ? { entries: parsed.document.repositories.length } : {}),
    ...("exception" in parsed && parsed.exception !== undefined ? { exception: termOf(parsed.exception) } : {}),
    problems: found.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)),
    status: typeof status === "object" && status !== null ? (status as WatchedPolicy["status"]) : {},
  };
}

function termOf({ until, approver }: PolicyException): NonNullable<WatchedPolicy["exception"]> {
  return { until, ...(approver === undefined ? {} : { approver }) };
}

export interface StatusInput {
  readonly running: Iterable<RunningImage>;
  readonly uses: readonly ExceptionUse[];
  readonly now: Date;
  readonly translate: Translate;
}

/** The status that each of the objects should have, in their order. */
export function policyStatuses(policies: readonly WatchedPolicy[], input: StatusInput): readonly object[] {
  const counts = countByPolicy(input.running);
  const uses = new Map(input.uses.map((use) => [keyOf("PolicyException", use), use]));
  return policies.map((policy) => {
    const count = counts.get(keyOf(policy.kind, policy)) ?? { running: 0, denied: 0 };
    return policy.kind === "PolicyException"
      ? exceptionStatus(policy, { ...input, use: uses.get(keyOf(policy.kind, policy)), running: count.running })
      : policyStatus(policy, { ...input, ...count });
  });
}

function policyStatus(
  policy: WatchedPolicy,
  { translate, now, running, denied }: Pick<StatusInput, "translate" | "now"> & { running: number; denied: number },
): object {
  const { entries, problems } = policy;
  const isReadable = entries !== undefined;
  const [problem = "", ...more] = problems;
  const values = { problem, more: more.length };
  const condition = isReadable
    ? problems.length === 0
      ? { reason: "InForce", message: translate("controller.status.ready", { count: entries }) }
      : { reason: "InForceWithDoubts", message: translate("controller.status.readyWithDoubts", values) }
    : { reason: "Invalid", message: translate("controller.status.invalid", values) };
  const status = isReadable ? "True" : "False";
  return {
    observedGeneration: policy.generation,
    conditions: conditionsOf(policy, now, [
      { type: "Ready", status, ...condition },
      { type: "Accepted", status, ...condition },
    ]),
    // null takes a field away that an earlier status had.
    entries: entries ?? null,
    runningImages: running,
    deniedImages: denied,
  };
}

function exceptionStatus(
  policy: WatchedPolicy,
  input: Pick<StatusInput, "translate" | "now"> & { use: ExceptionUse | undefined; running: number },
): object {
  const { now, use, running } = input;
  const { state, message } = exceptionState(policy, input);
  return {
    observedGeneration: policy.generation,
    state,
    conditions: conditionsOf(policy, now, [
      { type: "Ready", status: state === "Active" ? "True" : "False", reason: state, message },
      { type: "Accepted", status: state === "Invalid" ? "False" : "True", reason: state, message },
    ]),
    uses: use?.uses ?? 0,
    lastUsed: use?.lastUsedAt ?? null,
    runningImages: running,
  };
}

function exceptionState(
  { exception, problems }: WatchedPolicy,
  { translate, now }: Pick<StatusInput, "translate" | "now">,
): { readonly state: "Active" | "Expired" | "Requested" | "Invalid"; readonly message: string } {
  if (exception === undefined) {
    const [problem = "", ...more] = problems;
    return {
      state: "Invalid",
      message: translate("controller.status.exceptionInvalid", { problem, more: more.length }),
    };
  }
  const { until, approver } = exception;
  if (!(Date.parse(until) > now.getTime())) {
    return { state: "Expired", message: translate("controller.status.expired", { until }) };
  }
  return approver === undefined
    ? { state: "Requested", message: translate("controller.status.requested") }
    : { state: "Active", message: translate("controller.status.active", { until }) };
}

/** A condition that says the same keeps its time. */
function conditionsOf(
  { status, generation }: WatchedPolicy,
  now: Date,
  wanted: readonly Pick<Condition, "type" | "status" | "reason" | "message">[],
): readonly Condition[] {
  const present = Array.isArray(status["conditions"]) ? (status["conditions"] as readonly Partial<Condition>[]) : [];
  return wanted.map((condition) => {
    const before = present.find((each) => each?.type === condition.type);
    const isSame = before?.status === condition.status && typeof before.lastTransitionTime === "string";
    return {
      ...condition,
      message: cutBytes(condition.message, MAX_MESSAGE_BYTES),
      lastTransitionTime: isSame ? (before.lastTransitionTime ?? "") : `${now.toISOString().slice(0, 19)}Z`,
      observedGeneration: generation,
    };
  });
}

/** Whether the object has this status already; fields that others wrote do not matter. */
export function hasStatus(policy: WatchedPolicy, wanted: object): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => canonicalJson(policy.status[name] ?? null) === canonicalJson(value as unknown),
  );
}

/** How many running images each policy judged, and how many each exception let pass. */
function countByPolicy(
  running: Iterable<RunningImage>,
): ReadonlyMap<string, { readonly running: number; readonly denied: number }> {
  const counts = new Map<string, { running: number; denied: number }>();
  function add(key: string, isDenied: boolean): void {
    const count = counts.get(key) ?? { running: 0, denied: 0 };
    counts.set(key, { running: count.running + 1, denied: count.denied + (isDenied ? 1 : 0) });
  }
  for (const { verdict } of running) {
    const policy = verdict?.decidedBy ?? verdict?.policy;
    if (policy !== undefined) {
      add(keyOf(policy.kind, policy), verdict?.outcome === "deny");
    }
    for (const exception of verdict?.exceptions ?? []) {
      add(keyOf("PolicyException", exception), false);
    }
  }
  return counts;
}

function keyOf(kind: string, { namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return JSON.stringify([kind, namespace ?? "", name]);
}

// SPDX-License-Identifier: Apache-2.0
import { at } from "./json-pointer.ts";
import type { WorkloadKind } from "./workload-kinds.ts";

/** The owner that an object says controls it, of a kind that we know. A claim: whoever makes a Pod may write any. */
export interface ControllerReference {
  readonly workload: WorkloadKind;
  readonly group: string;
  /** e.g. `replicasets`. */
  readonly plural: string;
  readonly name: string;
  readonly uid: string;
}

interface OwningKind {
  readonly group: string;
  readonly plural: string;
  readonly template: string;
  /** The service account of the controller that makes what such an owner owns, in `kube-system`. */
  readonly account: string;
}

const TEMPLATE = "/spec/template";

/** Kinds of Kubernetes itself that own Pods, or own what owns Pods, and who acts for them. */
const OWNERS: ReadonlyMap<string, OwningKind> = new Map([
  ["ReplicaSet", { group: "apps", plural: "replicasets", template: TEMPLATE, account: "replicaset-controller" }],
  [
    "ReplicationController",
    { group: "", plural: "replicationcontrollers", template: TEMPLATE, account: "replication-controller" },
  ],
  ["StatefulSet", { group: "apps", plural: "statefulsets", template: TEMPLATE, account: "statefulset-controller" }],
  ["DaemonSet", { group: "apps", plural: "daemonsets", template: TEMPLATE, account: "daemon-set-controller" }],
  ["Job", { group: "batch", plural: "jobs", template: TEMPLATE, account: "job-controller" }],
  ["Deployment", { group: "apps", plural: "deployments", template: TEMPLATE, account: "deployment-controller" }],
  [
    "CronJob",
    { group: "batch", plural: "cronjobs", template: "/spec/jobTemplate/spec/template", account: "cronjob-controller" },
  ],
]);

/** All controllers act as this one where the controller manager has one identity for all. */
const CONTROLLER_MANAGER = "system:kube-controller-manager";
/** Anybody may write them, without end. */
const MAX_REFERENCES = 100;
const MAX_LENGTH = 1_024;

/**
 * The controlling owner that an object names; `undefined` without one, or when it is of a foreign kind: a kind called
 * ReplicaSet in another group owns nothing here.
 */
export function readControllerReference(object: unknown): ControllerReference | undefined {
  const references = at(object, "/metadata/ownerReferences");
  if (!Array.isArray(references) || references.length > MAX_REFERENCES) {
    return undefined;
  }
  const controllers = references.filter((each: unknown) => at(each, "/controller") === true);
  // The API server accepts one; of two, nobody knows which one counts.
  const [reference] = controllers;
  if (controllers.length !== 1) {
    return undefined;
  }
  const kind = textAt(reference, "/kind");
  const owner = OWNERS.get(kind);
  const [name, uid] = [textAt(reference, "/name"), textAt(reference, "/uid")];
  const [version, ...group] = textAt(reference, "/apiVersion").split("/").toReversed();
  return owner === undefined || version === "" || group.join("/") !== owner.group || name === "" || uid === ""
    ? undefined
    : { workload: { kind, template: owner.template }, group: owner.group, plural: owner.plural, name, uid };
}

/**
 * Whether this user is the controller that makes what such an owner owns. The API server has authenticated the user, and
 * the controller writes true references, so that then, and only then, the word counts.
 */
export function isControllerOf(reference: ControllerReference, userName: string): boolean {
  const account = OWNERS.get(reference.workload.kind)?.account;
  return (
    userName === CONTROLLER_MANAGER ||
    (account !== undefined && userName === `system:serviceaccount:kube-system:${account}`)
  );
}

function textAt(value: unknown, pointer: string): string {
  const text = at(value, pointer);
  return typeof text === "string" && text.length <= MAX_LENGTH ? text : "";
}

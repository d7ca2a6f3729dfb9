// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { isControllerOf, readControllerReference } from "./controller-reference.ts";

const REFERENCE = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d", uid: "u-1", controller: true };

function read(...ownerReferences: readonly unknown[]): ReturnType<typeof readControllerReference> {
  return readControllerReference({ metadata: { ownerReferences } });
}

it.each([
  { name: "of a foreign group", reference: { ...REFERENCE, apiVersion: "evil.example/v1" } },
  { name: "of a group that only begins alike", reference: { ...REFERENCE, apiVersion: "apps/evil/v1" } },
  { name: "of the core group for a kind of another", reference: { ...REFERENCE, apiVersion: "v1" } },
  { name: "of a kind that owns no Pods", reference: { ...REFERENCE, kind: "ConfigMap" } },
  { name: "of the kind Pod", reference: { ...REFERENCE, kind: "Pod", apiVersion: "v1" } },
  { name: "of an inherited kind", reference: { ...REFERENCE, kind: "constructor" } },
  { name: "that does not control", reference: { ...REFERENCE, controller: false } },
  { name: "that controls by another type", reference: { ...REFERENCE, controller: "true" } },
  { name: "without uid", reference: { ...REFERENCE, uid: undefined } },
  { name: "with an empty uid", reference: { ...REFERENCE, uid: "" } },
  { name: "without name", reference: { ...REFERENCE, name: 5 } },
  { name: "that is null", reference: null },
])("a reference $name is no owner", ({ reference }) => {
  expect(read(reference)).toBeUndefined();
});

it("two that control are none, since nobody knows which one counts", () => {
  expect(read(REFERENCE, { ...REFERENCE, uid: "u-2" })).toBeUndefined();
});

it("reads the one that controls", () => {
  expect(read({ ...REFERENCE, controller: false, uid: "u-0" }, REFERENCE)).toEqual({
    workload: { kind: "ReplicaSet", template: "/spec/template" },
    group: "apps",
    plural: "replicasets",
    name: "web-5d",
    uid: "u-1",
  });
});

it("never throws", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void [readControllerReference(value), read(value)]));
});

it.each([
  ["ReplicaSet", "apps/v1", "replicaset-controller"],
  ["ReplicationController", "v1", "replication-controller"],
  ["StatefulSet", "apps/v1", "statefulset-controller"],
  ["DaemonSet", "apps/v1", "daemon-set-controller"],
  ["Job", "batch/v1", "job-controller"],
  ["Deployment", "apps/v1", "deployment-controller"],
  ["CronJob", "batch/v1", "cronjob-controller"],
])("what a %s owns is made by its controller, and nobody else", (kind, apiVersion, account) => {
  const reference = read({ ...REFERENCE, kind, apiVersion });
  if (reference === undefined) {
    throw new Error("no reference");
  }
  expect(isControllerOf(reference, `system:serviceaccount:kube-system:${account}`)).toBe(true);
  expect(isControllerOf(reference, "system:kube-controller-manager")).toBe(true);
  for (const user of [
    "",
    account,
    `system:serviceaccount:team:${account}`,
    `system:serviceaccount:kube-system:${account}-evil`,
    "system:serviceaccount:kube-system:default",
    "system:kube-scheduler",
  ]) {
    expect(isControllerOf(reference, user)).toBe(false);
  }
});

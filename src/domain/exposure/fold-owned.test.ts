// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  ingress,
  judge,
  NAMESPACE,
  type PodOptions,
  pod,
  policy,
  service,
  subjectOf,
} from "../../../test/support/exposed-objects.ts";

describe("workloads and their Pods", () => {
  const controller = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "r-1", uid: "u", controller: true };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "r", namespace: NAMESPACE },
    spec: { template: pod() },
  };
  const replicaSet = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: "r-1",
      namespace: NAMESPACE,
      ownerReferences: [{ ...controller, kind: "Deployment", name: "r" }],
    },
    spec: { replicas: 1, template: pod() },
  };

  function owned(options: PodOptions): object {
    const made = pod(options) as { readonly metadata: object };
    return { ...made, metadata: { ...made.metadata, ownerReferences: [controller] } };
  }

  it("are one subject when they say the same, although the gate pinned a digest", () => {
    const image = `registry:2@sha256:${"b".repeat(64)}`;
    const { subjects } = judge([
      owned({ name: "r-1-a", image }),
      owned({ name: "r-1-b", image }),
      replicaSet,
      deployment,
      service({ type: "NodePort" }),
    ]);
    expect(subjects.map(({ workload }) => workload)).toEqual([{ kind: "Deployment", namespace: NAMESPACE, name: "r" }]);
  });

  it("a Pod that claims an owner and is reached otherwise is told on its own", () => {
    const { subjects } = judge([owned({ name: "r-1-a", spec: { hostNetwork: true } }), replicaSet, deployment]);
    expect(subjects.map(({ workload, reach }) => `${workload.kind} ${reach}`)).toEqual([
      "Pod exposed",
      "Deployment internal",
    ]);
  });

  it("a Pod that claims itself as owner is not lost", () => {
    const { subjects } = judge([
      { ...replicaSet, metadata: { ...replicaSet.metadata, ownerReferences: [controller] } },
    ]);
    expect(subjects).toHaveLength(1);
  });

  it("two that claim each other are not lost", () => {
    const one = {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, name: "a", ownerReferences: [{ ...controller, name: "b" }] },
    };
    const two = {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, name: "b", ownerReferences: [{ ...controller, name: "a" }] },
    };
    expect(judge([one, two]).subjects).not.toHaveLength(0);
  });

  it("a circle of any length is not lost", () => {
    const names = ["a", "b", "c", "d", "e"];
    const circle = names.map((name, at) => ({
      ...replicaSet,
      metadata: {
        ...replicaSet.metadata,
        name,
        ownerReferences: [{ ...controller, name: names[(at + 1) % names.length] }],
      },
    }));
    expect(judge(circle).subjects).toHaveLength(names.length);
  });

  it("a Pod whose ReplicaSet is there, and whose Deployment is not", () => {
    const { subjects } = judge([owned({ name: "r-1-a" }), replicaSet]);
    expect(subjects.map(({ workload }) => workload.kind)).toEqual(["ReplicaSet"]);
  });

  it("a Job of a CronJob is read, too", () => {
    const job = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "j", namespace: NAMESPACE },
      spec: { jobTemplate: { spec: { template: pod() } } },
    };
    expect(subjectOf([job]).workload.kind).toBe("CronJob");
  });

  it("the same file twice is one subject, and the order of objects changes nothing", () => {
    const objects = [deployment, replicaSet, pod(), service({ type: "LoadBalancer" }), ingress(), policy([{}])];
    expect(judge(objects.toReversed()).subjects).toEqual(judge([...objects, deployment, pod()]).subjects);
  });
});

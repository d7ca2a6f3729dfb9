// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { standingOf, worstStanding } from "./admission-standing.ts";
import { aggregatePods } from "./aggregate-pods.ts";
import type { RunningPod } from "./running-pod.ts";
import { type MiddleOwner, topOwnerOf } from "./top-owner.ts";

const REPLICA_SET = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d", uid: "rs-1" };
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "d-1" };

function runningPod(name: string, changes: Partial<RunningPod> = {}): RunningPod {
  return {
    uid: `uid-${name}`,
    namespace: "shop",
    name,
    phase: "Running",
    createdAt: "2026-11-22T09:00:00Z",
    controller: REPLICA_SET,
    isStatic: false,
    images: [{ container: "web", reference: "web:1", digest: digestOf("web") }],
    ...changes,
  };
}

function middle(owner: MiddleOwner | undefined) {
  return {
    replicaSets: new Map(owner === undefined ? [] : [[`${owner.namespace}/${owner.name}`, owner]]),
    jobs: new Map<string, MiddleOwner>(),
  };
}

describe("the top owner", () => {
  const found: MiddleOwner = { uid: "rs-1", namespace: "shop", name: "web-5d", controller: DEPLOYMENT };

  it("is the Deployment of the ReplicaSet", () => {
    expect(topOwnerOf(runningPod("a"), middle(found))).toEqual(DEPLOYMENT);
  });

  it.each([
    { name: "of the same name with another uid", owner: { ...found, uid: "rs-2" } },
    { name: "of another namespace", owner: { ...found, namespace: "pay" } },
    { name: "without a controller", owner: { uid: "rs-1", namespace: "shop", name: "web-5d" } },
    { name: "that nobody knows", owner: undefined },
  ])("a ReplicaSet $name stands for itself", ({ owner }) => {
    expect(topOwnerOf(runningPod("a"), middle(owner))).toEqual(REPLICA_SET);
  });

  it("a ReplicaSet of a foreign group is not ours", () => {
    const controller = { ...REPLICA_SET, apiVersion: "evil.example/v1" };
    expect(topOwnerOf(runningPod("a", { controller }), middle(found))).toEqual(controller);
  });

  it("of a pod without one, or of a node's, is the pod", () => {
    const own = { apiVersion: "v1", kind: "Pod", name: "a", uid: "uid-a" };
    const { controller: _none, ...bare } = runningPod("a");
    expect(topOwnerOf(bare, middle(undefined))).toEqual(own);
    const node = { apiVersion: "v1", kind: "Node", name: "node-a", uid: "n" };
    expect(topOwnerOf(runningPod("a", { controller: node }), middle(undefined))).toEqual(own);
  });
});

describe("how a pod came in", () => {
  const gateReadySince = new Date("2026-11-22T08:30:00.700Z");
  const now = new Date("2026-11-22T10:00:00Z");
  const usual = { isExcluded: false, gateReadySince, hasRecord: true, now };

  it.each([
    { name: "a static pod, though there is a record", pod: { isStatic: true }, want: "static-pod" },
    {
      name: "in an excluded namespace, though there is a record",
      input: { isExcluded: true },
      want: "excluded-namespace",
    },
    {
      name: "made before the gate, though there is a record now",
      pod: { createdAt: "2026-11-22T08:30:00Z" },
      input: { gateReadySince: new Date("2026-11-22T08:30:01Z") },
      want: "older-than-gate",
    },
    { name: "where no gate ever was", input: { gateReadySince: undefined }, want: "older-than-gate" },
    { name: "that does not say when it was made", pod: { createdAt: "" }, want: "older-than-gate" },
    { name: "of which the gate has no record", input: { hasRecord: false }, want: "no-record" },
    {
      name: "so young that the record may be on its way",
      pod: { createdAt: "2026-11-22T09:59:30Z" },
      input: { hasRecord: false },
      want: "pending",
    },
    {
      name: "made in the second in which the gate became ready",
      pod: { createdAt: "2026-11-22T08:30:00Z" },
      want: "admitted",
    },
    { name: "with a record", want: "admitted" },
  ])("$name: $want", ({ pod = {}, input = {}, want }) => {
    expect(
      standingOf({ ...usual, ...input, pod: { isStatic: false, createdAt: "2026-11-22T09:00:00Z", ...pod } }),
    ).toBe(want);
  });

  it("of several pods the worst is shown", () => {
    expect(worstStanding(["admitted", "no-record", "pending"])).toBe("no-record");
    expect(worstStanding(["admitted", "older-than-gate", "no-record"])).toBe("older-than-gate");
    expect(worstStanding(["pending", "admitted"])).toBe("pending");
    expect(worstStanding([])).toBe("admitted");
  });
});

describe("pods by what they run", () => {
  const ask = { ownerOf: () => DEPLOYMENT, standing: () => "admitted" as const };

  it("one row for each image of an owner, with all its pods and containers", () => {
    const sidecar = { container: "proxy", reference: "proxy:1" };
    const pods = ["b", "a", "c"].map((name) => {
      const pod = runningPod(name);
      return { ...pod, images: [...pod.images, sidecar, { ...sidecar, container: "initContainers/proxy" }] };
    });
    const groups = [...aggregatePods(pods, ask).values()];
    expect(groups.map(({ reference, podCount, containers }) => ({ reference, podCount, containers }))).toEqual([
      { reference: "web:1", podCount: 3, containers: ["web"] },
      { reference: "proxy:1", podCount: 3, containers: ["initContainers/proxy", "proxy"] },
    ]);
    expect(groups[0]?.pods.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("one tag of two digests, and one image of two namespaces, are two rows each", () => {
    const other = { container: "web", reference: "web:1", digest: digestOf("other") };
    const groups = aggregatePods(
      [runningPod("a"), runningPod("b", { images: [other] }), runningPod("c", { namespace: "pay" })],
      ask,
    );
    expect(groups.size).toBe(3);
  });

  it("names twenty of a thousand pods, and counts all", () => {
    const [group] = aggregatePods(
      Array.from({ length: 1_000 }, (_, index) => runningPod(`p${index}`)),
      ask,
    ).values();
    expect(group).toMatchObject({ podCount: 1_000 });
    expect(group?.pods).toHaveLength(20);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { beforeAll, expect, it } from "vitest";
import type { Digest } from "#base";
import { applyPolicy, create, createNamespace, itemsOf, LIMIT_MS, read } from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import {
  clusterPolicy,
  cronJob,
  imagePolicy,
  job,
  pod,
  replicationController,
  SCANNED,
  workload,
} from "../support/cluster/objects.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

describeCluster("workloads with enforceAt workload", { settings: { "admission-enforce-at": "workload" } }, (place) => {
  let good: string;
  let bad: string;
  let pinned: string;

  beforeAll(async () => {
    const cluster = place.current;
    const { registry } = cluster.server;
    good = `${registry}/team/good:1.0`;
    bad = `${registry}/team/bad:1.0`;
    const digest: Digest = await pushImage(goodImage("good"), good, cluster.credentials);
    pinned = `${registry}/team/good@${digest}`;
    await pushImage(vulnerableImage("bad"), bad, cluster.credentials);
    await applyPolicy(cluster, clusterPolicy("base", [{ name: "*", policy: SCANNED }]));
    await waitUntil("both images are judged", LIMIT_MS, async () => {
      const answers = [good, bad].map(async (image) => {
        return (await create(cluster, pod({ name: "try" }, [image]), "?dryRun=All")).status;
      });
      return (await Promise.all(answers)).join() === "201,403";
    });
  });

  it.each([
    { kind: "ReplicationController", make: (image: string) => replicationController({ name: "w" }, [image]) },
    { kind: "Deployment", make: (image: string) => workload("Deployment", { name: "w" }, [image]) },
    { kind: "ReplicaSet", make: (image: string) => workload("ReplicaSet", { name: "w" }, [image]) },
    {
      kind: "StatefulSet",
      make: (image: string) => workload("StatefulSet", { name: "w" }, [image], { serviceName: "w" }),
    },
    { kind: "DaemonSet", make: (image: string) => workload("DaemonSet", { name: "w" }, [image]) },
    { kind: "Job", make: (image: string) => job({ name: "w" }, [image]) },
    { kind: "CronJob", make: (image: string) => cronJob({ name: "w" }, [image]) },
  ])("a $kind with a refused image does not come to be", async ({ make }) => {
    const cluster = place.current;
    const refused = await create(cluster, make(bad), "?dryRun=All");
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain(bad);
    const allowed = await create(cluster, make(good), "?dryRun=All");
    expect(allowed).toMatchObject({ status: 201 });
    expect((await read(cluster, make(bad))).status).toBe(404);
  });

  it("kubectl says why", async () => {
    const created = await place.current.kubectl(["create", "-f", "-"], workload("Deployment", { name: "web" }, [bad]));
    expect(created.code).not.toBe(0);
    expect(created.stderr).toContain("denied the request");
    expect(created.stderr).toContain("lodash");
  });

  it("an allowed Deployment gets pinned Pods, and can be scaled, changed and deleted when its image would be refused", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "settled");
    const named = { name: "web", namespace };
    expect(await cluster.kubectl(["create", "-f", "-"], workload("Deployment", named, [good]))).toMatchObject({
      code: 0,
    });
    await waitUntil("it has its Pod", LIMIT_MS, async () => (await imagesOf(namespace)).length === 1);
    expect(await imagesOf(namespace)).toEqual([pinned]);

    await applyPolicy(cluster, imagePolicy({ name: "tightened", namespace }, [{ name: "nothing.example/*" }]));
    const scaled = await cluster.kubectl(["-n", namespace, "scale", "deployment/web", "--replicas=2"]);
    expect(scaled).toMatchObject({ code: 0 });
    await waitUntil("it has two Pods", LIMIT_MS, async () => (await imagesOf(namespace)).length === 2);
    expect(await imagesOf(namespace)).toEqual([pinned, pinned]);
    const labelled = await cluster.kubectl(["-n", namespace, "label", "deployment/web", "team=a"]);
    expect(labelled).toMatchObject({ code: 0 });
    const changed = await cluster.kubectl(["-n", namespace, "set", "image", "deployment/web", `c0=${bad}`]);
    expect(changed.code).not.toBe(0);
    expect(changed.stderr).toContain("denied the request");
    const deleted = await cluster.kubectl(["-n", namespace, "delete", "deployment/web", "--timeout=60s"]);
    expect(deleted).toMatchObject({ code: 0 });
  });

  async function imagesOf(namespace: string): Promise<readonly string[]> {
    const pods = await itemsOf(place.current, "Pod", { namespace });
    return pods.flatMap((each) => each.spec.containers.map(({ image }: { readonly image: string }) => image));
  }
});

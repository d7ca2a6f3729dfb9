// SPDX-License-Identifier: Apache-2.0
import { beforeAll, expect, it } from "vitest";
import type { Digest } from "#base";
import {
  applyPolicy,
  create,
  createNamespace,
  itemsOf,
  LIMIT_MS,
  read,
  remove,
} from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { clusterPolicy, cronJob, imagePolicy, job, pod, SCANNED, workload } from "../support/cluster/objects.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

/** A policy under which no image of ours passes any more, as after a rule was tightened. */
const REFUSE_ALL = [{ name: "nothing.example/*" }];

describeCluster("workloads with enforceAt pod", { gates: 2 }, (place) => {
  let registry: string;
  const digests = new Map<string, Digest>();

  beforeAll(async () => {
    const cluster = place.current;
    registry = cluster.server.registry;
    for (const tag of ["1.0", "2.0"]) {
      digests.set(tag, await pushImage(goodImage(tag), `${registry}/team/good:${tag}`, cluster.credentials));
    }
    await pushImage(vulnerableImage("bad"), `${registry}/team/bad:1.0`, cluster.credentials);
    await applyPolicy(cluster, clusterPolicy("base", [{ name: "*", policy: SCANNED }]));
    const settled = await createNamespace(cluster, "settled");
    for (const [name, status] of [
      ["good:1.0", 201],
      ["good:2.0", 201],
      ["bad:1.0", 403],
    ] as const) {
      const object = pod({ name: "probe", namespace: settled }, [`${registry}/team/${name}`]);
      let said = "";
      await waitUntil(`${name} is judged: ${said}`, LIMIT_MS, async () => {
        const answer = await create(cluster, object, "?dryRun=All");
        said = answer.body.message;
        return answer.status === status;
      });
    }
  });

  function image(name: string): string {
    return `${registry}/team/${name}`;
  }

  function pinned(tag: string): string {
    return `${registry}/team/good@${digests.get(tag) ?? ""}`;
  }

  async function podImages(namespace: string, app: string): Promise<readonly string[]> {
    const pods = await itemsOf(place.current, "Pod", { namespace, app });
    return pods.flatMap((each) => each.spec.containers.map((container: { image: string }) => container.image));
  }

  /** The Deployment that has that many Pods, all with that image. */
  async function waitForPods(namespace: string, app: string, expected: readonly string[]): Promise<void> {
    let found: readonly string[] = [];
    await waitUntil(`${app} has its Pods`, LIMIT_MS, async () => {
      found = await podImages(namespace, app);
      return found.length === expected.length && found.every((each, index) => each === expected[index]);
    }).catch((error: unknown) => {
      throw new Error(`expected ${expected.join(", ")}, found ${found.join(", ")}`, { cause: error });
    });
  }

  it("lets a denied Deployment exist, warns at once, and its ReplicaSet reports why it makes no Pod", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "denied");
    const deployment = workload("Deployment", { name: "web", namespace }, [image("bad:1.0")]);
    const created = await cluster.kubectl(["create", "-f", "-"], deployment);
    expect(created).toMatchObject({ code: 0 });
    expect(created.stderr).toContain("Warning:");
    expect(created.stderr).toContain(image("bad:1.0"));
    expect(created.stderr).toContain("lodash");

    let message = "";
    await waitUntil("the ReplicaSet reports FailedCreate", LIMIT_MS, async () => {
      const [replicaSet] = await itemsOf(cluster, "ReplicaSet", { namespace, app: "web" });
      const conditions = (replicaSet?.status.conditions ?? []) as readonly Condition[];
      message = conditions.find(({ type }) => type === "ReplicaFailure")?.message ?? "";
      return message !== "";
    });
    expect(message).toContain("denied the request");
    expect(message).toContain(image("bad:1.0"));
    const { body } = await cluster.plane.admin.call("GET", `/api/v1/namespaces/${namespace}/events`);
    const failures = body.items.filter((each: { readonly reason: string }) => each.reason === "FailedCreate");
    expect(failures[0].message).toContain("lodash");
    expect(await podImages(namespace, "web")).toEqual([]);
  });

  it("pins the Pods of an allowed Deployment to the digest that was judged, without a warning", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "allowed");
    const created = await cluster.kubectl(
      ["create", "-f", "-"],
      workload("Deployment", { name: "web", namespace }, [image("good:1.0"), image("good:2.0")]),
    );
    expect(created).toMatchObject({ code: 0, stderr: "" });
    await waitForPods(namespace, "web", [pinned("1.0"), pinned("2.0")]);
    const [made] = await itemsOf(cluster, "Pod", { namespace, app: "web" });
    expect(JSON.stringify(made?.metadata.annotations)).toContain("good:1.0");
  });

  it("scales, rolls back and deletes an admitted workload although its image would be refused now; a new one is refused", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "settled-workload");
    const named = { name: "web", namespace };
    // nothing gets ready without a kubelet, so a rolling update would wait for ever
    const strategy = { type: "Recreate" };
    await create(cluster, workload("Deployment", named, [image("good:1.0")], { strategy }));
    await waitForPods(namespace, "web", [pinned("1.0")]);
    expect(
      await cluster.kubectl(["-n", namespace, "set", "image", "deployment/web", `c0=${image("good:2.0")}`]),
    ).toMatchObject({ code: 0 });
    await waitForPods(namespace, "web", [pinned("2.0")]);

    await applyPolicy(cluster, imagePolicy({ name: "tightened", namespace }, REFUSE_ALL));
    expect((await create(cluster, pod({ name: "new", namespace }, [image("good:2.0")]))).status).toBe(403);

    const scaled = await cluster.kubectl(["-n", namespace, "scale", "deployment/web", "--replicas=3"]);
    expect(scaled).toMatchObject({ code: 0 });
    await waitForPods(namespace, "web", [pinned("2.0"), pinned("2.0"), pinned("2.0")]);

    expect(await cluster.kubectl(["-n", namespace, "rollout", "undo", "deployment/web"])).toMatchObject({ code: 0 });
    await waitForPods(namespace, "web", [pinned("1.0"), pinned("1.0"), pinned("1.0")]);

    expect(await cluster.kubectl(["-n", namespace, "scale", "deployment/web", "--replicas=1"])).toMatchObject({
      code: 0,
    });
    const label = await cluster.kubectl(["-n", namespace, "label", "deployment/web", "team=a"]);
    expect(label).toMatchObject({ code: 0 });
    const deleted = await cluster.kubectl(["-n", namespace, "delete", "deployment/web", "--timeout=60s"]);
    expect(deleted).toMatchObject({ code: 0 });
  });

  it("a ReplicaSet that was admitted with a warning only does not count as admitted", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "warned");
    const named = { name: "web", namespace };
    await cluster.kubectl(["create", "-f", "-"], workload("Deployment", named, [image("bad:1.0")]));
    const scaled = await cluster.kubectl(["-n", namespace, "scale", "deployment/web", "--replicas=2"]);
    expect(scaled).toMatchObject({ code: 0 });
    await waitUntil("both attempts failed", LIMIT_MS, async () => {
      const [replicaSet] = await itemsOf(cluster, "ReplicaSet", { namespace, app: "web" });
      const conditions = (replicaSet?.status.conditions ?? []) as readonly Condition[];
      return replicaSet?.spec.replicas === 2 && conditions.some(({ type }) => type === "ReplicaFailure");
    });
    expect(await podImages(namespace, "web")).toEqual([]);
  });

  it("what was denied can always be deleted", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "deletable");
    await create(cluster, workload("Deployment", { name: "web", namespace }, [image("bad:1.0")]));
    const deleted = await cluster.kubectl(["-n", namespace, "delete", "deployment/web", "--timeout=60s"]);
    expect(deleted).toMatchObject({ code: 0 });
    expect(await cluster.kubectl(["delete", "namespace", namespace, "--timeout=60s"])).toMatchObject({ code: 0 });
  });

  it("kubectl debug brings only an image that is allowed, and it is pinned", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "debugged");
    const object = pod({ name: "app", namespace }, [image("good:1.0")]);
    expect((await create(cluster, object)).status).toBe(201);
    const refused = await cluster.kubectl([
      ...["-n", namespace, "debug", "app", "--container", "intruder", `--image=${image("bad:1.0")}`],
      ...["--profile=general", "--attach=false"],
    ]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("denied the request");
    const allowed = await cluster.kubectl([
      ...["-n", namespace, "debug", "app", "--container", "helper", `--image=${image("good:2.0")}`],
      ...["--profile=general", "--attach=false"],
    ]);
    expect(allowed).toMatchObject({ code: 0 });
    const { body } = await read(cluster, object);
    const found = body.spec.ephemeralContainers.map((each: { name: string; image: string }) => [each.name, each.image]);
    expect(found).toEqual([["helper", pinned("2.0")]]);
  });

  it("a Job makes Pods with allowed images only", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "jobs");
    const created = await cluster.kubectl(
      ["create", "-f", "-"],
      [job({ name: "good", namespace }, [image("good:1.0")]), job({ name: "bad", namespace }, [image("bad:1.0")])],
    );
    expect(created).toMatchObject({ code: 0 });
    expect(created.stderr).toContain("Warning:");
    await waitUntil("the bad Job reports FailedCreate", LIMIT_MS, async () => {
      const { body } = await cluster.plane.admin.call("GET", `/api/v1/namespaces/${namespace}/events`);
      return (body.items as readonly KubernetesEvent[]).some(
        (each) =>
          each.reason === "FailedCreate" && each.involvedObject.name === "bad" && each.message.includes("lodash"),
      );
    });
    await waitUntil("the good Job has its Pod", LIMIT_MS, async () => {
      return (await itemsOf(cluster, "Pod", { namespace })).length === 1;
    });
    const [made] = await itemsOf(cluster, "Pod", { namespace });
    expect(made?.spec.containers[0].image).toBe(pinned("1.0"));
  });

  it("kubectl create job --from a CronJob is judged like any other", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "cron");
    for (const name of ["good", "bad"]) {
      const created = await cluster.kubectl(
        ["create", "-f", "-"],
        cronJob({ name, namespace }, [image(`${name}:1.0`)]),
      );
      expect(created).toMatchObject({ code: 0 });
      expect(created.stderr.includes("Warning:")).toBe(name === "bad");
      const started = await cluster.kubectl([
        "-n",
        namespace,
        "create",
        "job",
        `once-${name}`,
        `--from=cronjob/${name}`,
      ]);
      expect(started).toMatchObject({ code: 0 });
      expect(started.stderr.includes("Warning:")).toBe(name === "bad");
    }
    await waitUntil("the good Job has its Pod", LIMIT_MS, async () => {
      return (await itemsOf(cluster, "Pod", { namespace })).length === 1;
    });
    const [made] = await itemsOf(cluster, "Pod", { namespace });
    expect(made?.metadata.name).toContain("once-good");
    expect(made?.spec.containers[0].image).toBe(pinned("1.0"));
  });

  it.each([
    {
      kind: "StatefulSet",
      object: workload("StatefulSet", { name: "w", namespace: "kinds" }, ["IMAGE"], { serviceName: "w" }),
    },
    { kind: "ReplicaSet", object: workload("ReplicaSet", { name: "w", namespace: "kinds" }, ["IMAGE"]) },
    { kind: "DaemonSet", object: workload("DaemonSet", { name: "w", namespace: "kinds" }, ["IMAGE"]) },
    {
      kind: "ReplicationController",
      object: {
        apiVersion: "v1",
        kind: "ReplicationController",
        metadata: { name: "w", namespace: "kinds" },
        spec: {
          selector: { app: "w" },
          template: { metadata: { labels: { app: "w" } }, spec: { containers: [{ name: "c", image: "IMAGE" }] } },
        },
      },
    },
  ])("warns about a $kind whose Pods will be denied, and lets it be", async ({ object }) => {
    const cluster = place.current;
    await createNamespace(cluster, "kinds").catch(() => "of an earlier row");
    const answer = await create(
      cluster,
      JSON.parse(JSON.stringify(object).replaceAll("IMAGE", image("bad:1.0"))) as object,
    );
    expect(answer.status).toBe(201);
    expect(answer.warnings.join()).toContain(image("bad:1.0"));
    await remove(cluster, object);
  });

  it("checks init containers too", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "init");
    const initContainers = [{ name: "setup", image: image("bad:1.0") }];
    const answer = await create(cluster, pod({ name: "app", namespace }, [image("good:1.0")], { initContainers }));
    expect(answer.status).toBe(403);
    expect(answer.body.message).toContain(image("bad:1.0"));
  });
});

interface Condition {
  readonly type: string;
  readonly message: string;
}

interface KubernetesEvent {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly name: string };
}

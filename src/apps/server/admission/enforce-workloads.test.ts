// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { parsePolicyDocuments } from "#policy";
import {
  type AdmissionWorld,
  ask,
  image,
  patchOf,
  pinned,
  pod,
  request,
  useAdmissionWorld,
  workload,
} from "../../../../test/support/admission-world.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

function template(tag: string, spec: object = {}): object {
  return { metadata: {}, spec: { containers: [{ name: "c", image: image(tag) }], ...spec } };
}

type Asked = Readonly<Record<string, unknown>> & { readonly object: object };

function deployment(tag: string, changes: object = {}): Asked {
  const asked = workload("Deployment", "apps/v1/deployments", template(tag)) as Asked;
  return { ...asked, object: { ...asked.object, metadata: { name: "web", uid: "d-1" } }, ...changes };
}

describe("where workloads are enforced", () => {
  beforeEach(() => {
    world.settings = { enforceAt: "workload" };
  });

  it.each([
    ["ReplicationController", "/v1/replicationcontrollers"],
    ["Deployment", "apps/v1/deployments"],
    ["ReplicaSet", "apps/v1/replicasets"],
    ["DaemonSet", "apps/v1/daemonsets"],
    ["StatefulSet", "apps/v1/statefulsets"],
    ["Job", "batch/v1/jobs"],
    ["CronJob", "batch/v1/cronjobs"],
  ])("a %s is refused, and the decision recorded", async (kind, resource) => {
    await world.start();
    const response = await ask(world, workload(kind, resource, template("bad")));
    expect(response).toMatchObject({ allowed: false, status: { code: 403 } });
    expect(response.status?.message).toContain(`Haechi refused this ${kind}: 1 of its 1 image may not run.`);
    expect(world.decisions).toMatchObject([
      { outcome: "deny", kind, name: "web", operation: "CREATE", webhook: "admit", actor: "alice" },
    ]);
    expect((await ask(world, workload(kind, resource, template("good")), "/validate")).allowed).toBe(true);
  });

  it("one that nobody can tell about follows the setting, and a scan in progress is waited for", async () => {
    await world.start();
    expect((await ask(world, deployment("unknown"))).status?.code).toBe(503);
    expect((await ask(world, deployment("pending"))).allowed).toBe(true);
  });

  it("one that is allowed is not changed: its Pods are", async () => {
    await world.start();
    expect((await ask(world, deployment("good"))).patch).toBeUndefined();
    expect((await ask(world, deployment("good"), "/validate")).allowed).toBe(true);
  });

  it("one that runs can be scaled, paused and labelled, whatever its image comes to now", async () => {
    await world.start();
    const before = deployment("bad");
    const scaled = { ...before.object, metadata: { name: "web", uid: "d-1", labels: { a: "b" } } };
    const asked = { ...before, operation: "UPDATE", object: scaled, oldObject: before.object };
    expect(await ask(world, asked)).toEqual({ uid: "u1", allowed: true });
    expect(await ask(world, asked, "/validate")).toEqual({ uid: "u1", allowed: true });
  });

  it("one can be rolled back to what was admitted for it, and to nothing else", async () => {
    await world.start();
    const first = deployment("good");
    await ask(world, first);
    expect(world.admissions.owners).toEqual([]);
    await ask(world, first, "/validate");
    expect(world.admissions.owners).toMatchObject([{ uid: "d-1", images: [{ digest: digestOf("good") }] }]);
    world.outcomes.set(digestOf("good"), "deny");
    world.outcomes.set(digestOf("next"), "allow");
    world.tags.set("team/app:next", digestOf("next"));
    const undo = { ...deployment("good"), operation: "UPDATE", oldObject: deployment("next").object };
    expect((await ask(world, undo)).allowed).toBe(true);
    expect((await ask(world, undo, "/validate")).allowed).toBe(true);
    const other = { ...undo, object: { ...undo.object, metadata: { name: "other", uid: "d-1" } } };
    // The uid counts that the API server keeps, not the one that is written.
    const otherBefore = { ...deployment("next").object, metadata: { name: "other", uid: "d-2" } };
    expect((await ask(world, { ...other, oldObject: otherBefore })).allowed).toBe(false);
    expect((await ask(world, { ...undo, object: deployment("bad").object })).allowed).toBe(false);
    expect((await ask(world, { ...undo, operation: "CREATE", oldObject: null })).allowed).toBe(false);
  });
});

describe("what a Pod may not bring in by an update", () => {
  const running = {
    ...pod(image("bad")),
    spec: { containers: [{ name: "c0", image: image("bad") }], initContainers: [{ name: "i", image: image("good") }] },
  };
  it.each([
    {
      name: "an ephemeral container with the image of another container",
      spec: { ...running.spec, ephemeralContainers: [{ name: "debug", image: image("bad") }] },
      subResource: "ephemeralcontainers",
    },
    {
      name: "the image of one container in another",
      spec: { ...running.spec, initContainers: [{ name: "i", image: image("bad") }] },
      subResource: "",
    },
    {
      name: "an image volume",
      spec: { ...running.spec, volumes: [{ name: "v", image: { reference: image("bad") } }] },
      subResource: "",
    },
    {
      name: "an image volume by the subresource resize",
      spec: { ...running.spec, volumes: [{ name: "v", image: { reference: image("bad") } }] },
      subResource: "resize",
    },
  ])("$name", async ({ spec, subResource }) => {
    await world.start();
    const asked = request({ ...running, spec }, { operation: "UPDATE", oldObject: running, subResource });
    expect((await ask(world, asked)).status?.code).toBe(403);
  });

  it("passes with what was there, in any order", async () => {
    await world.start();
    const many = {
      ...running,
      spec: { containers: [...running.spec.containers, { name: "c1", image: image("good") }] },
    };
    const spec = { containers: many.spec.containers.toReversed() };
    expect((await ask(world, request({ ...many, spec }, { operation: "UPDATE", oldObject: many }))).allowed).toBe(true);
  });
});

it("a mirror of a static Pod passes when its kubelet makes it, and only then", async () => {
  await world.start();
  const mirror = {
    ...pod(image("bad")),
    metadata: { name: "etcd", annotations: { "kubernetes.io/config.mirror": "x" } },
    spec: { nodeName: "node-1", containers: [{ name: "c", image: image("bad") }] },
  };
  const kubelet = { username: "system:node:node-1", groups: ["system:nodes"] };
  expect(await ask(world, request(mirror, { userInfo: kubelet }))).toEqual({ uid: "u1", allowed: true });
  expect((await ask(world, request(mirror))).allowed).toBe(false);
  expect(world.decisions).toHaveLength(1);
});

describe("rules for workloads", () => {
  function useRules(rules: string): void {
    world.policies = parsePolicyDocuments(
      `apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: rules}\nspec:\n  repositories: [{name: '*'}]\n  workload: ${rules}\n`,
      "test",
    ).documents;
  }
  const privileged = {
    ...pod("quay.example/app:1"),
    spec: { containers: [{ name: "c", image: "quay.example/app:1", securityContext: { privileged: true } }] },
  };

  it("refuse a Pod, by name of the field, and are recorded without an image", async () => {
    useRules("{privileged: deny}");
    await world.start();
    for (const path of ["/admit", "/validate", "/admit/trust"]) {
      const response = await ask(world, request(privileged), path);
      expect(response).toMatchObject({ allowed: false, status: { code: 403 } });
      expect(response.status?.message).toMatch(/^Haechi refused this Pod: it breaks the rules of the policy/);
      expect(response.status?.details?.causes.length).toBe(1);
    }
    expect((await ask(world, request(privileged), "/admit/va")).allowed).toBe(true);
    expect(world.decisions.filter(({ reference }) => reference === "")).toMatchObject([
      { outcome: "deny", kind: "Pod", webhook: "admit", policy: { name: "rules", repository: "" } },
      { webhook: "validate" },
      { webhook: "admit/trust" },
    ]);
    expect(await world.metrics.getSingleMetricAsString("haechi_admission_workloads_total")).toContain('"deny"} 3');
  });

  it("look at an ephemeral container, and at no other update of a Pod", async () => {
    useRules("{privileged: deny}");
    await world.start();
    const update = request(privileged, { operation: "UPDATE", oldObject: privileged });
    expect((await ask(world, update)).allowed).toBe(true);
    const debug = { ...privileged.spec, ephemeralContainers: [{ name: "d", image: "quay.example/app:1" }] };
    const asked = { ...update, object: { ...privileged, spec: debug }, subResource: "ephemeralcontainers" };
    expect((await ask(world, asked)).allowed).toBe(false);
  });

  it.each([
    { enforceAt: "pod" as const, allowed: true },
    { enforceAt: "workload" as const, allowed: false },
  ])(
    "on what makes Pods warn or refuse (enforceAt: $enforceAt), when its template is new",
    async ({ enforceAt, allowed }) => {
      useRules("{privileged: deny}");
      world.settings = { enforceAt };
      await world.start();
      const asked = workload("Job", "batch/v1/jobs", { metadata: {}, spec: privileged.spec }) as Asked;
      const response = await ask(world, asked);
      expect(response.allowed).toBe(allowed);
      if (allowed) {
        expect(response.warnings?.join()).toMatch(/Haechi would refuse the Pods of this Job/);
      }
      const scaled = { ...asked, operation: "UPDATE", oldObject: asked.object };
      expect(await ask(world, scaled)).toEqual({ uid: "u1", allowed: true });
    },
  );

  it("in warn mode warn", async () => {
    useRules("{mode: warn, privileged: deny}");
    await world.start();
    const response = await ask(world, request(privileged));
    expect([response.allowed, response.warnings?.join()]).toEqual([true, expect.stringMatching(/only warns so far/)]);
  });

  it("let no owner pass: what was admitted was its images", async () => {
    useRules("{privileged: deny}");
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "rs", uid: "rs-1", controller: true };
    const asked = request(
      { ...privileged, metadata: { name: "web", ownerReferences: [owner] } },
      { userInfo: { username: "system:kube-controller-manager" } },
    );
    world.admissions.recordOwner({
      uid: "rs-1",
      namespace: "team",
      images: [{ place: "/spec/containers/0/image", reference: "quay.example/app:1" }],
      usedAt: new Date().toISOString(),
    });
    await world.start();
    expect((await ask(world, asked)).allowed).toBe(false);
  });

  it("give a Pod another service account when it is made with none or default, and otherwise never", async () => {
    useRules("{serviceAccount: {assign: restricted}}");
    await world.start();
    const given = { op: "add", path: "/spec/serviceAccountName", value: "restricted" };
    const plain = pod("quay.example/app:1") as { readonly spec: object };
    expect(patchOf(await ask(world, request(plain)))).toEqual([given]);
    const named = { ...plain, spec: { ...plain.spec, serviceAccountName: "deployer" } };
    expect(patchOf(await ask(world, request(named)))).toBeUndefined();
    expect(patchOf(await ask(world, request(plain), "/validate"))).toBeUndefined();
    const debug = { operation: "UPDATE", oldObject: plain, subResource: "ephemeralcontainers" };
    expect(patchOf(await ask(world, request(plain, debug)))).toBeUndefined();
  });
});

describe("how a pinned image is written", () => {
  it.each([
    { pinnedForm: "digest" as const, value: pinned("good") },
    { pinnedForm: "tag-and-digest" as const, value: pinned("good").replace("@", ":good@") },
  ])("$pinnedForm", async ({ pinnedForm, value }) => {
    world.settings = { pinnedForm };
    await world.start();
    expect(patchOf(await ask(world, request(pod(image("good")))))).toMatchObject([{ value }, {}]);
    expect((await ask(world, request(pod(value)), "/validate")).allowed).toBe(true);
    // In the other round of the first webhook nothing is left to do.
    expect((await ask(world, request(pod(value)))).patch).toBeUndefined();
  });
});

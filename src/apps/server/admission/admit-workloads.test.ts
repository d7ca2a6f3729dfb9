// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import {
  type AdmissionWorld,
  ask,
  image,
  request,
  useAdmissionWorld,
  workload,
} from "../../../../test/support/admission-world.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

describe("what makes Pods", () => {
  const template = { metadata: {}, spec: { containers: [{ name: "c", image: image("bad") }] } };
  it.each([
    ["ReplicationController", "", "v1", "replicationcontrollers"],
    ["Deployment", "apps", "v1", "deployments"],
    ["Deployment", "extensions", "v1beta1", "deployments"],
    ["ReplicaSet", "apps", "v1", "replicasets"],
    ["DaemonSet", "apps", "v1beta2", "daemonsets"],
    ["StatefulSet", "apps", "v1", "statefulsets"],
    ["Job", "batch", "v1", "jobs"],
    ["CronJob", "batch", "v1", "cronjobs"],
  ])("%s of %s/%s is admitted with a warning", async (kind, group, version, resource) => {
    await world.start();
    const response = await ask(world, workload(kind, `${group}/${version}/${resource}`, template));
    expect(response.allowed).toBe(true);
    expect(response.patch).toBeUndefined();
    expect(response.warnings).toEqual([
      `Haechi would refuse the Pods of this ${kind}: ${image("bad")} is denied.`,
      expect.stringMatching(/left-pad 1\.0\.0 has CVE-2026-1/),
    ]);
    expect(world.decisions).toEqual([]);
  });

  it("with a good image is admitted in silence, and does not wait for scans", async () => {
    await world.start();
    function spec(tag: string): object {
      return { metadata: {}, spec: { containers: [{ image: image(tag) }] } };
    }
    expect(await ask(world, workload("Job", "batch/v1/jobs", spec("good")))).toEqual({
      uid: "u1",
      allowed: true,
    });
    const pending = await ask(world, workload("Job", "batch/v1/jobs", spec("pending")));
    expect(pending.warnings?.[0]).toMatch(/cannot tell now/);
    expect(world.waits).toEqual([]);
  });

  it("is left alone when it is scaled", async () => {
    await world.start();
    const asked = workload("Deployment", "apps/v1/deployments", template) as { readonly object: object };
    expect(await ask(world, { ...asked, operation: "UPDATE", oldObject: asked.object })).toEqual({
      uid: "u1",
      allowed: true,
    });
    const scale = {
      kind: { group: "autoscaling", version: "v1", kind: "Scale" },
      subResource: "scale",
      object: { spec: { replicas: 3 } },
    };
    expect(await ask(world, { ...asked, ...scale, operation: "UPDATE" })).toEqual({ uid: "u1", allowed: true });
  });

  it.each([
    ["batch.volcano.sh", "v1alpha1", "jobs", "Job"],
    ["apps", "v1", "controllerrevisions", "ControllerRevision"],
    ["", "v1", "services", "Service"],
    ["example.com", "v1", "pods", "Pod"],
  ])("is left alone when it is another group's or no workload: %s/%s/%s", async (group, version, resource, kind) => {
    await world.start();
    expect(await ask(world, workload(kind, `${group}/${version}/${resource}`, template))).toEqual({
      uid: "u1",
      allowed: true,
    });
  });

  it.each([
    ["Deployment", "apps", "v2", "deployments"],
    ["CronJob", "batch", "v2alpha1", "cronjobs"],
    ["Pod", "", "v2", "pods"],
    ["Sneaky", "apps", "v1", "deployments"],
  ])("is refused in a form that we cannot read: %s %s/%s/%s", async (kind, group, version, resource) => {
    await world.start();
    const response = await ask(world, workload(kind, `${group}/${version}/${resource}`, template));
    expect(response).toMatchObject({ allowed: false, status: { code: 403 } });
    expect(response.status?.message).toContain(`${version}/${resource} (${kind})`);
  });

  it("is refused where the old ephemeral container kind is used", async () => {
    await world.start();
    const changes = {
      subResource: "ephemeralcontainers",
      kind: { group: "", version: "v1", kind: "EphemeralContainers" },
      operation: "UPDATE",
    };
    expect(await ask(world, request({ ephemeralContainers: [] }, changes))).toMatchObject({ allowed: false });
  });
});

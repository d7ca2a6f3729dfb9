// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { KubeObject } from "#kube";
import { digestOfRunningImage } from "./running-digest.ts";
import { selectRunningPod } from "./running-pod.ts";

const DIGEST = digestOf("image");
const OTHER = digestOf("other");

function pod(changes: object = {}, metadata: object = {}): KubeObject {
  return {
    metadata: {
      name: "web-1",
      namespace: "shop",
      uid: "uid-1",
      creationTimestamp: "2026-11-22T09:00:00Z",
      ...metadata,
    },
    ...changes,
  };
}

describe("the digest of what runs", () => {
  it.each([
    { name: "a bare digest is that of a configuration, not of a manifest", id: DIGEST, want: undefined },
    { name: "docker's image id names no manifest", id: `docker://${DIGEST}`, want: undefined },
    { name: "nothing was pulled yet", id: "", want: undefined },
    { name: "no status at all", id: undefined, want: undefined },
    { name: "a digest of another algorithm", id: "nginx@md5:0123", want: undefined },
    { name: "something that is no reference", id: `:/@${DIGEST}`, want: undefined },
    { name: "what docker pulled", id: `docker-pullable://nginx@${DIGEST}`, want: DIGEST },
    { name: "what containerd pulled", id: `docker.io/library/nginx@${DIGEST}`, want: DIGEST },
  ])("$name", ({ id, want }) => {
    expect(digestOfRunningImage("nginx:1", id)).toBe(want);
  });

  it("a pinned reference says it all, whatever the status claims", () => {
    expect(digestOfRunningImage(`nginx:1@${DIGEST}`, `nginx@${OTHER}`)).toBe(DIGEST);
    expect(digestOfRunningImage(`nginx@${DIGEST}`, undefined)).toBe(DIGEST);
    expect(digestOfRunningImage("nginx@sha256:short", undefined)).toBeUndefined();
  });
});

describe("a pod", () => {
  it.each([
    { name: "nothing but metadata", object: pod() },
    { name: "nulls where objects belong", object: pod({ spec: null, status: null }) },
    {
      name: "lists of nulls",
      object: pod({ spec: { containers: [null, 3, "x"], volumes: [null, {}] }, status: { containerStatuses: [null] } }),
    },
    { name: "texts where lists belong", object: pod({ spec: { containers: "x" }, status: { containerStatuses: {} } }) },
    {
      name: "images that are no texts",
      object: pod({ spec: { containers: [{ name: {}, image: 3 }, { image: " " }] } }),
    },
  ])("with $name runs nothing", ({ object }) => {
    expect(selectRunningPod(object)).toMatchObject({ namespace: "shop", name: "web-1", images: [], isStatic: false });
  });

  it("runs its init containers, containers, ephemeral containers and image volumes", () => {
    const spec = {
      nodeName: "node-a",
      initContainers: [{ name: "setup", image: "setup:1" }],
      containers: [{ name: "web", image: "web:1" }],
      ephemeralContainers: [{ name: "debug", image: "debug:1" }],
      volumes: [{ name: "models", image: { reference: `models@${DIGEST}` } }, { name: "plain" }],
    };
    const status = {
      phase: "Running",
      containerStatuses: [{ name: "web", imageID: `web@${OTHER}` }],
      // of a container of the same name in another list
      initContainerStatuses: [{ name: "web", imageID: `web@${DIGEST}` }],
    };
    expect(selectRunningPod(pod({ spec, status }))).toMatchObject({
      node: "node-a",
      phase: "Running",
      images: [
        { container: "initContainers/setup", reference: "setup:1" },
        { container: "web", reference: "web:1", digest: OTHER },
        { container: "ephemeralContainers/debug", reference: "debug:1" },
        { container: "volumes/models", digest: DIGEST },
      ],
    });
  });

  it.each(["Succeeded", "Failed"])("that has ended (%s) runs nothing", (phase) => {
    const spec = { containers: [{ name: "web", image: "web:1" }] };
    expect(selectRunningPod(pod({ spec, status: { phase } })).images).toEqual([]);
  });

  it("of many thousand containers is cut", () => {
    const containers = Array.from({ length: 5_000 }, (_, index) => ({ name: `c${index}`, image: "x".repeat(10_000) }));
    const { images } = selectRunningPod(pod({ spec: { containers } }));
    expect(images).toHaveLength(1_000);
    expect(images[0]?.reference).toHaveLength(2_000);
  });

  it("is static only if a Node stands behind it: an annotation is a claim", () => {
    const annotations = { "kubernetes.io/config.mirror": "abc" };
    const node = { apiVersion: "v1", kind: "Node", name: "node-a", uid: "n", controller: true };
    expect(selectRunningPod(pod({}, { annotations })).isStatic).toBe(false);
    expect(selectRunningPod(pod({}, { ownerReferences: [node] })).isStatic).toBe(false);
    expect(selectRunningPod(pod({}, { annotations, ownerReferences: [node] })).isStatic).toBe(true);
    const source = { "kubernetes.io/config.source": "api" };
    expect(selectRunningPod(pod({}, { annotations: source, ownerReferences: [node] })).isStatic).toBe(false);
  });
});

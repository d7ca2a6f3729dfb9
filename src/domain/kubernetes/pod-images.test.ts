// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at } from "./json-pointer.ts";
import { buildPinPatch, readOriginalImages } from "./pin-patch.ts";
import { readPodImages } from "./pod-images.ts";

const POD = { kind: "Pod", template: "" };
const CRON_JOB = { kind: "CronJob", template: "/spec/jobTemplate/spec/template" };

const SPEC = {
  initContainers: [{ name: "setup", image: "a:1" }],
  containers: [{ name: "app", image: "b:1" }, { name: "blank", image: " " }, { name: "none" }],
  ephemeralContainers: [{ name: "debug", image: "c:1" }],
  volumes: [
    { name: "models", image: { reference: "d:1", pullPolicy: "Always" } },
    { name: "tmp", emptyDir: {} },
  ],
};

describe("readPodImages", () => {
  it("finds all lists, with a pointer to each image", () => {
    expect(readPodImages(POD, { spec: SPEC })).toEqual([
      { pointer: "/spec/initContainers/0/image", label: "initContainers/setup", reference: "a:1" },
      { pointer: "/spec/containers/0/image", label: "app", reference: "b:1" },
      { pointer: "/spec/ephemeralContainers/0/image", label: "ephemeralContainers/debug", reference: "c:1" },
      { pointer: "/spec/volumes/0/image/reference", label: "volumes/models", reference: "d:1" },
    ]);
  });

  it("finds them in a template, where the pointers lead", () => {
    const object = { spec: { jobTemplate: { spec: { template: { spec: SPEC } } } } };
    const images = readPodImages(CRON_JOB, object) ?? [];
    expect(images).toHaveLength(4);
    expect(images.map((image) => at(object, image.pointer))).toEqual(images.map((image) => image.reference));
  });

  it.each([
    { name: "null", object: null },
    { name: "no spec", object: {} },
    { name: "a spec of another type", object: { spec: [] } },
    { name: "an inherited spec", object: Object.create({ spec: SPEC }) as object },
    { name: "a list of another type", object: { spec: { containers: "x" } } },
    { name: "an image of another type", object: { spec: { containers: [{ image: { x: 1 } }] } } },
  ])("has nothing to say about $name", ({ object }) => {
    expect(readPodImages(POD, object)).toBeUndefined();
  });

  it("knows that only a ReplicationController may lack a template", () => {
    expect(readPodImages({ kind: "ReplicationController", template: "/spec/template" }, { spec: {} })).toEqual([]);
    expect(readPodImages({ kind: "Deployment", template: "/spec/template" }, { spec: {} })).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        readPodImages(POD, JSON.parse(text));
        readPodImages(CRON_JOB, { spec: JSON.parse(text) as unknown });
      }),
    );
  });
});

describe("buildPinPatch", () => {
  const image = { pointer: "/spec/containers/0/image", label: "app", reference: "b:1" };
  const replace = { op: "replace", path: image.pointer, value: "b@sha256:0" };
  const note = JSON.stringify({ app: "b:1" });
  it.each([
    {
      name: "no annotations",
      metadata: {},
      want: { path: "/metadata/annotations", value: { "haechi.dev/original-images": note } },
    },
    {
      name: "annotations that are null",
      metadata: { annotations: null },
      want: { path: "/metadata/annotations", value: { "haechi.dev/original-images": note } },
    },
    {
      name: "other annotations",
      metadata: { annotations: { a: "b" } },
      want: { path: "/metadata/annotations/haechi.dev~1original-images", value: note },
    },
    {
      name: "a note that is no JSON",
      metadata: { annotations: { "haechi.dev/original-images": "{" } },
      want: { path: "/metadata/annotations/haechi.dev~1original-images", value: note },
    },
  ])("with $name", ({ metadata, want }) => {
    expect(buildPinPatch({ metadata }, [{ image, pinned: "b@sha256:0" }])).toEqual([replace, { op: "add", ...want }]);
  });

  it("without metadata pins without a note, and without pins does nothing", () => {
    expect(buildPinPatch({}, [{ image, pinned: "b@sha256:0" }])).toEqual([replace]);
    expect(buildPinPatch({ metadata: {} }, [])).toEqual([]);
  });

  it.each(["{", "[]", "null", '"x"', '{"a":5}', `{"a":"${"x".repeat(70_000)}"}`])("takes no note from %s", (text) => {
    const pod = { metadata: { annotations: { "haechi.dev/original-images": text } } };
    expect(readOriginalImages(pod).size).toBe(0);
  });
});

// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { AdmissionRequest } from "./admission-request.ts";
import { isPinnedForm, pinReference } from "./pinned-reference.ts";
import { buildServiceAccountPatch, isMirrorPod, readPodTemplate, readPullSecretNames } from "./pod-facts.ts";

const DIGEST = digestOf("a");
const OTHER = digestOf("b");

describe("a mirror Pod", () => {
  const request: AdmissionRequest = {
    uid: "u",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    subResource: "",
    name: "etcd-node-1",
    namespace: "kube-system",
    operation: "CREATE",
    userName: "system:node:node-1",
    userGroups: ["system:nodes", "system:authenticated"],
    userUid: "",
    userExtra: undefined,
    isDryRun: false,
    object: { metadata: { annotations: { "kubernetes.io/config.mirror": "hash" } }, spec: { nodeName: "node-1" } },
    oldObject: null,
  };
  it.each([
    { name: "of a user who says so", changes: { userName: "alice" } },
    { name: "of a user with a name like a node's, without the group", changes: { userGroups: [] } },
    { name: "for another node", changes: { userName: "system:node:node-2" } },
    { name: "of no node", changes: { userName: "system:node:" } },
    { name: "without the annotation", changes: { object: { metadata: {}, spec: { nodeName: "node-1" } } } },
    { name: "that is changed", changes: { operation: "UPDATE" as const } },
    { name: "with an ephemeral container", changes: { subResource: "ephemeralcontainers" } },
  ])("$name is none", ({ changes }) => {
    expect(isMirrorPod({ ...request, ...changes })).toBe(false);
  });

  it("is one when the kubelet of its node makes it", () => {
    expect(isMirrorPod(request)).toBe(true);
  });
});

describe("another service account", () => {
  it.each([
    { name: "is not given where one is named", spec: { serviceAccountName: "deployer" } },
    { name: "is not given where one is named in the older spelling", spec: { serviceAccount: "deployer" } },
  ])("$name", ({ spec }) => {
    expect(buildServiceAccountPatch({ spec }, "restricted")).toEqual([]);
  });

  it("takes the place of default, in both spellings", () => {
    const name = { op: "add", path: "/spec/serviceAccountName", value: "restricted" };
    const older = { op: "add", path: "/spec/serviceAccount", value: "restricted" };
    expect(buildServiceAccountPatch({ spec: {} }, "restricted")).toEqual([name]);
    expect(buildServiceAccountPatch({ spec: { serviceAccountName: "default" } }, "restricted")).toEqual([name]);
    const both = { serviceAccountName: "default", serviceAccount: "default" };
    expect(buildServiceAccountPatch({ spec: both }, "restricted")).toEqual([name, older]);
  });
});

it("reads pull secrets and the service account, and nothing else", () => {
  const imagePullSecrets = [{ name: "a" }, { name: "" }, null, { name: 5 }, "x"];
  expect(readPullSecretNames({ imagePullSecrets, serviceAccountName: "s" })).toEqual({
    names: ["a"],
    serviceAccount: "s",
  });
  expect(
    readPullSecretNames({ imagePullSecrets: Array.from({ length: 1_000 }, () => ({ name: "a" })) }).names,
  ).toHaveLength(50);
  expect(readPullSecretNames(null)).toEqual({ names: [], serviceAccount: "default" });
});

it("never throws on any Pod", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      readPullSecretNames(value);
      buildServiceAccountPatch(value, "x");
      readPodTemplate({ kind: "Pod", template: "" }, value);
    }),
  );
});

describe("a pinned reference", () => {
  it.each([
    ["nginx", `docker.io/library/nginx@${DIGEST}`, `docker.io/library/nginx:latest@${DIGEST}`],
    ["reg:5000/a/b:1.0", `reg:5000/a/b@${DIGEST}`, `reg:5000/a/b:1.0@${DIGEST}`],
    [`reg:5000/a/b@${DIGEST}`, `reg:5000/a/b@${DIGEST}`, `reg:5000/a/b@${DIGEST}`],
    [`reg:5000/a/b:1.0@${OTHER}`, undefined, undefined],
    ["not a reference", undefined, undefined],
  ])("of %s", (reference, digestForm, tagForm) => {
    expect(pinReference(reference, DIGEST, "digest")).toBe(digestForm);
    expect(pinReference(reference, DIGEST, "tag-and-digest")).toBe(tagForm);
    if (digestForm !== undefined && tagForm !== undefined) {
      expect(isPinnedForm(digestForm, reference, DIGEST)).toBe(true);
      expect(isPinnedForm(tagForm, reference, DIGEST)).toBe(true);
      expect(isPinnedForm(digestForm, reference, OTHER)).toBe(false);
    }
  });
});

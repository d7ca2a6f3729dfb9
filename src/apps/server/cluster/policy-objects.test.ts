// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, it } from "vitest";
import type { KubeObject } from "#kube";
import { PolicyObjects } from "./policy-objects.ts";

let warned: string[];
let objects: PolicyObjects;

beforeEach(() => {
  warned = [];
  objects = new PolicyObjects({ warn: (_: object, text: string) => void warned.push(text) } as never);
});

/** As the API server gives it, with all that a user never writes. */
function policy(spec: unknown, uid = "u1"): KubeObject {
  return {
    apiVersion: "haechi.dev/v1",
    kind: "ImagePolicy",
    metadata: {
      name: "main",
      namespace: "team",
      uid,
      resourceVersion: "5",
      generation: 2,
      creationTimestamp: "2026-11-22T00:00:00Z",
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
      managedFields: [{ manager: "kubectl", fieldsV1: { "f:spec": {} } }],
    } as KubeObject["metadata"],
    spec,
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
}

const GOOD = { repositories: [{ name: "*", policy: { scan: { required: true } } }] };
const BAD = { repositories: [{ name: "*", polcy: {} }] };

it("an object of the API server is read", () => {
  expect(objects.read(policy(GOOD)).document).toEqual({
    kind: "ImagePolicy",
    name: "main",
    namespace: "team",
    ...GOOD,
  });
  expect(warned).toEqual([]);
});

it("one that cannot be read stands with its problem, and is complained about once", () => {
  const { document } = objects.read(policy(BAD));
  expect(document).toMatchObject({ kind: "ImagePolicy", namespace: "team", repositories: [] });
  expect(document?.problem).toMatch(/polcy/);
  objects.read(policy(BAD));
  expect(warned).toEqual(["ImagePolicy team/main cannot be read; what it applies to is undecided"]);
});

it("one that was readable keeps its last readable form, as long as it is the same object", () => {
  const good = objects.read(policy(GOOD));
  expect(objects.read(policy(BAD))).toBe(good);
  expect(objects.read(policy(BAD, "u2")).document?.problem).toBeDefined();
  objects.read(policy(GOOD));
  objects.forget("team/main");
  expect(objects.read(policy(BAD)).document?.problem).toBeDefined();
});

it("a condition that cannot be read is a problem of its policy", () => {
  const by = [{ keyless: { issuer: "https://i.example", subject: "ci@example.com" } }];
  const attestations = [{ predicateType: "https://example.com/t", by, conditions: ["predicate ("] }];
  const { document } = objects.read(policy({ repositories: [{ name: "*", policy: { attestations } }] }));
  expect(document?.problem).toMatch(/conditions\[0\]/);
});

it("an exception that cannot be read grants nothing", () => {
  const object = { ...policy({ reason: 5 }), kind: "PolicyException" };
  expect(objects.read(object)).toEqual({});
  expect(warned).toEqual(["PolicyException team/main cannot be read; it has no effect"]);
});

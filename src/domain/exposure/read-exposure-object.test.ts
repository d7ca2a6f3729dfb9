// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeExposure, readExposureObject } from "#exposure";
import { rounds } from "../../../test/support/rounds.ts";

const METADATA = { name: "x", namespace: "tools" };

describe("a field of another type makes an object unread", () => {
  it.each<{ readonly object: unknown; readonly detail: string }>([
    { object: null, detail: "expected an object" },
    { object: "kind: Pod", detail: "expected an object" },
    { object: [], detail: "expected an object" },
    { object: { apiVersion: "v1", kind: "Pod" }, detail: "spec is not" },
    { object: { apiVersion: "v1", kind: "Pod", spec: [] }, detail: "spec is not" },
    { object: { apiVersion: "v1", kind: "Pod", spec: { containers: {} } }, detail: "spec.containers" },
    { object: { apiVersion: "v1", kind: "Pod", spec: { containers: [null] } }, detail: "spec.containers[0]" },
    { object: { apiVersion: "v1", kind: "Pod", spec: { containers: [{ image: 1 }] } }, detail: "image" },
    {
      object: { apiVersion: "v1", kind: "Pod", spec: { containers: [{ ports: [{ containerPort: 70_000 }] }] } },
      detail: "containerPort",
    },
    {
      object: { apiVersion: "v1", kind: "Pod", metadata: { labels: { a: 1 } }, spec: { containers: [] } },
      detail: "metadata.labels.a",
    },
    { object: { apiVersion: "batch/v1", kind: "CronJob", spec: { schedule: "x" } }, detail: "spec is not" },
    { object: { apiVersion: "v1", kind: "Service", spec: { type: "Public" } }, detail: "spec.type" },
    { object: { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: "80" }] } }, detail: "spec.ports.port" },
    { object: { apiVersion: "v1", kind: "Service", spec: { externalIPs: "203.0.113.7" } }, detail: "externalIPs" },
    { object: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", spec: { rules: "x" } }, detail: "spec.rules" },
    {
      object: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", spec: { podSelector: "web" } },
      detail: "spec.podSelector",
    },
    {
      object: {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        spec: { podSelector: { matchExpressions: [{ key: "a", operator: "Like", values: ["x"] }] } },
      },
      detail: "matchExpressions[0]",
    },
    {
      object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", spec: { parentRefs: {} } },
      detail: "parentRefs",
    },
    {
      object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", spec: { listeners: [1] } },
      detail: "listeners",
    },
  ])("$detail", ({ object, detail }) => {
    expect(readExposureObject(object)).toMatchObject({
      unread: { reason: "invalid", detail: expect.stringContaining(detail) as string },
    });
  });

  it("what is of no kind that is judged is passed over", () => {
    expect(
      readExposureObject({ apiVersion: "v1", kind: "Secret", metadata: METADATA, data: { a: 1 } }),
    ).toBeUndefined();
    expect(readExposureObject({ kind: "__proto__" })).toBeUndefined();
  });

  it("a label called __proto__ is a label", () => {
    const labels = JSON.parse('{"__proto__": "x"}') as object;
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...METADATA, labels },
      spec: { containers: [{ image: "registry" }] },
    };
    const selector = JSON.parse('{"__proto__": "y"}') as object;
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: METADATA,
      spec: { type: "NodePort", selector, ports: [{ port: 80 }] },
    };
    const objects = [pod, service].map((each) => readExposureObject(each));
    const found = objects.flatMap((each) => (each !== undefined && "object" in each ? [each.object] : []));
    expect(judgeExposure({ objects: found, unread: [] }).subjects).toMatchObject([{ reach: "internal" }]);
  });

  it("and nothing is thrown, whatever the objects look like, and the report can be written", () => {
    const text = fc.constantFrom(
      "",
      "a",
      "registry",
      "harbor",
      "0.0.0.0/0",
      "10.0.0.1",
      "Ingress",
      "In",
      "LoadBalancer",
      "x/y/registry:2",
      "😀",
    );
    const key = fc.constantFrom(
      "containers",
      "image",
      "ports",
      "containerPort",
      "hostPort",
      "name",
      "env",
      "value",
      "valueFrom",
      "command",
      "args",
      "labels",
      "annotations",
      "namespace",
      "ownerReferences",
      "controller",
      "template",
      "metadata",
      "spec",
      "selector",
      "type",
      "externalIPs",
      "loadBalancerSourceRanges",
      "port",
      "targetPort",
      "rules",
      "http",
      "paths",
      "backend",
      "service",
      "number",
      "tls",
      "hosts",
      "podSelector",
      "matchLabels",
      "matchExpressions",
      "operator",
      "values",
      "ingress",
      "from",
      "ipBlock",
      "cidr",
      "endPort",
      "parentRefs",
      "backendRefs",
      "listeners",
      "protocol",
      "status",
      "loadBalancer",
      "ip",
      "replicas",
      "jobTemplate",
      "__proto__",
      "constructor",
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "medium" },
        fc.constantFrom<unknown>(null, true, false, 0, 22, 5_000, -1, 1e9, 0.5),
        text,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie("tree")), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    const kinds = fc.constantFrom(
      ["v1", "Pod"],
      ["apps/v1", "Deployment"],
      ["apps/v1", "ReplicaSet"],
      ["batch/v1", "CronJob"],
      ["v1", "Service"],
      ["networking.k8s.io/v1", "Ingress"],
      ["networking.k8s.io/v1", "NetworkPolicy"],
      ["gateway.networking.k8s.io/v1", "Gateway"],
      ["gateway.networking.k8s.io/v1", "HTTPRoute"],
    );
    const object = fc
      .tuple(kinds, tree, tree, tree)
      .map(([[apiVersion, kind], metadata, spec, status]) => ({ apiVersion, kind, metadata, spec, status }));
    fc.assert(
      fc.property(fc.array(object, { maxLength: 8 }), (values) => {
        const read = values.map((each) => readExposureObject(each));
        const objects = read.flatMap((each) => (each !== undefined && "object" in each ? [each.object] : []));
        const report = judgeExposure({ objects, unread: [] });
        expect(JSON.stringify(report)).toBeTypeOf("string");
      }),
      { numRuns: rounds({ short: 300, long: 20_000 }) },
    );
  });
});

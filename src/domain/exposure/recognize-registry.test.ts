// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  CLUSTER_IP,
  findingsOf,
  judge,
  NAMESPACE,
  pod,
  service,
  subjectOf,
} from "../../../test/support/exposed-objects.ts";

describe("what is no registry and no remote access", () => {
  it.each<{ readonly name: string; readonly objects: readonly object[] }>([
    { name: "nothing", objects: [] },
    {
      name: "a web server behind a load balancer",
      objects: [
        pod({ image: "nginx:1", container: { ports: [{ containerPort: 80 }] } }),
        service({ type: "LoadBalancer", ports: [{ port: 80 }] }),
      ],
    },
    {
      name: "another registry in the host or the tag of the image",
      objects: [pod({ image: "registry.example:5000/shop/web:harbor-core", container: { ports: [] } })],
    },
    {
      name: "our own image without the port of a registry",
      objects: [
        pod({
          image: "example.com/haechi/haechi:1",
          container: { ports: [{ containerPort: 8443, name: "admission" }] },
        }),
      ],
    },
    {
      name: "a Pod that has ended",
      objects: [{ ...pod(), status: { phase: "Succeeded" } }],
    },
    {
      name: "an earlier revision of a Deployment",
      objects: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          metadata: { name: "r", namespace: NAMESPACE },
          spec: { replicas: 0, template: pod() },
        },
      ],
    },
    { name: "a kind of another group", objects: [{ ...pod(), apiVersion: "example.com/v1" }] },
  ])("$name", ({ objects }) => {
    expect(judge(objects)).toMatchObject({ subjects: [], unread: [] });
  });
});

describe("what is a registry", () => {
  it.each<{ readonly image: string; readonly product: string; readonly certainty?: "possible" }>([
    { image: "goharbor/harbor-core:v2.11.0", product: "Harbor" },
    { image: "mirror.example/hub/goharbor/nginx-photon@sha256:" + "a".repeat(64), product: "Harbor" },
    { image: "bitnami/harbor-registry", product: "Harbor" },
    { image: "registry", product: "Distribution" },
    { image: "docker.io/library/registry:2.8.3", product: "Distribution" },
    { image: "mirror.example/proxy/library/registry:2", product: "Distribution" },
    { image: "ghcr.io/distribution/distribution:edge", product: "Distribution" },
    { image: "rancher/mirrored-library-registry:2", product: "Distribution" },
    { image: "confluent/registry", product: "Distribution", certainty: "possible" },
    { image: "ghcr.io/project-zot/zot-linux-amd64:v2", product: "zot" },
    { image: "quay.io/projectquay/quay:3", product: "Quay" },
    { image: "sonatype/nexus3", product: "Nexus" },
    { image: "releases-docker.jfrog.io/jfrog/artifactory-oss:7", product: "Artifactory" },
    { image: "gitea/gitea:1-rootless", product: "Gitea" },
    { image: "registry.gitlab.com/gitlab-org/build/cng/gitlab-container-registry:v4", product: "GitLab" },
    { image: "ghcr.io/helm/chartmuseum:v0.16", product: "ChartMuseum" },
    { image: "Not/A Reference/goharbor/harbor-core:x", product: "Harbor" },
  ])("$image", ({ image, product, certainty = "sure" }) => {
    const subject = subjectOf([pod({ image, labels: {}, container: { ports: [] } })]);
    expect(subject).toMatchObject({ kind: "registry", product, certainty, evidence: [{ source: "image" }] });
  });

  it.each<{ readonly name: string; readonly objects: readonly object[]; readonly source: string }>([
    { name: "a port", objects: [pod({ image: "example.com/x:1", labels: {} })], source: "port" },
    {
      name: "a label",
      objects: [
        pod({ image: "example.com/x", labels: { "app.kubernetes.io/name": "harbor" }, container: { ports: [] } }),
      ],
      source: "label",
    },
    {
      name: "a Service that leads to port 5000",
      objects: [pod({ image: "example.com/x", container: { ports: [] } }), CLUSTER_IP],
      source: "service",
    },
    {
      name: "a variable",
      objects: [
        pod({
          image: "example.com/x",
          labels: {},
          container: { ports: [], env: [{ name: "REGISTRY_STORAGE_S3_BUCKET", value: "b" }] },
        }),
      ],
      source: "variable",
    },
    {
      name: "its command",
      objects: [
        pod({
          image: "example.com/x",
          labels: {},
          container: { ports: [], command: ["/bin/registry"], args: ["serve", "/etc/docker/registry/config.yml"] },
        }),
      ],
      source: "command",
    },
    {
      name: "its folder",
      objects: [
        pod({
          image: "example.com/x",
          labels: {},
          container: { ports: [], volumeMounts: [{ name: "d", mountPath: "/var/lib/registry" }] },
        }),
      ],
      source: "volume",
    },
  ])("possibly, by $name, and then no check fails", ({ objects, source }) => {
    const subject = subjectOf([
      ...objects,
      service({ type: "LoadBalancer", selector: {} }, { metadata: { namespace: "other", name: "x" } }),
    ]);
    expect(subject).toMatchObject({ certainty: "possible", evidence: [expect.objectContaining({ source })] });
    expect(subject.findings.filter(({ state }) => state === "fails")).toEqual([]);
  });

  it("possibly, and exposed: undecided", () => {
    const subject = subjectOf([pod({ image: "example.com/x" }), service({ type: "LoadBalancer" })]);
    expect(subject.reach).toBe("exposed");
    expect(findingsOf(subject)).toEqual(["HK001 undecided"]);
  });
});

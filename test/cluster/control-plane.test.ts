// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kubernetesRelease } from "../support/control-plane/control-plane-binaries.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { createSigningRequest } from "../support/control-plane/test-certificates.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const LIMIT_MS = 30_000;
const LABELS = { app: "sleeper" };

describeWithControlPlane("control plane", (binaries) => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane(binaries);
  });

  afterAll(async () => {
    await plane?.[Symbol.asyncDispose]();
  });

  it("reports the release that it was built from", async () => {
    const { status, body } = await plane.admin.call("GET", "/version");
    expect(status).toBe(200);
    expect(body.gitVersion).toBe(kubernetesRelease());
  });

  it("makes the pods of a Deployment, which stay Pending", async () => {
    const created = await plane.admin.call("POST", "/apis/apps/v1/namespaces/default/deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "sleeper" },
      spec: {
        replicas: 2,
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: { containers: [{ name: "sleeper", image: "registry.example/sleeper:1" }] },
        },
      },
    });
    expect(created.status).toBe(201);
    async function pods() {
      return (await plane.admin.call("GET", "/api/v1/namespaces/default/pods?labelSelector=app%3Dsleeper")).body.items;
    }
    await waitUntil("two pods exist", LIMIT_MS, async () => (await pods()).length === 2);
    for (const pod of await pods()) {
      expect(pod.status.phase).toBe("Pending");
      expect(pod.metadata.ownerReferences[0].kind).toBe("ReplicaSet");
    }
  });

  it("signs an approved certificate signing request", async () => {
    const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    const created = await plane.admin.call("POST", path, {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name: "visitor" },
      spec: {
        request: Buffer.from(createSigningRequest(plane.folder, "/CN=visitor")).toString("base64"),
        signerName: "kubernetes.io/kube-apiserver-client",
        usages: ["client auth"],
      },
    });
    expect(created.status).toBe(201);
    const conditions = [{ type: "Approved", status: "True", reason: "Test", message: "approved by a test" }];
    const approved = await plane.admin.call("PUT", `${path}/visitor/approval`, {
      ...created.body,
      status: { conditions },
    });
    expect(approved.status).toBe(200);
    let certificate = "";
    await waitUntil("the certificate is there", LIMIT_MS, async () => {
      certificate = (await plane.admin.call("GET", `${path}/visitor`)).body.status.certificate ?? "";
      return certificate !== "";
    });
    const issued = new X509Certificate(Buffer.from(certificate, "base64"));
    const authority = new X509Certificate(readFileSync(plane.authority.certificate));
    expect(issued.subject).toBe("CN=visitor");
    expect(issued.verify(authority.publicKey)).toBe(true);
  });

  it("refuses a user without rights", async () => {
    const answer = await plane.as("nobody-in-particular").call("GET", "/api/v1/secrets");
    expect(answer.status).toBe(403);
  });

  it("knows ValidatingAdmissionPolicy and Pod Security Admission", async () => {
    const { body } = await plane.admin.call("GET", "/apis/admissionregistration.k8s.io/v1");
    expect(body.resources.map((each: { readonly name: string }) => each.name)).toContain("validatingadmissionpolicies");
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "strict", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    };
    expect((await plane.admin.call("POST", "/api/v1/namespaces", namespace)).status).toBe(201);
    await waitUntil(
      "the namespace has its service account",
      LIMIT_MS,
      async () => (await plane.admin.call("GET", "/api/v1/namespaces/strict/serviceaccounts/default")).status === 200,
    );
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "root" },
      spec: { containers: [{ name: "root", image: "registry.example/root:1" }] },
    };
    const refused = await plane.admin.call("POST", "/api/v1/namespaces/strict/pods", pod);
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain("violates PodSecurity");
  });
});

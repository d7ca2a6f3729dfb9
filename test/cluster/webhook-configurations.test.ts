// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type AdmissionRequest,
  buildWebhookConfigurations,
  isControllerOf,
  parseAdmissionReview,
  readControllerReference,
  renderAdmissionReview,
  type WebhookConfiguration,
} from "#kubernetes";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";

const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1";

/** A webhook that lets everything pass and keeps what it was asked. */
async function listen(controlPlane: ControlPlane) {
  const pair = controlPlane.authority.issue({ file: "webhook", commonName: "webhook", names: ["IP:127.0.0.1"] });
  const asked: { readonly path: string; readonly request: AdmissionRequest }[] = [];
  const server = createServer(
    { cert: readFileSync(pair.certificate), key: readFileSync(pair.key) },
    (request, response) => {
      void text(request).then((body) => {
        const parsed = parseAdmissionReview(Buffer.from(body));
        if ("request" in parsed) {
          asked.push({ path: request.url?.split("?", 1)[0] ?? "", request: parsed.request });
          response.setHeader("content-type", "application/json");
          response.end(renderAdmissionReview(parsed.request.uid, { allowed: true }));
        } else {
          response.destroy(new Error(parsed.problem));
        }
      });
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { asked, server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describeWithControlPlane("webhook configurations of a real API server", (binaries) => {
  let controlPlane: ControlPlane;
  let webhook: Awaited<ReturnType<typeof listen>>;
  let built: { readonly mutating: WebhookConfiguration; readonly validating: WebhookConfiguration };
  beforeAll(async () => {
    controlPlane = await startControlPlane(binaries);
    webhook = await listen(controlPlane);
    built = buildWebhookConfigurations({
      name: "haechi",
      address: webhook.url,
      caBundle: readFileSync(controlPlane.authority.certificate, "utf8"),
      excludeNamespaces: ["kube-system"],
    });
  }, 180_000);
  afterAll(async () => {
    webhook?.server.closeAllConnections();
    webhook?.server.close();
    await controlPlane?.[Symbol.asyncDispose]();
  });

  it("are stored as they are built, so that a difference is somebody's change", async () => {
    for (const [plural, configuration] of [
      ["mutatingwebhookconfigurations", built.mutating],
      ["validatingwebhookconfigurations", built.validating],
    ] as const) {
      const { status, body } = await controlPlane.admin.call("POST", `${CONFIGURATIONS}/${plural}`, configuration);
      expect(status).toBe(201);
      expect(body.webhooks).toEqual(configuration.webhooks);
    }
  });

  it("bring what the gate relies on: uids of the API server, and Pods that their controllers make", async () => {
    const labels = { app: "web" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "registry.example/app:1" }] } };
    const made = await controlPlane.admin.call("POST", "/apis/apps/v1/namespaces/default/deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      // A uid that a client writes is not taken over.
      metadata: { name: "web", uid: "11111111-2222-3333-4444-555555555555" },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    });
    expect(made.status).toBe(201);
    await expect
      .poll(() => webhook.asked.filter(({ request }) => request.kind.kind === "Pod").length, { timeout: 60_000 })
      .toBeGreaterThanOrEqual(2);
    const last = webhook.asked.find(({ path, request }) => path === "/validate" && request.kind.kind === "Deployment");
    expect(last?.request.object).toMatchObject({ metadata: { uid: made.body.metadata.uid } });
    const pod = webhook.asked.find(({ path, request }) => path === "/admit" && request.kind.kind === "Pod")?.request;
    const owner = readControllerReference(pod?.object);
    expect(owner?.workload.kind).toBe("ReplicaSet");
    expect(owner !== undefined && isControllerOf(owner, pod?.userName ?? "")).toBe(true);
    expect(pod?.namespace).toBe("default");
  });

  it("do not bring subresources without images, nor deletions", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments/web";
    const before = webhook.asked.length;
    await controlPlane.admin.call("PATCH", `${path}/scale`, { spec: { replicas: 0 } });
    await controlPlane.admin.call("DELETE", path);
    const scaled = webhook.asked.slice(before).filter(({ request }) => request.kind.kind === "Deployment");
    expect(scaled.filter(({ request }) => request.subResource !== "" || request.operation === "DELETE")).toEqual([]);
  });
});

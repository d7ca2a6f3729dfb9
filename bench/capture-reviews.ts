// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findControlPlane } from "../test/support/control-plane/control-plane-binaries.ts";
import { type ControlPlane, startControlPlane } from "../test/support/control-plane/start-control-plane.ts";
import { waitUntil } from "../test/support/control-plane/wait-until.ts";

const FOLDER = fileURLToPath(new URL("reviews/", import.meta.url));
const COUNTS = [1, 3, 10];
const LIMIT_MS = 60_000;

/** Where the benches put their own registry. */
const REGISTRY = "registry.example";

/**
 * `node bench/capture-reviews.ts`: lets a real API server ask a webhook about the Pods of Deployments with 1, 3 and 10
 * images and writes the reviews, as they came, to `bench/reviews`. Needed again for another release of Kubernetes only.
 */
async function captureReviews(): Promise<void> {
  const binaries = findControlPlane();
  if (binaries === undefined) {
    throw new Error("run npm run prepare:control-plane first");
  }
  await using plane = await startControlPlane(binaries);
  const bodies = new Map<string, string>();
  const pair = plane.authority.issue({ file: "webhook", commonName: "webhook", names: ["IP:127.0.0.1"] });
  const server = createServer(
    { cert: readFileSync(pair.certificate), key: readFileSync(pair.key) },
    (request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      request.once("end", () => {
        const review = JSON.parse(text) as { readonly request: { readonly uid: string; readonly object: Labelled } };
        bodies.set(review.request.object.metadata.labels?.["app"] ?? "", text);
        const answer = { uid: review.request.uid, allowed: true };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
      });
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as { readonly port: number };
    await registerWebhook(plane, `https://127.0.0.1:${port}/`);
    for (const count of COUNTS) {
      await plane.admin.call("POST", "/apis/apps/v1/namespaces/default/deployments", deployment(count));
      await waitUntil("the review came", LIMIT_MS, () => Promise.resolve(bodies.has(nameOf(count))));
      writeFileSync(join(FOLDER, `pod-${count}.json`), `${bodies.get(nameOf(count)) ?? ""}\n`);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

interface Labelled {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

function nameOf(count: number): string {
  return `web-${count}`;
}

async function registerWebhook(plane: ControlPlane, url: string): Promise<void> {
  const caBundle = readFileSync(plane.authority.certificate).toString("base64");
  await plane.admin.call("POST", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "capture" },
    webhooks: [
      {
        name: "capture.bench.example",
        clientConfig: { url, caBundle },
        rules: [
          { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"], scope: "Namespaced" },
        ],
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
      },
    ],
  });
}

/** As people write them: limits, probes, variables, a volume. */
function deployment(count: number): object {
  const labels = { app: nameOf(count), "app.kubernetes.io/managed-by": "Helm" };
  const containers = Array.from({ length: count }, (_, index) => ({
    name: `c${index}`,
    image: `${REGISTRY}/team/app-${index}:1.0`,
    ports: [{ containerPort: 8080 + index, name: `http-${index}` }],
    env: [
      { name: "LOG_LEVEL", value: "info" },
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    readinessProbe: { httpGet: { path: "/ready", port: 8080 + index }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/live", port: 8080 + index }, periodSeconds: 10 },
    volumeMounts: [{ name: "configuration", mountPath: "/etc/app", readOnly: true }],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
  }));
  const volumes = [{ name: "configuration", configMap: { name: "app" } }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: nameOf(count) },
    spec: {
      selector: { matchLabels: { app: nameOf(count) } },
      template: { metadata: { labels }, spec: { containers, volumes } },
    },
  };
}

await captureReviews();

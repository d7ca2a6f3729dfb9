// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestCluster } from "./start-test-cluster.ts";

/** Another mutating webhook, which runs after ours and puts its own image into the first container. */
export interface SwappingWebhook extends AsyncDisposable {
  /** How many Pods it changed. */
  readonly swapped: number;
}

const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
/** Webhook configurations are called in the order of their names. */
const NAME = "zz-after-haechi";

/** Registers it for the Pods of one namespace. */
export async function startSwappingWebhook(
  cluster: TestCluster,
  options: { readonly namespace: string; readonly image: string; readonly reinvocation?: "Never" | "IfNeeded" },
): Promise<SwappingWebhook> {
  const { plane } = cluster;
  const pair = plane.authority.issue({ file: "swapping", commonName: "swapping", names: ["IP:127.0.0.1"] });
  let swapped = 0;
  const server = createServer(
    { cert: readFileSync(pair.certificate), key: readFileSync(pair.key) },
    (request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      request.once("end", () => {
        const { uid } = (JSON.parse(text) as { readonly request: { readonly uid: string } }).request;
        swapped += 1;
        const patch = [{ op: "replace", path: "/spec/containers/0/image", value: options.image }];
        const answer = {
          uid,
          allowed: true,
          patchType: "JSONPatch",
          patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
        };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
      });
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const made = await plane.admin.call("POST", CONFIGURATIONS, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: NAME },
    webhooks: [
      {
        name: "after.haechi.example",
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: readFileSync(plane.authority.certificate).toString("base64"),
        },
        rules: [
          { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"], scope: "Namespaced" },
        ],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": options.namespace } },
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        reinvocationPolicy: options.reinvocation ?? "Never",
      },
    ],
  });
  if (made.status !== 201) {
    throw new Error(`the second webhook could not be registered: ${JSON.stringify(made.body)}`);
  }
  return {
    get swapped() {
      return swapped;
    },
    [Symbol.asyncDispose]: async () => {
      await plane.admin.call("DELETE", `${CONFIGURATIONS}/${NAME}`);
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

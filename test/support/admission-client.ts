// SPDX-License-Identifier: Apache-2.0
import { request } from "node:https";

/** The answer of the gate, as far as tests read it. */
export interface ReviewAnswer {
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patch?: string;
    readonly status?: {
      readonly code?: number;
      readonly message?: string;
      readonly details?: { readonly causes?: readonly { readonly reason: string }[] };
    };
  };
}

/** An AdmissionReview v1 for the creation of a Pod with one container. */
export function podReview(image: string): unknown {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      requestKind: { group: "", version: "v1", kind: "Pod" },
      requestResource: { group: "", version: "v1", resource: "pods" },
      name: "app",
      namespace: "default",
      operation: "CREATE",
      userInfo: { username: "developer", groups: ["system:authenticated"] },
      object: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "app", namespace: "default" },
        spec: { containers: [{ name: "app", image }] },
      },
      oldObject: null,
      dryRun: false,
    },
  };
}

/** Posts a review to a real gate, as the API server does; its own certificate authority is not checked here. */
export async function askAdmission(admissionUrl: string, review: unknown): Promise<ReviewAnswer> {
  const body = JSON.stringify(review);
  return await new Promise((resolve, reject) => {
    const sent = request(
      `${admissionUrl}/admit`,
      {
        method: "POST",
        rejectUnauthorized: false,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.once("end", () => resolve(JSON.parse(text) as ReviewAnswer));
        answer.once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

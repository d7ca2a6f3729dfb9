// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { TestCluster } from "./start-test-cluster.ts";

/** What a gate answers, as far as tests read it. */
export interface GateAnswer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

/** A raw answer over HTTPS. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Who asks: as the API server does, with a certificate of the right authority but another name, or without any. */
export type Caller = { readonly certificate: string; readonly key: string } | "nobody";

/** Posts bytes to a gate over a connection of its own. A connection that breaks before the answer rejects. */
export async function postToGate(
  url: string,
  body: string | Uint8Array,
  options: { readonly caller: Caller; readonly contentType?: string },
): Promise<RawAnswer> {
  const { caller } = options;
  const identity = caller === "nobody" ? {} : { cert: readFileSync(caller.certificate), key: readFileSync(caller.key) };
  return await new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        agent: false,
        // whose certificate it is does not matter here: the API server checks the caBundle in every other test
        rejectUnauthorized: false,
        ...identity,
        headers: { "content-type": options.contentType ?? "application/json" },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Asks one gate as the API server asks, past the balancer; throws when there is no AdmissionReview in the answer. */
export async function askGate(
  cluster: Pick<TestCluster, "caller">,
  admissionUrl: string,
  review: object,
  path = "/admit",
): Promise<GateAnswer> {
  const { status, text } = await postToGate(`${admissionUrl}${path}`, JSON.stringify(review), {
    caller: cluster.caller,
  });
  if (status !== 200) {
    throw new Error(`${admissionUrl}${path}: ${status} ${text}`);
  }
  return (JSON.parse(text) as { readonly response: GateAnswer }).response;
}

/** A review of the creation of a Pod, as the API server writes it. */
export function reviewOf(object: object, changes: object = {}): object {
  const { metadata } = object as { readonly metadata: { readonly name: string; readonly namespace?: string } };
  const kind = { group: "", version: "v1", kind: "Pod" };
  const resource = { group: "", version: "v1", resource: "pods" };
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: metadata.name,
      namespace: metadata.namespace ?? "default",
      operation: "CREATE",
      userInfo: { username: "developer", groups: ["system:authenticated"] },
      object,
      oldObject: null,
      dryRun: true,
      options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1" },
      ...changes,
    },
  };
}

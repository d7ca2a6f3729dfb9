// SPDX-License-Identifier: Apache-2.0
import type { AdmissionRequest } from "./admission-request.ts";
import { at } from "./json-pointer.ts";
import type { JsonPatchOperation } from "./pin-patch.ts";
import type { WorkloadKind } from "./workload-kinds.ts";

/** What is looked at of a Pod, or of the template of one; unchecked beyond what is said here. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: unknown;
}

const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";
const MAX_PULL_SECRETS = 50;

/** The template in a workload object; for a Pod, the Pod. */
export function readPodTemplate(workload: WorkloadKind, object: unknown): PodTemplate {
  const template = at(object, workload.template);
  return {
    labels: textsAt(template, "/metadata/labels"),
    annotations: textsAt(template, "/metadata/annotations"),
    spec: at(template, "/spec"),
  };
}

/** Names of the pull secrets that a Pod (template) names, and its service account. */
export function readPullSecretNames(spec: unknown): {
  readonly names: readonly string[];
  readonly serviceAccount: string;
} {
  const secrets = at(spec, "/imagePullSecrets");
  const names = (Array.isArray(secrets) ? secrets.slice(0, MAX_PULL_SECRETS) : [])
    .map((secret: unknown) => at(secret, "/name"))
    .filter((name): name is string => typeof name === "string" && name !== "");
  return { names, serviceAccount: serviceAccountOf(spec) };
}

/**
 * Whether the request makes the mirror of a static Pod: the kubelet of that node says so. The Pod runs already, from a
 * file on the node, and a kubelet runs no mirror of which it has no file, so that refusing it would only hide it.
 */
export function isMirrorPod(request: AdmissionRequest): boolean {
  const node = request.userName.startsWith("system:node:") ? request.userName.slice("system:node:".length) : "";
  return (
    node !== "" &&
    request.operation === "CREATE" &&
    request.subResource === "" &&
    request.userGroups.includes("system:nodes") &&
    at(request.object, "/spec/nodeName") === node &&
    Object.hasOwn(textsAt(request.object, "/metadata/annotations"), MIRROR_ANNOTATION)
  );
}

/** The service account of a Pod (template); `default` where none is named, which is what the API server makes of it. */
export function serviceAccountOf(spec: unknown): string {
  const names = [at(spec, "/serviceAccountName"), at(spec, "/serviceAccount")];
  return names.find((name): name is string => typeof name === "string" && name !== "") ?? "default";
}

/**
 * The patch that gives a Pod another service account in the place of `default`. Empty when another one is named: by the
 * time a webhook is asked, the API server has written `default` where nothing was written.
 */
export function buildServiceAccountPatch(pod: unknown, name: string): readonly JsonPatchOperation[] {
  if (serviceAccountOf(at(pod, "/spec")) !== "default") {
    return [];
  }
  // The older spelling of the field; the API server wants both to be equal.
  const older = at(pod, "/spec/serviceAccount");
  return [
    { op: "add", path: "/spec/serviceAccountName", value: name },
    ...(older === undefined ? [] : [{ op: "add", path: "/spec/serviceAccount", value: name } as const]),
  ];
}

function textsAt(value: unknown, pointer: string): Readonly<Record<string, string>> {
  const found = at(value, pointer);
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    return {};
  }
  for (const each of Object.values(found)) {
    if (typeof each !== "string") {
      return Object.fromEntries(Object.entries(found).filter(([, text]) => typeof text === "string")) as Record<
        string,
        string
      >;
    }
  }
  return found as Readonly<Record<string, string>>;
}

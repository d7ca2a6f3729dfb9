// SPDX-License-Identifier: Apache-2.0
import { LIMITS, quote } from "#base";
import { type Fields, UnreadableField } from "#pod-security";
import type { ExposureObject, ObjectName, UnreadObjects } from "./exposure-object.ts";
import { readGateway } from "./read-gateway.ts";
import { readIngress } from "./read-ingress.ts";
import { readNetworkPolicy } from "./read-network-policy.ts";
import { readRoute } from "./read-route.ts";
import { readServiceObject } from "./read-service-object.ts";
import { readWorkload } from "./read-workload.ts";
import { unsupportedKindName, unsupportedKindOf } from "./unsupported-kinds.ts";

/** What became of an object: read; not to be read; or none that exposure is judged by. */
export type ReadObject = { readonly object: ExposureObject } | { readonly unread: UnreadObjects } | undefined;

type Read = (object: Fields, name: ObjectName) => ExposureObject | undefined;

/** By `group/kind`: a kind of the same name in another group is not ours. */
const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["/Pod", readWorkload],
  ["/ReplicationController", readWorkload],
  ...["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"].map((kind) => [`apps/${kind}`, readWorkload] as const),
  ["batch/Job", readWorkload],
  ["batch/CronJob", readWorkload],
  ["/Service", readServiceObject],
  ["networking.k8s.io/Ingress", readIngress],
  ["extensions/Ingress", readIngress],
  ["networking.k8s.io/NetworkPolicy", readNetworkPolicy],
  ["gateway.networking.k8s.io/Gateway", readGateway],
  ...["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"].map(
    (kind) => [`gateway.networking.k8s.io/${kind}`, readRoute] as const,
  ),
]);

/** The namespace of an object that names none, as `kubectl apply` has it. */
const DEFAULT_NAMESPACE = "default";

/**
 * Reads one object of the Kubernetes API as it came. Never throws for its content: a field of another type makes it unread,
 * so that it is not taken for one that says nothing.
 */
export function readExposureObject(value: unknown, namespace: string = DEFAULT_NAMESPACE): ReadObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { unread: { kind: "object", reason: "invalid", detail: `expected an object, found ${quote(value)}` } };
  }
  const object = value as Fields;
  const { apiVersion, kind } = object;
  if (typeof kind !== "string") {
    return undefined;
  }
  const group = groupOf(apiVersion);
  const read = READERS.get(`${group}/${kind}`);
  const name = nameOf(object, kind, namespace);
  if (read === undefined) {
    const own = unsupportedKindName({ kind, group });
    return unsupportedKindOf(own) === undefined ? undefined : { unread: { ...name, kind: own, reason: "unsupported" } };
  }
  try {
    const found = read(object, name);
    return found === undefined ? undefined : { object: found };
  } catch (error) {
    if (!(error instanceof UnreadableField)) {
      throw error;
    }
    return { unread: { ...name, reason: "invalid", detail: `${error.field.slice(0, 200)} is not of its type` } };
  }
}

function groupOf(apiVersion: unknown): string {
  const text = typeof apiVersion === "string" ? apiVersion : "";
  const slash = text.indexOf("/");
  return slash < 0 ? "" : text.slice(0, slash);
}

function nameOf(object: Fields, kind: string, fallback: string): ObjectName {
  const { metadata } = object;
  const fields = typeof metadata === "object" && metadata !== null ? (metadata as Fields) : {};
  const { name, namespace } = fields;
  return { kind, namespace: textOr(namespace, fallback), name: textOr(name, "") };
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" && value !== "" ? value.slice(0, LIMITS.maxFieldLength) : fallback;
}

// SPDX-License-Identifier: Apache-2.0
import { listOf, recordOf } from "#base";
import { UNSUPPORTED_KINDS, unsupportedKindName } from "#exposure";
import { type KubeClient, KubeError, type KubeResource, RESOURCES } from "#kube";

/** A kind that is read of a cluster; lists do not say what their elements are. */
export interface ClusterKind {
  readonly kind: string;
  readonly resource: KubeResource;
}

const GATEWAY_GROUP = "gateway.networking.k8s.io";

const BUILT_IN: readonly ClusterKind[] = [
  { kind: "Pod", resource: RESOURCES.pods },
  { kind: "ReplicationController", resource: RESOURCES.replicationControllers },
  { kind: "Deployment", resource: RESOURCES.deployments },
  { kind: "ReplicaSet", resource: RESOURCES.replicaSets },
  { kind: "StatefulSet", resource: RESOURCES.statefulSets },
  { kind: "DaemonSet", resource: RESOURCES.daemonSets },
  { kind: "Job", resource: RESOURCES.jobs },
  { kind: "CronJob", resource: RESOURCES.cronJobs },
  { kind: "Service", resource: RESOURCES.services },
  { kind: "Ingress", resource: networking("ingresses") },
  { kind: "NetworkPolicy", resource: networking("networkpolicies") },
];

const OF_GATEWAYS: ReadonlyMap<string, string> = new Map([
  ["gateways", "Gateway"],
  ["httproutes", "HTTPRoute"],
  ["grpcroutes", "GRPCRoute"],
  ["tlsroutes", "TLSRoute"],
  ["tcproutes", "TCPRoute"],
]);

/** Versions of an API group that are asked; there are four of the Gateway API. */
const MAX_VERSIONS = 10;
const VERSION = /^v[0-9a-z]{1,20}$/;

/** The kinds that exposure is judged by. */
export function builtInKinds(): readonly ClusterKind[] {
  return BUILT_IN;
}

/**
 * The kinds of the Gateway API in the versions that the cluster serves; none where it is not installed. Throws KubeError.
 * An older version than the one we know would otherwise look like a cluster without Gateways.
 */
export async function fetchGatewayKinds(client: KubeClient, signal: AbortSignal): Promise<readonly ClusterKind[]> {
  const group = await rawOrNone(client, `/apis/${GATEWAY_GROUP}`, signal);
  const versions = listOf(recordOf(group)["versions"]).map((each) => recordOf(each)["version"]);
  const found = new Map<string, ClusterKind>();
  for (const version of versions.slice(0, MAX_VERSIONS)) {
    if (typeof version !== "string" || !VERSION.test(version)) {
      continue;
    }
    const served = recordOf(await rawOrNone(client, `/apis/${GATEWAY_GROUP}/${version}`, signal));
    for (const { name } of listOf(served["resources"]).map(recordOf)) {
      const kind = typeof name === "string" ? OF_GATEWAYS.get(name) : undefined;
      // the API server names the version that it prefers first
      if (typeof name === "string" && kind !== undefined && !found.has(kind)) {
        found.set(kind, { kind, resource: { group: GATEWAY_GROUP, version, plural: name, isNamespaced: true } });
      }
    }
  }
  return [...found.values()];
}

/** The kinds that open ways and are not read, in each version that is served: a kind may be in one alone. Throws KubeError. */
export async function fetchUnsupportedKinds(client: KubeClient, signal: AbortSignal): Promise<readonly ClusterKind[]> {
  const apis = recordOf(await rawOrNone(client, "/apis", signal));
  const versions = new Map(
    listOf(apis["groups"]).map((each) => {
      const { name, versions: served } = recordOf(each);
      return [name, listOf(served).map((version) => recordOf(version)["version"])] as const;
    }),
  );
  return UNSUPPORTED_KINDS.flatMap((each) => {
    const { group, plural } = each;
    return (versions.get(group) ?? []).slice(0, MAX_VERSIONS).flatMap((version): readonly ClusterKind[] => {
      const isVersion = typeof version === "string" && VERSION.test(version);
      const kind = unsupportedKindName(each);
      return isVersion ? [{ kind, resource: { group, version, plural, isNamespaced: true } }] : [];
    });
  });
}

function networking(plural: string): KubeResource {
  return { group: "networking.k8s.io", version: "v1", plural, isNamespaced: true };
}

async function rawOrNone(client: KubeClient, path: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await client.raw("GET", path, undefined, { signal });
  } catch (error) {
    if (error instanceof KubeError && error.code === "NOT_FOUND") {
      return undefined;
    }
    throw error;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { type KubeClient, KubeError, type KubeObject, type KubePlace, type KubeResource, RESOURCES } from "#kube";
import { describeWebhooks, readConfigurations, type WebhookFacts } from "./webhook-configurations.ts";

/** Programs of Haechi in the cluster, by the label that its chart gives them. */
const SELECTOR = "app.kubernetes.io/name=haechi";

/** By which the controllers agree on who leads. */
const LEASE_NAME = "haechi-controller";

/** How a gate stands before its cluster. */
export interface GateStatus {
  readonly name: string;
  readonly server: string;
  readonly systemNamespace: string;
  readonly state: "engaged" | "released" | "empty" | "absent";
  readonly webhooks: WebhookFacts;
  readonly replicas: readonly { readonly name: string; readonly ready: number; readonly wanted: number }[];
  /** Who leads the controllers, and when it last said so. */
  readonly controller?: { readonly holder: string; readonly seenAt: string };
  readonly policies: { readonly namespaced: number; readonly cluster: number; readonly exceptions: number };
  /** Policies and exceptions that the controller says are not in force. */
  readonly notReady: readonly { readonly object: string; readonly message: string }[];
}

/** Reads the standing of the gate; what the user may not read counts as not there. Throws KubeError. */
export async function readGateStatus(
  client: KubeClient,
  asked: { readonly name: string; readonly systemNamespace: string; readonly now: Date; readonly signal: AbortSignal },
): Promise<GateStatus> {
  const { name, systemNamespace, signal } = asked;
  const present = await readConfigurations(client, name, signal);
  const own = { namespace: systemNamespace, labelSelector: SELECTOR, signal };
  const programs = [
    ...(await list(client, RESOURCES.deployments, own)),
    ...(await list(client, RESOURCES.statefulSets, own)),
  ];
  const leases = await list(client, RESOURCES.leases, { namespace: systemNamespace, signal });
  const namespaced = await listAll(client, ["imagePolicies", "portierisImagePolicies", "ciseImagePolicies"], signal);
  const cluster = await listAll(
    client,
    ["clusterImagePolicies", "portierisClusterImagePolicies", "ciseClusterImagePolicies"],
    signal,
  );
  const exceptions = await listAll(client, ["policyExceptions"], signal);
  const controller = controllerOf(leases);
  return {
    name,
    server: client.server,
    systemNamespace,
    state: stateOf(present),
    webhooks: describeWebhooks(present.flatMap(({ webhooks }) => webhooks)),
    replicas: programs.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      ready: numberOf(status, "readyReplicas"),
      wanted: numberOf(spec, "replicas"),
    })),
    ...(controller === undefined ? {} : { controller }),
    policies: { namespaced: namespaced.length, cluster: cluster.length, exceptions: exceptions.length },
    notReady: [...namespaced, ...cluster, ...exceptions].flatMap(notReadyOf),
  };
}

function stateOf(present: Awaited<ReturnType<typeof readConfigurations>>): GateStatus["state"] {
  if (present.length < 2) {
    return "absent";
  }
  if (present.some(({ isReleased }) => isReleased)) {
    return "released";
  }
  return present.every(({ webhooks }) => webhooks.length > 0) ? "engaged" : "empty";
}

async function listAll(
  client: KubeClient,
  names: readonly (keyof typeof RESOURCES)[],
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  for (const name of names) {
    found.push(...(await list(client, RESOURCES[name], { signal })));
  }
  return found;
}

async function list(
  client: KubeClient,
  resource: KubeResource,
  {
    namespace,
    labelSelector,
    signal,
  }: { readonly namespace?: string; readonly labelSelector?: string; readonly signal: AbortSignal },
): Promise<readonly KubeObject[]> {
  const place: Omit<KubePlace, "name"> = { resource, ...(namespace === undefined ? {} : { namespace }) };
  try {
    const query = labelSelector === undefined ? {} : { query: { labelSelector } };
    return (await client.list(place, { signal, ...query })).items;
  } catch (error) {
    if (error instanceof KubeError && (error.code === "NOT_FOUND" || error.code === "FORBIDDEN")) {
      return [];
    }
    throw error;
  }
}

function controllerOf(leases: readonly KubeObject[]): GateStatus["controller"] {
  const found = leases.find(({ metadata }) => metadata.name === LEASE_NAME);
  const spec = fieldsOf(found?.["spec"]);
  const { holderIdentity, renewTime } = spec;
  return typeof holderIdentity === "string" && typeof renewTime === "string" && holderIdentity !== ""
    ? { holder: holderIdentity, seenAt: renewTime }
    : undefined;
}

function notReadyOf({ metadata: { namespace, name }, status }: KubeObject): GateStatus["notReady"] {
  const { conditions } = fieldsOf(status);
  const ready = (Array.isArray(conditions) ? conditions.map(fieldsOf) : []).find(({ type }) => type === "Ready");
  const message = typeof ready?.["message"] === "string" ? ready["message"] : "";
  return ready?.["status"] === "False"
    ? [{ object: namespace === undefined ? name : `${namespace}/${name}`, message }]
    : [];
}

function numberOf(value: unknown, field: string): number {
  const found = fieldsOf(value)[field];
  return typeof found === "number" ? found : 0;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

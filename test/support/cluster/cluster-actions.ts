// SPDX-License-Identifier: Apache-2.0
import type { ApiAnswer } from "../control-plane/kubernetes-api.ts";
import { waitUntil } from "../control-plane/wait-until.ts";
import { askGate, reviewOf } from "./ask-gate.ts";
import { pod } from "./objects.ts";
import type { TestCluster } from "./start-test-cluster.ts";

/** Generous: nothing is measured by it. */
export const LIMIT_MS = 60_000;

const PATHS: Readonly<Record<string, string>> = {
  Pod: "/api/v1/namespaces/{}/pods",
  Secret: "/api/v1/namespaces/{}/secrets",
  Namespace: "/api/v1/namespaces",
  ServiceAccount: "/api/v1/namespaces/{}/serviceaccounts",
  ReplicationController: "/api/v1/namespaces/{}/replicationcontrollers",
  Deployment: "/apis/apps/v1/namespaces/{}/deployments",
  ReplicaSet: "/apis/apps/v1/namespaces/{}/replicasets",
  StatefulSet: "/apis/apps/v1/namespaces/{}/statefulsets",
  DaemonSet: "/apis/apps/v1/namespaces/{}/daemonsets",
  Job: "/apis/batch/v1/namespaces/{}/jobs",
  CronJob: "/apis/batch/v1/namespaces/{}/cronjobs",
  ImagePolicy: "/apis/haechi.dev/v1/namespaces/{}/imagepolicies",
  ClusterImagePolicy: "/apis/haechi.dev/v1/clusterimagepolicies",
  PolicyException: "/apis/haechi.dev/v1/namespaces/{}/policyexceptions",
};

interface Identified {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The path of the list that an object belongs to. */
export function listPath(object: object): string {
  const { kind, metadata } = object as Identified;
  const path = PATHS[kind];
  if (path === undefined) {
    throw new Error(`no path for ${kind}`);
  }
  return path.replace("{}", metadata.namespace ?? "default");
}

/** The path of an object. */
export function objectPath(object: object): string {
  return `${listPath(object)}/${(object as Identified).metadata.name}`;
}

/** Creates an object as the administrator; every status is an answer. `query` begins with `?`. */
export async function create(cluster: TestCluster, object: object, query = ""): Promise<ApiAnswer> {
  return await cluster.plane.admin.call("POST", `${listPath(object)}${query}`, object);
}

/** The codes of the reasons in a refusal, each once; the API server hands them on in `details.causes`. */
export function codesOf({ body }: ApiAnswer): readonly string[] {
  const { causes = [] } = (body.details ?? {}) as { readonly causes?: readonly { readonly reason: string }[] };
  return [...new Set(causes.map(({ reason }) => reason))].toSorted();
}

/** Reads an object. */
export async function read(cluster: TestCluster, object: object): Promise<ApiAnswer> {
  return await cluster.plane.admin.call("GET", objectPath(object));
}

/** Deletes an object at once. */
export async function remove(cluster: TestCluster, object: object): Promise<ApiAnswer> {
  return await cluster.plane.admin.call("DELETE", `${objectPath(object)}?gracePeriodSeconds=0`);
}

/** A namespace in which Pods can be created. */
export async function createNamespace(
  cluster: TestCluster,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const made = await create(cluster, { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  if (made.status !== 201) {
    throw new Error(`namespace ${name}: ${JSON.stringify(made.body)}`);
  }
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await waitUntil(`${name} has its service account`, LIMIT_MS, async () => {
    return (await cluster.plane.admin.call("GET", path)).status === 200;
  });
  return name;
}

let states = 0;

/**
 * Writes a policy and waits until every gate judges by it: the policy gets one more entry, an unchecked name that nobody
 * else has, and each gate is asked for it until it lets it pass. So it waits for nothing where a policy that lets every image
 * pass is in force already: give such a one a namespace of its own.
 */
export async function applyPolicy(cluster: TestCluster, policy: object): Promise<void> {
  const mark = await writeMarkedPolicy(cluster, policy);
  const namespace = (policy as Identified).metadata.namespace;
  await waitUntil(`${objectPath(policy)} is in force`, LIMIT_MS, async () => {
    const answers = await Promise.all(
      cluster.gates.map(async ({ admissionUrl }) => await passes(cluster, admissionUrl, { mark, namespace })),
    );
    return answers.every((each) => each);
  });
}

/** Writes a policy with an unchecked name that no other has, which is returned, and waits for nothing. */
export async function writeMarkedPolicy(cluster: TestCluster, policy: object): Promise<string> {
  const mark = `mark.example/state-${states++}`;
  const document = policy as Identified & { readonly spec: { readonly repositories: readonly object[] } };
  const spec = { ...document.spec, repositories: [...document.spec.repositories, { name: mark }] };
  const made = await create(cluster, { ...document, spec });
  if (made.status === 409) {
    // a patch: the controller writes the status of the same object
    const changed = await cluster.plane.admin.call("PATCH", objectPath(policy), { spec });
    if (changed.status !== 200) {
      throw new Error(`${objectPath(policy)}: ${JSON.stringify(changed.body)}`);
    }
  } else if (made.status !== 201) {
    throw new Error(`${objectPath(policy)}: ${JSON.stringify(made.body)}`);
  }
  return mark;
}

/** Whether a gate lets a Pod with the marked image pass, asked past the balancer. */
export async function passes(
  cluster: TestCluster,
  admissionUrl: string,
  { mark, namespace = "default" }: { readonly mark: string; readonly namespace?: string | undefined },
): Promise<boolean> {
  // so that no clause about the workload stands in the way
  const resources = { requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "1m", memory: "1Mi" } };
  const containers = [{ name: "probe", image: mark, resources }];
  const object = {
    ...pod({ name: "probe", namespace }, [], { containers }),
    ...{ metadata: { name: "probe", namespace, labels: { team: "a" } } },
  };
  return (await askGate(cluster, admissionUrl, reviewOf(object))).allowed;
}

/** The items of a list, by the label `app`. */
export async function itemsOf(
  cluster: TestCluster,
  kind: string,
  { namespace, app }: { readonly namespace: string; readonly app?: string },
): Promise<readonly ApiAnswer["body"][]> {
  const query = app === undefined ? "" : `?labelSelector=app%3D${app}`;
  const path = listPath({ kind, metadata: { name: "", namespace } });
  return (await cluster.plane.admin.call("GET", `${path}${query}`)).body.items as readonly ApiAnswer["body"][];
}

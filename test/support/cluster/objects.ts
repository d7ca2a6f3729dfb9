// SPDX-License-Identifier: Apache-2.0

/** Where an object is. */
interface Named {
  readonly name: string;
  readonly namespace?: string;
}

function metadata({ name, namespace = "default" }: Named, labels?: Readonly<Record<string, string>>): object {
  return { name, namespace, ...(labels === undefined ? {} : { labels }) };
}

/** A Pod with a container for each image. */
export function pod(named: Named, images: readonly string[], spec: object = {}): object {
  return { apiVersion: "v1", kind: "Pod", metadata: metadata(named), spec: podSpec(images, spec) };
}

function podSpec(images: readonly string[], more: object = {}): object {
  return { containers: images.map((image, index) => ({ name: `c${index}`, image })), ...more };
}

/** An apps/v1 Deployment, ReplicaSet, StatefulSet or DaemonSet whose Pods have the label `app: NAME`. */
export function workload(
  kind: "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet",
  named: Named,
  images: readonly string[],
  spec: object = {},
): object {
  const labels = { app: named.name };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: metadata(named),
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(images) }, ...spec },
  };
}

/** A ReplicationController whose Pods have the label `app: NAME`. */
export function replicationController(named: Named, images: readonly string[]): object {
  const labels = { app: named.name };
  const template = { metadata: { labels }, spec: podSpec(images) };
  return {
    apiVersion: "v1",
    kind: "ReplicationController",
    metadata: metadata(named),
    spec: { selector: labels, template },
  };
}

/** A batch/v1 Job. */
export function job(named: Named, images: readonly string[]): object {
  const spec = podSpec(images, { restartPolicy: "Never" });
  return { apiVersion: "batch/v1", kind: "Job", metadata: metadata(named), spec: { template: { spec } } };
}

/** A batch/v1 CronJob that is due once a year. */
export function cronJob(named: Named, images: readonly string[]): object {
  const template = { spec: podSpec(images, { restartPolicy: "Never" }) };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: metadata(named),
    spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: { template } } },
  };
}

/** A `haechi.dev/v1` ClusterImagePolicy; an entry is a name with its checks, or without any. */
export function clusterPolicy(name: string, repositories: readonly object[], spec: object = {}): object {
  return {
    apiVersion: "haechi.dev/v1",
    kind: "ClusterImagePolicy",
    metadata: { name },
    spec: { repositories, ...spec },
  };
}

/** A `haechi.dev/v1` ImagePolicy. */
export function imagePolicy(named: Named, repositories: readonly object[]): object {
  return { apiVersion: "haechi.dev/v1", kind: "ImagePolicy", metadata: metadata(named), spec: { repositories } };
}

/** Everything scanned, nothing with a known fix. */
export const SCANNED: object = { scan: { required: true }, vulnerability: { maxSeverity: "none", onlyFixable: true } };

// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { Configuration } from "#configuration";
import { readToldNode, type ToldNode } from "#findings";
import { type KubeClient, type KubeObject, RESOURCES, resourceName, type WatchTiming } from "#kube";
import type { Telemetry } from "#telemetry";
import type { ClusterHealth, ClusterView, PolicySource } from "../context.ts";
import type { FilePolicies } from "../read-gate-policies.ts";
import { createClusterMetrics, type Followed } from "./cluster-metrics.ts";
import { PolicyPool } from "./policy-pool.ts";
import { PullSecrets } from "./pull-secrets.ts";
import { type WatchSurroundings, watchKind } from "./watch-kinds.ts";
import { watchPolicies } from "./watched-policies.ts";
import { WatchedSecrets } from "./watched-secrets.ts";

export interface ClusterOptions {
  readonly client: KubeClient;
  /** Policies of files, which count beside those of the cluster. */
  readonly files: FilePolicies;
  readonly configuration: {
    readonly cluster: Pick<Configuration["cluster"], "namespace">;
    readonly admission: Pick<Configuration["admission"], "secretNamespace">;
  };
  readonly telemetry: Pick<Telemetry, "log" | "metrics">;
  readonly clock: Clock;
  /** For tests. */
  readonly timing?: Partial<WatchTiming>;
  /** For tests: how often a Secret is read that may not be watched. */
  readonly secretPollMs?: number;
}

/** What this process knows of its cluster, and keeps knowing until it is disposed of. The client stays open. */
export interface Cluster extends AsyncDisposable {
  readonly view: ClusterView;
  readonly policies: PolicySource;
  /** What the nodes say about themselves; the same array until a node changes. */
  nodes(): readonly ToldNode[];
  health(): ClusterHealth;
  /** Resolves when the policies are in force for the first time; rejects when `signal` aborts. */
  whenReady(signal: AbortSignal): Promise<void>;
}

interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Begins to watch; resolves nothing and fails nowhere: what the API server does not give now is asked for until it does. */
export function openCluster(options: ClusterOptions): Cluster {
  const { client, clock, telemetry, configuration } = options;
  const { log } = telemetry;
  const systemNamespace = configuration.cluster.namespace;
  const pullSecrets = new PullSecrets({ client, log });
  const metrics = createClusterMetrics(telemetry, clock, allWatches);
  const surroundings: WatchSurroundings = {
    client,
    clock,
    log,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
    onRestart: metrics.countRestart,
  };
  const pool = new PolicyPool({
    files: options.files,
    scope: { systemNamespace, secretNamespace: configuration.admission.secretNamespace },
    log,
  });
  function changed(): void {
    pool.changed();
  }
  const policies = watchPolicies(surroundings, changed);
  const secrets = new WatchedSecrets(surroundings, changed, options.secretPollMs);
  const namespaces = watchKind<Namespace>(surroundings, { resource: RESOURCES.namespaces, select: toNamespace });
  let platforms: readonly string[] = [];
  let told: readonly ToldNode[] = [];
  const nodes = watchKind<WatchedNode>(surroundings, {
    resource: RESOURCES.nodes,
    select: toNode,
    onChange: () => {
      const all = [...nodes.objects.values()];
      platforms = [...new Set(all.flatMap(({ platform }) => platform ?? []))].toSorted();
      told = all.map((each) => each.told);
    },
  });
  pool.follow(policies, secrets);

  function* allWatches(): Generator<readonly [string, Followed]> {
    yield* policies.watches;
    yield [resourceName(RESOURCES.namespaces), namespaces];
    yield [resourceName(RESOURCES.nodes), nodes];
    for (const secret of secrets.followed) {
      yield [resourceName(RESOURCES.secrets), secret];
    }
  }

  return {
    policies: pool,
    nodes: () => told,
    view: {
      client,
      systemNamespace,
      namespace: (name) => namespaces.objects.get(name),
      get nodePlatforms() {
        return platforms;
      },
      pullSecrets: async (pod, signal) => await pullSecrets.read(pod, signal),
      forgetPullSecrets: (pod) => pullSecrets.forget(pod),
    },
    health: () => toHealth([...allWatches()], pool.isReady),
    async whenReady(signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const unsubscribe = pool.subscribe(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (!pool.isReady) {
        await promise;
      }
      unsubscribe();
      signal.throwIfAborted();
    },
    async [Symbol.asyncDispose]() {
      pool[Symbol.dispose]();
      const closing = [policies, secrets, namespaces, nodes];
      await Promise.all(closing.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

function toNamespace({ metadata }: KubeObject): Namespace {
  return { name: metadata.name, labels: metadata.labels ?? {} };
}

interface WatchedNode {
  /** In the words of an index's platforms. */
  readonly platform?: string;
  readonly told: ToldNode;
}

/** A node says what it is in its status. */
function toNode(node: KubeObject): WatchedNode {
  const { nodeInfo } = (node["status"] ?? {}) as { readonly nodeInfo?: Readonly<Record<string, unknown>> | null };
  const { operatingSystem, architecture } = nodeInfo ?? {};
  const told = readToldNode(node.metadata.name, nodeInfo);
  return typeof operatingSystem === "string" && typeof architecture === "string"
    ? { platform: `${operatingSystem}/${architecture}`, told }
    : { told };
}

function toHealth(
  watches: readonly (readonly [resource: string, followed: Followed])[],
  isReady: boolean,
): ClusterHealth {
  const troubled = watches.filter(([, { state }]) => state === "stale" || state === "starting");
  const relevant = troubled.length > 0 ? troubled : watches;
  const contacts = relevant.flatMap(([, { lastContactAt }]) => lastContactAt?.getTime() ?? []);
  const lastContact = contacts.length === 0 ? {} : { lastContactAt: new Date(Math.min(...contacts)) };
  const state = !isReady ? "starting" : troubled.length > 0 ? "stale" : "synced";
  return { state, ...lastContact, troubled: [...new Set(troubled.map(([resource]) => resource))] };
}

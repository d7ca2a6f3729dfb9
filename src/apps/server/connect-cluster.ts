// SPDX-License-Identifier: Apache-2.0
import { type Clock, messageOf } from "#base";
import type { Configuration } from "#configuration";
import { type KubeClient, openKubeClient } from "#kube";
import type { Telemetry } from "#telemetry";
import { type Cluster, openCluster } from "./cluster/index.ts";
import type { FilePolicies } from "./read-gate-policies.ts";

/** A server whose API server is away starts all the same, and says that it is not ready. */
const FIRST_READ_MS = 10_000;

/** The cluster of this server, with its client. */
export interface ConnectedCluster extends Cluster {
  /** Waits for the first reading of the policies, but not for ever: whoever asks before is told that nothing is known. */
  waitForPolicies(leaving: AbortSignal): Promise<void>;
}

/** Connects to the cluster that is configured; `undefined` without one. Throws KubeError for credentials that cannot be used. */
export async function connectCluster(options: {
  readonly configuration: Configuration;
  readonly files: FilePolicies;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}): Promise<ConnectedCluster | undefined> {
  const { configuration, telemetry } = options;
  const client = await openClient(configuration.cluster);
  if (client === undefined) {
    return undefined;
  }
  const cluster = openCluster({ ...options, client });
  return {
    ...cluster,
    async waitForPolicies(leaving) {
      try {
        await cluster.whenReady(AbortSignal.any([leaving, AbortSignal.timeout(FIRST_READ_MS)]));
      } catch (error) {
        telemetry.log.warn(
          { server: client.server, troubled: cluster.health().troubled, reason: messageOf(error) },
          "the policies of the cluster could not be read yet; this server is not ready",
        );
      }
    },
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await client[Symbol.asyncDispose]();
    },
  };
}

async function openClient(cluster: Configuration["cluster"]): Promise<KubeClient | undefined> {
  switch (cluster.connection) {
    case "off":
      return undefined;
    case "in-cluster":
      if (cluster.inCluster === undefined) {
        throw new Error("the configuration of a Pod has no API server");
      }
      return await openKubeClient({ connection: "in-cluster", server: cluster.inCluster });
    default: {
      const { kubeconfig: file, context } = cluster;
      return await openKubeClient({
        connection: "kubeconfig",
        ...(file === undefined ? {} : { file }),
        ...(context === undefined ? {} : { context }),
      });
    }
  }
}

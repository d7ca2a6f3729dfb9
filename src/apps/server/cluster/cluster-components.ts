// SPDX-License-Identifier: Apache-2.0
import { Gauge } from "prom-client";
import type { AdvisorySource } from "#advisories";
import type { Clock } from "#base";
import { type ClusterMatch, matchCluster, readToldServer, type ToldNode } from "#findings";
import type { KubeClient } from "#kube";
import type { Telemetry } from "#telemetry";

/** Vulnerabilities of the programs that the cluster itself is made of. */
export interface ClusterComponents {
  /** By the nodes, the API server's version and the advisory database of now. Never rejects. */
  current(): Promise<ClusterMatch>;
}

export interface ClusterComponentsOptions {
  readonly client: Pick<KubeClient, "raw">;
  readonly nodes: {
    /** The same array until a node changes. */
    current(): readonly ToldNode[];
  };
  readonly advisories: AdvisorySource & { subscribe(onChange: () => void): () => void };
  readonly telemetry: Pick<Telemetry, "metrics">;
  readonly clock: Clock;
}

const VERSION_KEPT_MS = 300_000;
/** After a failure; until then what the API server said before counts. */
const VERSION_RETRY_MS = 15_000;
const VERSION_TIMEOUT_MS = 3_000;

/**
 * Every replica works this out for itself, when somebody asks and something has changed: nodes write their status every few minutes,
 * and matching some ten versions takes milliseconds.
 */
export function openClusterComponents(options: ClusterComponentsOptions): ClusterComponents & Disposable {
  const { client, nodes, advisories, clock } = options;
  let apiServer: string | undefined;
  let askAgainAt = 0;
  let asking: Promise<void> | undefined;
  let known:
    | { readonly nodes: readonly ToldNode[]; readonly apiServer?: string; readonly match: ClusterMatch }
    | undefined;
  const unsubscribe = advisories.subscribe(() => {
    known = undefined;
  });

  async function ask(): Promise<void> {
    try {
      const answer = await client.raw("GET", "/version", undefined, {
        signal: AbortSignal.timeout(VERSION_TIMEOUT_MS),
      });
      apiServer = readToldServer(answer);
      askAgainAt = clock.now().getTime() + VERSION_KEPT_MS;
    } catch {
      // not told is a gap in the answer, and what was told before stays as nodes do; the watches log that the API server is away
      askAgainAt = clock.now().getTime() + VERSION_RETRY_MS;
    }
  }

  async function refresh(): Promise<void> {
    if (clock.now().getTime() >= askAgainAt) {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
    }
    await asking;
  }

  function match(): ClusterMatch {
    const now = nodes.current();
    if (known === undefined || known.nodes !== now || known.apiServer !== apiServer) {
      const told = { nodes: now, ...(apiServer === undefined ? {} : { apiServer }) };
      known = { ...told, match: matchCluster(told, advisories) };
    }
    return known.match;
  }

  registerMetrics(options.telemetry, () => {
    // a scrape does not wait for the API server
    void refresh();
    return match();
  });
  return {
    async current() {
      await refresh();
      return match();
    },
    [Symbol.dispose]: () => {
      unsubscribe();
    },
  };
}

function registerMetrics({ metrics }: Pick<Telemetry, "metrics">, match: () => ClusterMatch): void {
  const registers = [metrics];
  new Gauge({
    name: "haechi_cluster_component_findings",
    help: "Vulnerabilities of Kubernetes and of container runtimes, by program and severity; one of several versions counts for each",
    labelNames: ["component", "severity"],
    registers,
    collect() {
      this.reset();
      for (const { name, findings } of match().components) {
        for (const { severity } of findings) {
          this.inc({ component: name, severity });
        }
      }
    },
  });
  new Gauge({
    name: "haechi_cluster_components",
    help: "Versions of the programs that the cluster is made of, by what the advisories say about them",
    labelNames: ["component", "state"],
    registers,
    collect() {
      this.reset();
      for (const { name, state } of match().components) {
        this.inc({ component: name, state });
      }
    },
  });
}

// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { ServerContext } from "../context.ts";
import { createControllerMetrics } from "./controller-metrics.ts";
import { keepWebhooks } from "./keep-webhooks.ts";
import { leadController } from "./lead-controller.ts";
import { type LeaseTiming, takePartInElection } from "./leader-election.ts";

const LEASE_NAME = "haechi-controller";

/** Work that goes on until it is stopped. */
export interface RunningController {
  stop(): Promise<void>;
}

/**
 * Starts the role `controller`: with a cluster connection it takes part in the election of the one replica that watches
 * what runs, judges it again, reports, and keeps policy statuses and webhook configurations right. Without one it does
 * nothing. Resolves at once; `stop` hands the lease back.
 */
export async function startController(
  context: ServerContext,
  options: { readonly leaseTiming?: LeaseTiming } = {},
): Promise<RunningController> {
  const { cluster, clock, telemetry } = context;
  const metrics = createControllerMetrics(telemetry.metrics);
  metrics.leading.set(0);
  if (cluster === undefined) {
    telemetry.log.warn("the controller has nothing to do: cluster.connection is off");
    return { stop: () => Promise.resolve() };
  }
  const stopping = new AbortController();
  const identity = `${hostname()}_${randomUUID()}`;
  const taking = takePartInElection({
    client: cluster.client,
    namespace: cluster.systemNamespace,
    name: LEASE_NAME,
    identity,
    signal: stopping.signal,
    log: telemetry.log,
    now: () => clock.now(),
    ...(options.leaseTiming === undefined ? {} : { timing: options.leaseTiming }),
    async lead(signal) {
      metrics.leading.set(1);
      try {
        await together(signal, [
          (each) => leadController({ context, cluster, metrics, identity }, each),
          (each) => keepWebhooks({ context, cluster, metrics }, each),
        ]);
      } finally {
        metrics.leading.set(0);
      }
    },
  });
  return {
    async stop() {
      stopping.abort();
      await taking;
    },
  };
}

/** Runs all until the signal aborts; when one fails, the others end, too, and then it throws. */
async function together(
  signal: AbortSignal,
  parts: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const results = await Promise.allSettled(
    parts.map(async (part) => {
      try {
        await part(both);
      } catch (error) {
        failed.abort();
        throw error;
      }
    }),
  );
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) {
    throw failure.reason as Error;
  }
}

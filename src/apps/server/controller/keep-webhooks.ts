// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { currentCaBundle } from "../admission/index.ts";
import type { ClusterView, ServerContext } from "../context.ts";
import { CoalescedTask } from "./coalesced-task.ts";
import type { ControllerMetrics } from "./controller-metrics.ts";
import { isGateReady } from "./gate-readiness.ts";
import { WebhookKeeper } from "./webhook-keeper.ts";

/** A rotation waits for longer than this between the day that it has a new authority and the day that it uses it. */
const LOOK_EVERY_MS = 10_000;

/** Keeps the webhook configurations right until the signal aborts; without `admission.webhookAddress` it leaves them alone. */
export async function keepWebhooks(
  {
    context,
    cluster,
    metrics,
  }: { readonly context: ServerContext; readonly cluster: ClusterView; readonly metrics: ControllerMetrics },
  signal: AbortSignal,
): Promise<void> {
  const { configuration, clock, database } = context;
  const { webhookAddress: address } = configuration.admission;
  if (address === undefined) {
    return;
  }
  const { client } = cluster;
  const log = context.telemetry.log.child({ role: "controller" });
  function caBundle(): Promise<string> {
    return currentCaBundle(context);
  }
  await using stack = new AsyncDisposableStack();
  const keeping = stack.use(
    new CoalescedTask({
      name: "webhook configurations",
      gatherMs: 100,
      everyMs: LOOK_EVERY_MS,
      maxRetryMs: LOOK_EVERY_MS,
      log,
      work: (stop) => keeper.keep(stop),
    }),
  );
  const keeper = stack.use(
    new WebhookKeeper({
      client,
      configuration,
      caBundle,
      isGateReady: (stop) => isGateReady({ client, address, caBundle }, stop),
      onInPlace: () => database.workloads.noteGateReady(),
      metrics,
      clock,
      log,
      onChange: () => keeping.request(),
    }),
  );
  keeping.request();
  if (!signal.aborted) {
    await once(signal, "abort");
  }
}

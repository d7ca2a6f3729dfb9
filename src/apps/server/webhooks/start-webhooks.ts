// SPDX-License-Identifier: Apache-2.0
import type { ServerEvent } from "#database";
import type { ServerContext } from "../context.ts";
import { makeDeliveries, makeKeyReminders } from "./make-deliveries.ts";
import { DeliverySender } from "./send-deliveries.ts";

const PRUNE_MS = 3_600_000;
/** How long what became of deliveries can be seen. */
const HISTORY_MS = 30 * 24 * 3_600_000;
const PRUNED_AT_ONCE = 10_000;

/** Worth a look at once; anything else is seen by the next regular one. */
const NEWS: ReadonlySet<ServerEvent["type"]> = new Set<ServerEvent["type"]>([
  "image-pushed",
  "image-deleted",
  "scan-changed",
  "blob-damaged",
  "job-changed",
  "registry-changed",
]);

/** Tells receivers what happens until stopped. */
export interface Webhooks {
  stop(): Promise<void>;
}

/** Shorter in tests. */
export interface WebhookTimes {
  readonly lookMs: number;
  readonly sendMs: number;
  readonly patience: number;
  readonly totalMs?: number;
}

const TIMES: WebhookTimes = { lookMs: 5_000, sendMs: 2_000, patience: 1 };

/** Makes deliveries of what happens, and sends them. Any number of processes may do so. */
export function startWebhooks(context: ServerContext, times: WebhookTimes = TIMES): Webhooks {
  const { database, clock, telemetry } = context;
  const log = telemetry.log.child({ part: "webhooks" });
  const { totalMs } = times;
  const sender = new DeliverySender({
    context,
    log,
    patience: times.patience,
    ...(totalMs === undefined ? {} : { totalMs }),
  });
  const looking = repeated(async () => {
    await makeDeliveries(context);
    sender.wake();
  });
  const tidying = repeated(async () => {
    await makeKeyReminders(context);
    await database.webhookDeliveries.prune(new Date(clock.now().getTime() - HISTORY_MS), PRUNED_AT_ONCE);
  });

  /** Runs once at a time; what is asked for meanwhile is one more run. */
  function repeated(work: () => Promise<void>): { run(): void; stop(): Promise<void> } {
    let current: Promise<void> | undefined;
    let isAskedAgain = false;
    let isStopped = false;
    function run(): void {
      if (isStopped) {
        return;
      }
      if (current !== undefined) {
        isAskedAgain = true;
        return;
      }
      isAskedAgain = false;
      current = work()
        .catch((error: unknown) => log.error({ err: error }, "what happened was not made into deliveries; tried again"))
        .finally(() => {
          current = undefined;
          if (isAskedAgain) {
            run();
          }
        });
    }
    return {
      run,
      async stop() {
        isStopped = true;
        await current;
      },
    };
  }

  const unsubscribe = database.events.subscribe(
    (event) => {
      if (NEWS.has(event.type)) {
        looking.run();
      }
    },
    () => looking.run(),
  );
  const timers = [
    setInterval(() => looking.run(), times.lookMs),
    setInterval(() => sender.wake(), times.sendMs),
    setInterval(() => tidying.run(), PRUNE_MS),
  ];
  for (const timer of timers) {
    timer.unref();
  }
  looking.run();
  tidying.run();
  return {
    async stop() {
      unsubscribe();
      for (const timer of timers) {
        clearInterval(timer);
      }
      await Promise.all([looking.stop(), tidying.stop()]);
      await sender[Symbol.asyncDispose]();
    },
  };
}

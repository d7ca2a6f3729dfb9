// SPDX-License-Identifier: Apache-2.0

import type { Logger } from "pino";
import { Counter } from "prom-client";
import { messageOf } from "#base";
import type { WebhookDelivery } from "#database";
import { parseWebhook } from "#registry";
import type { ServerContext } from "../context.ts";
import { type Attempt, sendDelivery } from "./send-delivery.ts";
import { signPayload } from "./signing-key.ts";

const MAX_AT_ONCE = 16;
const MAX_AT_ONCE_EACH = 2;
/** Longer than an attempt lasts: then the process that took it on is gone. */
const LEASE_MS = 60_000;
/** Before the second attempt, the third, …; a day in all. After the last one it is given up. */
const PAUSES_S = [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200];
/** Whatever a receiver says. */
const MAX_ASKED_PAUSE_MS = 6 * 3_600_000;

export interface SenderOptions {
  readonly context: ServerContext;
  readonly log: Pick<Logger, "warn" | "error">;
  /** Multiplies the pauses; less than 1 in tests. */
  readonly patience: number;
  readonly totalMs?: number;
}

/** Sends deliveries whose time has come, until it is disposed of. */
export class DeliverySender implements AsyncDisposable {
  readonly #options: SenderOptions;
  /** By webhook, how many are on their way. */
  readonly #busy: Map<string, number> = new Map();
  readonly #atWork: Set<Promise<void>> = new Set();
  readonly #stopping = new AbortController();
  readonly #counted: Counter<"outcome">;
  #looking: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#counted = new Counter({
      name: "haechi_webhook_attempts_total",
      help: "Attempts to deliver events to webhooks, by what they came to.",
      labelNames: ["outcome"],
      registers: [options.context.telemetry.metrics],
    });
  }

  /** Looks for deliveries now. */
  wake(): void {
    if (this.#stopping.signal.aborted) {
      return;
    }
    if (this.#looking !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isAskedAgain = false;
    this.#looking = this.#claimAll()
      .catch((error: unknown) => {
        this.#options.log.error({ err: error }, "deliveries of webhooks were not looked for; tried again soon");
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#isAskedAgain) {
          this.wake();
        }
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new Error("the server stops"));
    await this.#looking;
    await Promise.all(this.#atWork);
  }

  async #claimAll(): Promise<void> {
    const { webhookDeliveries } = this.#options.context.database;
    while (this.#atWork.size < MAX_AT_ONCE && !this.#stopping.signal.aborted) {
      const except = [...this.#busy].filter(([, count]) => count >= MAX_AT_ONCE_EACH).map(([webhook]) => webhook);
      // one by one, so that a webhook does not get more than its share
      const [delivery] = await webhookDeliveries.claim({ limit: 1, leaseMs: LEASE_MS, except });
      if (delivery === undefined) {
        return;
      }
      this.#begin(delivery);
    }
  }

  #begin(delivery: WebhookDelivery): void {
    const { webhook, id } = delivery;
    this.#busy.set(webhook, (this.#busy.get(webhook) ?? 0) + 1);
    const work = this.#deliver(delivery)
      .catch((error: unknown) => {
        // its lease ends, and somebody tries again
        if (!this.#stopping.signal.aborted) {
          this.#options.log.error({ err: error, webhook, delivery: id }, "a delivery failed in an unforeseen way");
        }
      })
      .finally(() => {
        const left = (this.#busy.get(webhook) ?? 0) - 1;
        if (left > 0) {
          this.#busy.set(webhook, left);
        } else {
          this.#busy.delete(webhook);
        }
        this.#atWork.delete(work);
        this.wake();
      });
    this.#atWork.add(work);
  }

  async #deliver(delivery: WebhookDelivery): Promise<void> {
    const { context } = this.#options;
    const attempt = await this.#attempt(delivery);
    const { status, message } = attempt;
    const said = { ...(status === undefined ? {} : { status }), ...(message === undefined ? {} : { message }) };
    this.#counted.inc({ outcome: attempt.outcome });
    const pauseMs = attempt.outcome === "failed" ? this.#pauseAfter(delivery.attempts, attempt) : undefined;
    if (pauseMs !== undefined) {
      const nextAttemptAt = new Date(context.clock.now().getTime() + pauseMs);
      await context.database.webhookDeliveries.finish(delivery, { state: "pending", ...said, nextAttemptAt });
      return;
    }
    const state = attempt.outcome === "delivered" ? "delivered" : "failed";
    await context.database.webhookDeliveries.finish(delivery, { state, ...said });
    if (state === "failed") {
      const { webhook, id, eventType, attempts } = delivery;
      this.#options.log.warn(
        { webhook, delivery: id, eventType, attempts, status, reason: message },
        "an event was not delivered",
      );
    }
  }

  async #attempt(delivery: WebhookDelivery): Promise<Attempt> {
    const { context, totalMs } = this.#options;
    const { database, clock, configuration } = context;
    const found = await database.registryObjects.find("webhook", delivery.webhook);
    const webhook = found === undefined ? undefined : parseWebhook(found.document);
    if (webhook === undefined) {
      return { outcome: "refused", message: "there is no such webhook any more" };
    }
    const now = clock.now();
    const timestamp = Math.floor(now.getTime() / 1_000);
    const place = { secrets: database.secrets, clock };
    const { eventId: id, payload: body } = delivery;
    const signature = await signPayload(place, delivery.webhook, { id, timestamp, body });
    if (signature === undefined) {
      return { outcome: "refused", message: "the webhook has no signing key: rotate it" };
    }
    try {
      return await sendDelivery(
        webhook,
        {
          delivery,
          signature,
          timestamp,
          now,
          signal: this.#stopping.signal,
          ...(totalMs === undefined ? {} : { totalMs }),
        },
        configuration.proxy,
      );
    } catch (error) {
      this.#stopping.signal.throwIfAborted();
      return { outcome: "failed", message: messageOf(error) };
    }
  }

  /** With some chance in it, so that not everything comes back at the same moment. */
  #pauseAfter(attempts: number, { retryAfterMs = 0 }: Attempt): number | undefined {
    const pauseS = PAUSES_S[attempts - 1];
    if (pauseS === undefined) {
      return undefined;
    }
    const ownMs = pauseS * 1_000 * this.#options.patience * (0.9 + 0.2 * Math.random());
    return Math.max(ownMs, Math.min(retryAfterMs, MAX_ASKED_PAUSE_MS));
  }
}

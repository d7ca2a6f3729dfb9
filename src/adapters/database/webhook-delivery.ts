// SPDX-License-Identifier: Apache-2.0

/** An event on its way to a receiver, or what became of it. */
export interface WebhookDelivery {
  readonly id: number;
  /** Name of the webhook. */
  readonly webhook: string;
  /** The same for each try, and for each receiver of one event. */
  readonly eventId: string;
  readonly eventType: string;
  /** The body, byte by byte as it is signed and sent. */
  readonly payload: string;
  /** `failed`: given up. */
  readonly state: "pending" | "delivered" | "failed";
  readonly attempts: number;
  /** HTTP status of the last answer; absent where there was none. */
  readonly status?: number;
  /** What was wrong with the last try. */
  readonly message?: string;
  /** RFC 3339: when it is tried (again). */
  readonly nextAttemptAt: string;
  readonly createdAt: string;
  readonly finishedAt?: string;
}

export interface NewWebhookDelivery {
  readonly webhook: string;
  /** A UUID; a second delivery of the event to the webhook is the first one. */
  readonly eventId: string;
  readonly eventType: string;
  readonly payload: string;
}

export interface WebhookDeliveryQuery {
  readonly limit: number;
  /** Only those older than this one. */
  readonly before?: number;
  readonly webhook?: string;
  readonly state?: WebhookDelivery["state"];
}

export interface WebhookDeliveryStore {
  /** Those that are new, in order. */
  add(deliveries: readonly NewWebhookDelivery[]): Promise<readonly number[]>;
  /**
   * Takes deliveries on whose time has come, the oldest first, each for one process: what is not finished within `leaseMs` is given to the
   * next one that asks. Counts as an attempt. Nothing for the webhooks of `except`.
   */
  claim(asked: {
    readonly limit: number;
    readonly leaseMs: number;
    readonly except: readonly string[];
  }): Promise<readonly WebhookDelivery[]>;
  /** What came of the attempt; `pending`: another one at `nextAttemptAt`. Nothing when another process has it by now. */
  finish(
    delivery: Pick<WebhookDelivery, "id" | "attempts">,
    outcome: {
      readonly state: WebhookDelivery["state"];
      readonly status?: number;
      readonly message?: string;
      readonly nextAttemptAt?: Date;
    },
  ): Promise<void>;
  find(id: number): Promise<WebhookDelivery | undefined>;
  /** Newest first. */
  list(query: WebhookDeliveryQuery): Promise<readonly WebhookDelivery[]>;
  /** Sends it again, from the first attempt; false when there is none, or it is on its way. */
  redeliver(id: number): Promise<boolean>;
  /** Forgets what belongs to a webhook. */
  removeOf(webhook: string): Promise<void>;
  /** Forgets at most `limit` that ended before; returns how many. */
  prune(before: Date, limit: number): Promise<number>;
}

// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import { messageOf } from "#base";
import type { DatabaseLog } from "./database-log.ts";
import { parseServerEvent } from "./parse-server-event.ts";
import { clientConfig } from "./pool.ts";
import { toDatabaseError } from "./postgres-errors.ts";
import type { Queries } from "./store-context.ts";
import type { ServerEvent } from "./stores.ts";

const CHANNEL = "haechi_events";
/** NOTIFY carries less than 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_900;
/** Sent in place of an event that is too long: whoever listens looks for itself what changed. */
const GAP_PAYLOAD = "gap";
/** First half of the advisory locks by which processes show that they live; the second half is their worker number. */
export const WORKER_LOCK_CLASS = 0x4841_4543;

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** How often an idle connection is asked whether it is still there: a peer that vanished sends nothing. */
const PROBE_INTERVAL_MS = 5_000;
const PROBE_TIMEOUT_MS = 2_000;

interface Subscriber {
  readonly onEvent: (event: ServerEvent) => void;
  readonly onGap: (() => void) | undefined;
}

/** Tells every process about the event once the transaction commits. */
export async function notify(queries: Queries, event: ServerEvent): Promise<void> {
  const payload = JSON.stringify(event);
  const fitting = Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES ? payload : GAP_PAYLOAD;
  await sql`select pg_notify(${CHANNEL}, ${fitting})`.execute(queries);
}

/**
 * One connection of this process's own that listens for events and holds the lock that shows that the process lives.
 * It connects again by itself when it breaks; events of the meantime are lost, which subscribers hear as a gap.
 */
export class EventListener {
  /** The number of this process among those that use the database. */
  readonly worker: number = randomInt(1, 2 ** 31 - 1);
  readonly #connectionString: string;
  readonly #log: DatabaseLog;
  readonly #subscribers = new Set<Subscriber>();
  readonly #closing = new AbortController();
  #client: pg.Client | undefined;
  #reconnecting: Promise<void> | undefined;
  #probe: NodeJS.Timeout | undefined;

  constructor(connectionString: string, log: DatabaseLog) {
    this.#connectionString = connectionString;
    this.#log = log;
  }

  async open(): Promise<void> {
    await this.#connect();
    this.#probe = setInterval(() => void this.#checkConnection(), PROBE_INTERVAL_MS);
    this.#probe.unref();
  }

  subscribe(onEvent: (event: ServerEvent) => void, onGap?: () => void): () => void {
    const subscriber = { onEvent, onGap };
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#probe);
    this.#subscribers.clear();
    await this.#reconnecting;
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(clientConfig(this.#connectionString));
    client.on("error", () => this.#lost(client));
    client.on("end", () => this.#lost(client));
    client.on("notification", (message) => this.#receive(message.payload ?? ""));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      // Shared, so that it does not wait for our last connection, which the server may still believe in for hours.
      await client.query("select pg_advisory_lock_shared($1, $2)", [WORKER_LOCK_CLASS, this.worker]);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw toDatabaseError(error);
    }
    this.#client = client;
  }

  #lost(client: pg.Client): void {
    if (client !== this.#client || this.#closing.signal.aborted) {
      return;
    }
    this.#client = undefined;
    this.#log.warn({}, "lost the database connection that listens for events; connecting again");
    this.#reconnecting = this.#reconnect().finally(() => {
      this.#reconnecting = undefined;
    });
  }

  async #reconnect(): Promise<void> {
    for (let waitMs = FIRST_RETRY_MS; !this.#closing.signal.aborted; waitMs = Math.min(2 * waitMs, LAST_RETRY_MS)) {
      try {
        await this.#connect();
        this.#tellGap();
        return;
      } catch (error) {
        this.#log.debug({ reason: messageOf(error) }, "the database is not back yet");
        await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  async #checkConnection(): Promise<void> {
    const client = this.#client;
    if (client === undefined) {
      return;
    }
    const late = delay(PROBE_TIMEOUT_MS, true, { ref: false });
    const isLost = await Promise.race([client.query("select 1").then(() => false), late]).catch(() => true);
    if (isLost) {
      this.#lost(client);
      await client.end().catch(() => undefined);
    }
  }

  #receive(payload: string): void {
    if (payload === GAP_PAYLOAD) {
      this.#tellGap();
      return;
    }
    const event = parseServerEvent(payload);
    if (event === undefined) {
      this.#log.debug({}, "ignored an event of an unknown kind, perhaps of a newer process");
      return;
    }
    for (const { onEvent } of [...this.#subscribers]) {
      this.#guard(() => onEvent(event));
    }
  }

  #tellGap(): void {
    for (const { onGap } of [...this.#subscribers]) {
      this.#guard(() => onGap?.());
    }
  }

  /** One subscriber that throws must not keep the event from the others. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error({ err: error }, "a subscriber of events threw");
    }
  }
}

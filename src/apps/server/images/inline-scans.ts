// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Counter } from "prom-client";
import { type Clock, type Digest, messageOf } from "#base";
import type { RemoteImageStore, ScanStore } from "#database";
import { LruMap } from "../registry/lru-map.ts";
import type { RemoteScan, ScanAnswer } from "../scan-process/protocol.ts";
import { Turns } from "./turns.ts";

/** A replica that says nothing for so long has lost the scan to another one. */
const LEASE_MS = 30_000;
const HEARTBEAT_MS = 10_000;
/** Between two looks at whether another replica has finished, or died. */
const RETRY_MS = 1_000;
/** Somebody else's scan is waited for at most as long as scans may take, and a little. */
const MAX_WAITING = 1_000;
/** One namespace must not take all of that from the others. */
const MAX_WAITING_OF_PARTY = 100;
const MAX_FAILURES = 5_000;
/** An image that could not be read is tried again after that; each try costs a download. */
const FAILED_MS = 30_000;

/** Why a scan came to nothing, as far as this process saw. */
interface Failure {
  readonly message: string;
  readonly atMs: number;
}

export interface InlineScansOptions {
  readonly scans: Pick<ScanStore, "finish">;
  readonly store: Pick<RemoteImageStore, "claimScan" | "keepScan" | "releaseScan">;
  readonly run: (scan: RemoteScan, signal: AbortSignal) => Promise<ScanAnswer>;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly counted: Counter<"result">;
}

/**
 * Scans of images of other registries, each once at a time among all replicas. They go on when the review that asked has
 * been answered. Only what follows from verified bytes is stored for all: that one registry could not be read must not
 * count against the same image elsewhere.
 */
export class InlineScans implements AsyncDisposable {
  readonly #options: InlineScansOptions;
  readonly #turns: Turns;
  readonly #tasks: Map<Digest, Promise<void>> = new Map();
  /** How many of them each party began. */
  readonly #begun: Map<string, number> = new Map();
  readonly #failures = new LruMap<string, Failure>(MAX_FAILURES);
  readonly #stopping = new AbortController();

  constructor(options: InlineScansOptions) {
    this.#options = options;
    this.#turns = new Turns(options.concurrency);
  }

  get size(): number {
    return this.#tasks.size;
  }

  isUnderWay(digest: Digest): boolean {
    return this.#tasks.has(digest);
  }

  /** Why the last try of this access came to nothing, while that is worth remembering. */
  failureOf(scan: RemoteScan): string | undefined {
    const failure = this.#failures.get(failureKey(scan));
    const ageMs = this.#options.clock.now().getTime() - (failure?.atMs ?? 0);
    return failure === undefined || ageMs < 0 || ageMs >= FAILED_MS ? undefined : failure.message;
  }

  /** Begins the scan for a party unless it is under way. Says whether it is now; false when too many wait. */
  begin(scan: RemoteScan, party: string): boolean {
    const { digest } = scan;
    if (this.#tasks.has(digest)) {
      return true;
    }
    const begun = this.#begun.get(party) ?? 0;
    const isFull = this.#tasks.size >= MAX_WAITING || begun >= MAX_WAITING_OF_PARTY;
    if (isFull || this.#stopping.signal.aborted) {
      return false;
    }
    this.#begun.set(party, begun + 1);
    const task = this.#work(scan, party)
      .catch((error: unknown) => {
        this.#options.log.error({ err: error, digest }, "a scan of an image of another registry failed");
      })
      .finally(() => {
        this.#tasks.delete(digest);
        this.#end(party);
      });
    this.#tasks.set(digest, task);
    return true;
  }

  /** Resolves when no scan of this process is under way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#tasks.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new Error("the server stops"));
    await this.idle();
  }

  #end(party: string): void {
    const left = (this.#begun.get(party) ?? 0) - 1;
    if (left > 0) {
      this.#begun.set(party, left);
    } else {
      this.#begun.delete(party);
    }
  }

  async #work(scan: RemoteScan, party: string): Promise<void> {
    const { signal } = this.#stopping;
    const endMs = performance.now() + this.#options.timeoutMs + LEASE_MS;
    while (!signal.aborted && performance.now() < endMs) {
      const end = await this.#turns.take(party);
      try {
        if (signal.aborted) {
          return;
        }
        const claim = await this.#options.store.claimScan(scan.digest, LEASE_MS);
        if (claim === "claimed") {
          await this.#scan(scan);
        }
        if (claim !== "busy") {
          return;
        }
      } finally {
        end();
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #scan(scan: RemoteScan): Promise<void> {
    const { store, scans, run, log, counted } = this.#options;
    const { digest, registry, repository } = scan;
    const lost = new AbortController();
    const heartbeat = setInterval(() => {
      store.keepScan(digest, LEASE_MS).then(
        (isOurs) => isOurs || lost.abort(new Error("another replica took the scan over")),
        (error: unknown) => log.warn({ err: error, digest }, "the claim of a scan could not be renewed"),
      );
    }, HEARTBEAT_MS);
    const started = performance.now();
    let answer: ScanAnswer;
    try {
      answer = await run(scan, AbortSignal.any([this.#stopping.signal, lost.signal]));
    } catch (error) {
      answer = { state: "failed", message: messageOf(error) };
    } finally {
      clearInterval(heartbeat);
    }
    if (lost.signal.aborted) {
      return;
    }
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    if (answer.state === "failed") {
      await store.releaseScan(digest, answer.message);
      if (!this.#stopping.signal.aborted) {
        const atMs = this.#options.clock.now().getTime();
        this.#failures.set(failureKey(scan), { message: answer.message, atMs });
        log.warn({ digest, registry, repository, seconds, reason: answer.message }, "an image could not be scanned");
      }
    } else {
      await scans.finish(digest, answer);
      log.info({ digest, registry, repository, seconds, state: answer.state }, "scanned an image of another registry");
    }
    counted.inc({ result: answer.state });
  }
}

function failureKey({ digest, registry, repository, who }: RemoteScan): string {
  return `${registry}/${repository}@${digest} ${who}`;
}

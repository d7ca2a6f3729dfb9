// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import { type Clock, messageOf } from "#base";
import { KubeError } from "./errors.ts";
import type { KubeClient, KubeEvent, KubeListPlace, KubeObject, KubeResource } from "./kube-client.ts";
import { resourceName } from "./resources.ts";
import { retryDelayMs, WATCH_TIMING, type WatchTiming } from "./watch-backoff.ts";
import { type ObjectChange, WatchedObjects } from "./watched-objects.ts";

/**
 * `starting`: never read. `synced`: what is known is what the API server has. `stale`: contact is lost, and what is known
 * is from before. `absent`: the kind is not installed.
 */
export type WatchState = "starting" | "synced" | "stale" | "absent";

/** Why a watch began anew: by the server's clock, or for a failure, by its code in lower case. */
export type RestartReason = "ended" | Lowercase<KubeError["code"]> | "bug";

export interface SupervisedWatchOptions<T> {
  readonly client: Pick<KubeClient, "server" | "pages" | "watch">;
  readonly resource: KubeResource;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** What is kept of an object: as little as possible. `undefined`: nothing. Must not throw. */
  readonly select: (object: KubeObject) => T | undefined;
  /** In order; all changes that a list brought at once. Must not throw. */
  readonly onChange?: (changes: readonly ObjectChange<T>[]) => void;
  readonly onState?: (state: WatchState) => void;
  readonly onRestart?: (reason: RestartReason) => void;
  readonly clock: Clock;
  /** Between 0 and 1, as `Math.random`. */
  readonly random: () => number;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly timing?: Partial<WatchTiming>;
}

/** The objects of one kind as they are now; see {@link superviseWatch}. */
export interface SupervisedWatch<T> extends AsyncDisposable {
  /** By `namespace/name`, or name alone for kinds of the cluster. Always the same map; it changes with the cluster. */
  readonly objects: ReadonlyMap<string, T>;
  readonly state: WatchState;
  /** When the API server was heard last; absent before the first time. */
  readonly lastContactAt: Date | undefined;
  /** Resolves when everything was read once, or the kind is not installed; rejects when `signal` aborts. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  /** Tries at once what it would try later. */
  hurry(): void;
}

/** A kind that was there is taken for removed only when this many answers in a row say so: it takes the policies with it. */
const ABSENT_ANSWERS = 3;

/**
 * Lists the objects of a kind and follows their changes until it is disposed of, whatever happens to the API server in
 * between: what is known stays until something newer is. Failures are logged once per outage.
 */
export function superviseWatch<T>(options: SupervisedWatchOptions<T>): SupervisedWatch<T> {
  return new Supervision(options);
}

class Supervision<T> implements SupervisedWatch<T> {
  readonly #options: SupervisedWatchOptions<T>;
  readonly #timing: WatchTiming;
  readonly #place: KubeListPlace;
  readonly #query: Readonly<Record<string, string>>;
  readonly #name: string;
  readonly #known: WatchedObjects<T>;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #running: Promise<void>;
  #state: WatchState = "starting";
  #lastContactAt: Date | undefined;
  /** Where the next watch begins; absent: a list is needed. */
  #resourceVersion: string | undefined;
  #failures = 0;
  #absentAnswers = 0;
  #isTroubleLogged = false;
  #wake: (() => void) | undefined;

  constructor(options: SupervisedWatchOptions<T>) {
    const { resource, namespace, fieldSelector, labelSelector } = options;
    this.#options = options;
    this.#timing = { ...WATCH_TIMING, ...options.timing };
    this.#place = { resource, ...(namespace === undefined ? {} : { namespace }) };
    this.#query = {
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    };
    this.#name = resourceName(resource);
    this.#known = new WatchedObjects(options.select);
    this.#running = this.#run();
  }

  get objects(): ReadonlyMap<string, T> {
    return this.#known.values;
  }

  get state(): WatchState {
    return this.#state;
  }

  get lastContactAt(): Date | undefined {
    return this.#lastContactAt;
  }

  async whenSynced(signal?: AbortSignal): Promise<void> {
    while (this.#state === "starting") {
      signal?.throwIfAborted();
      this.#stopping.signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      this.#waiting.delete(resolve);
    }
  }

  hurry(): void {
    this.#failures = 0;
    this.#wake?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new Error("the watch was closed"));
    this.#wake?.();
    this.#wakeWaiting();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      let delayMs = 0;
      try {
        await this.#listAndWatch();
        this.#options.onRestart?.("ended");
      } catch (error) {
        if (this.#stopping.signal.aborted) {
          return;
        }
        delayMs = this.#afterFailure(error);
      }
      await this.#pause(delayMs);
    }
  }

  async #listAndWatch(): Promise<void> {
    if (this.#resourceVersion === undefined) {
      this.#resourceVersion = await this.#list();
      this.#becomeSynced();
    }
    const { client, random } = this.#options;
    const { watchMs, silenceMs, goodMs } = this.#timing;
    let openedAt: number | undefined;
    try {
      const events = client.watch(this.#place, {
        query: this.#query,
        resourceVersion: this.#resourceVersion,
        timeoutSeconds: Math.max(1, Math.round((watchMs * (1 + random() / 2)) / 1_000)),
        silenceMs,
        signal: this.#stopping.signal,
        onContact: () => {
          openedAt ??= performance.now();
          this.#contact();
          this.#becomeSynced();
        },
      });
      for await (const event of events) {
        this.#apply(event);
      }
    } finally {
      if (openedAt !== undefined && performance.now() - openedAt >= goodMs) {
        this.#failures = 0;
      }
    }
    if (openedAt === undefined || performance.now() - openedAt < Math.min(goodMs, 1_000)) {
      // A server that ends each watch at once would otherwise be asked without pause.
      throw new KubeError("UNREACHABLE", `watch of ${this.#name}: ended at once`);
    }
  }

  async #list(): Promise<string> {
    let resourceVersion = "";
    this.#known.beginList();
    for await (const page of this.#options.client.pages(this.#place, {
      query: this.#query,
      signal: this.#stopping.signal,
    })) {
      this.#contact();
      this.#known.addListed(page.items);
      ({ resourceVersion } = page);
    }
    this.#absentAnswers = 0;
    this.#report(this.#known.endList());
    return resourceVersion;
  }

  #apply({ type, object }: KubeEvent): void {
    if (type !== "BOOKMARK") {
      this.#report(type === "DELETED" ? this.#known.remove(object) : this.#known.put(object));
    }
    this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
  }

  #report(changes: readonly ObjectChange<T>[]): void {
    if (changes.length > 0) {
      this.#options.onChange?.(changes);
    }
  }

  /** Decides how to go on, and says how long to wait before. */
  #afterFailure(error: unknown): number {
    const code = error instanceof KubeError ? error.code : "bug";
    this.#options.onRestart?.(code.toLowerCase() as RestartReason);
    this.#failures += 1;
    if (!keepsPlace(error)) {
      this.#resourceVersion = undefined;
    }
    if (code === "NOT_FOUND") {
      this.#contact();
      this.#absentAnswers += 1;
      if (this.#state === "starting" || this.#state === "absent" || this.#absentAnswers >= ABSENT_ANSWERS) {
        this.#becomeAbsent();
        return this.#timing.absentMs * (1 + this.#options.random() / 10);
      }
    } else {
      this.#absentAnswers = 0;
    }
    this.#becomeStale(error);
    const retryAfterMs = error instanceof KubeError ? Number(error.details["retryAfterMs"] ?? 0) : 0;
    const delayMs = retryDelayMs(this.#failures, this.#timing, this.#options.random);
    return Math.min(Math.max(delayMs, retryAfterMs), this.#timing.maxRetryMs);
  }

  #contact(): void {
    this.#lastContactAt = this.#options.clock.now();
  }

  #becomeSynced(): void {
    if (this.#state === "synced") {
      return;
    }
    if (this.#isTroubleLogged) {
      this.#isTroubleLogged = false;
      this.#options.log.info({ resource: this.#name }, "the API server is watched again");
    }
    this.#become("synced");
  }

  #becomeAbsent(): void {
    this.#report(this.#known.clear());
    this.#become("absent");
  }

  #becomeStale(error: unknown): void {
    // A watch that the server's compaction ended is followed by a list at once; only what lasts is worth a line.
    if (!this.#isTroubleLogged && this.#failures > 1) {
      this.#isTroubleLogged = true;
      const { server } = this.#options.client;
      this.#options.log.warn(
        { resource: this.#name, server, reason: messageOf(error), lastContactAt: this.#lastContactAt?.toISOString() },
        "the API server cannot be watched; what was read last stays in force",
      );
    }
    if (this.#state === "synced") {
      this.#become("stale");
    }
  }

  #become(state: WatchState): void {
    if (this.#state === state) {
      return;
    }
    this.#state = state;
    this.#wakeWaiting();
    this.#options.onState?.(state);
  }

  #wakeWaiting(): void {
    for (const wake of this.#waiting) {
      wake();
    }
  }

  async #pause(delayMs: number): Promise<void> {
    if (delayMs === 0 || this.#stopping.signal.aborted) {
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, delayMs);
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
    clearTimeout(timer);
  }
}

/** After a failure of the network, or of our credentials, a watch goes on where it was; after anything else only a list is sure. */
function keepsPlace(error: unknown): boolean {
  if (!(error instanceof KubeError)) {
    return false;
  }
  const { status } = error.details;
  return (
    ["UNREACHABLE", "SILENT", "UNAUTHORIZED", "FORBIDDEN", "CREDENTIALS_UNUSABLE"].includes(error.code) ||
    (error.code === "REFUSED" && (status === 429 || status === 503))
  );
}

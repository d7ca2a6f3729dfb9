// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import { CodedError, type Digest, parseDigest } from "#base";
import type { ManifestRecord } from "#database";
import type { Reason } from "#policy";
import { LruMap } from "../lru-map.ts";
import { UpstreamHealth, type UpstreamState } from "../upstream/upstream-health.ts";
import { cacheErrorCode } from "./cache-error-code.ts";
import { CacheFiller, keyOf } from "./cache-filler.ts";
import { CacheFlights } from "./cache-flights.ts";
import { type CacheMetrics, createCacheMetrics } from "./cache-metrics.ts";
import { type CachePlace, cachePlaceOf } from "./cache-place.ts";
import { ProxyCacheError } from "./errors.ts";
import type { ProxyCacheOptions } from "./proxy-cache-options.ts";

const DEFAULT_FRESH_SECONDS = 300;
const MAX_REMEMBERED = 50_000;

/** What the cache has to say about what is handed out. */
export interface CacheAnswer {
  /** Whether it could not be asked if it is still so upstream. */
  readonly isStale: boolean;
  /** Since when it is not known to be so upstream. */
  readonly ageSeconds: number;
}

/** A cache as people are shown it. */
export interface CacheOverview {
  readonly prefix: string;
  readonly upstream: UpstreamState;
  /** Images that are on their way now, as they were asked for. */
  readonly fetching: readonly string[];
}

/**
 * Repositories that are filled from another registry when somebody asks. Nothing passes through: an image is fetched,
 * verified and stored whole with what is attached to it, and is then handed out like any other, when the gate lets it go.
 */
export class ProxyCache implements AsyncDisposable {
  readonly #options: ProxyCacheOptions;
  readonly #health: UpstreamHealth;
  readonly #metrics: CacheMetrics;
  readonly #flights = new CacheFlights();
  /** When a tag was last known to lead to its digest upstream. */
  readonly #checked = new LruMap<string, number>(MAX_REMEMBERED);
  readonly #filler: CacheFiller;
  readonly #closing = new AbortController();

  constructor(options: ProxyCacheOptions) {
    this.#options = options;
    this.#health = new UpstreamHealth(options.clock);
    this.#metrics = createCacheMetrics(options.telemetry.metrics);
    const shared = { health: this.#health, metrics: this.#metrics, flights: this.#flights };
    this.#filler = new CacheFiller(options, shared, this.#closing.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#flights.settled();
    await this.#options.clients[Symbol.asyncDispose]();
  }

  /** Where the repository's content comes from; `undefined`: it is none of a cache. */
  placeOf(repository: string): CachePlace | undefined {
    return cachePlaceOf(this.#options.settings.of(repository), repository);
  }

  overview(): readonly CacheOverview[] {
    return this.#options.settings.tree.prefixes.flatMap(({ prefix, settings }) =>
      settings.proxyCache === undefined
        ? []
        : [
            {
              prefix,
              upstream: this.#health.stateOf(settings.proxyCache.registry),
              fetching: this.#flights.imagesOf(prefix),
            },
          ],
    );
  }

  /**
   * Sees to it that the repository has what a tag or digest names upstream, as far as that can be done within the time.
   * `undefined`: the repository is none of a cache. Throws `ProxyCacheError` when there is nothing to hand out.
   */
  async prepare(repository: string, reference: string, waitMs: number): Promise<CacheAnswer | undefined> {
    const place = this.placeOf(repository);
    if (place === undefined) {
      return undefined;
    }
    try {
      this.#assertNotOwn(place);
      const digest = parseDigest(reference);
      return digest === undefined
        ? await this.#prepareTag(place, { repository, tag: reference }, waitMs)
        : await this.#prepareDigest(place, repository, { digest, waitMs });
    } catch (error) {
      this.#metrics.countRequest(
        error instanceof ProxyCacheError && error.code === "BEING_FETCHED" ? "held" : "failed",
      );
      throw error;
    }
  }

  /** Writes down that somebody was refused an image that nobody can judge yet. */
  recordHeld(
    asker: { readonly actor: string; readonly requestId: string },
    held: { readonly repository: string; readonly reference: string; readonly reason: Reason },
  ): void {
    const { database, registryName, clock } = this.#options;
    const digest = parseDigest(held.reference);
    database.decisions.record({
      ...asker,
      gate: "registry",
      reference: `${registryName()}/${keyOf(held.repository, held.reference)}`,
      ...(digest === undefined ? {} : { digest }),
      outcome: "undecided",
      reasons: [held.reason],
      durationMs: 0,
      decidedAt: clock.now().toISOString(),
    });
  }

  async #prepareDigest(
    place: CachePlace,
    repository: string,
    asked: { readonly digest: Digest; readonly waitMs: number },
  ): Promise<CacheAnswer> {
    const { digest, waitMs } = asked;
    const key = `${repository}@${digest}`;
    const isThere = (await this.#options.content.findWholeManifest(repository, digest)) !== undefined;
    if (isThere && this.#filler.isWhole(repository, digest)) {
      this.#metrics.countRequest("hit");
      return FRESH;
    }
    try {
      this.#assertMayAsk(place, key);
      await this.#hold(place, key, { waitMs, work: () => this.#filler.fill(place, repository, { digest }) });
    } catch (error) {
      // what it lacks are signatures: the gate says what that means
      if (!isThere || (error instanceof ProxyCacheError && error.code === "BEING_FETCHED")) {
        throw this.#failed(place, key, error);
      }
      this.#metrics.countRequest("stale");
      return FRESH;
    }
    this.#metrics.countRequest("fetched");
    return FRESH;
  }

  async #prepareTag(
    place: CachePlace,
    asked: { readonly repository: string; readonly tag: string },
    waitMs: number,
  ): Promise<CacheAnswer> {
    const { repository, tag } = asked;
    const { content, clock } = this.#options;
    const key = `${repository}:${tag}`;
    const record = await content.findWholeManifest(repository, tag);
    const freshMs = (place.settings.freshSeconds ?? DEFAULT_FRESH_SECONDS) * 1_000;
    const age = clock.now().getTime() - (this.#checked.get(key) ?? Number.NEGATIVE_INFINITY);
    const isFresh = record !== undefined && age >= 0 && age < freshMs;
    if (isFresh && !this.#filler.isUnderWay(repository, record.digest)) {
      this.#metrics.countRequest("hit");
      return FRESH;
    }
    try {
      this.#assertMayAsk(place, key);
      // asking itself may take as long as the upstream registry likes, so it is held like the fetch
      await this.#hold(place, key, { waitMs, work: () => this.#renewTag(place, asked, record) });
    } catch (error) {
      if (record === undefined) {
        throw this.#failed(place, key, error);
      }
      this.#metrics.countRequest("stale");
      return { isStale: true, ageSeconds: this.#ageOf(key, record) };
    }
    return FRESH;
  }

  /** Asks what the tag leads to, and fetches that unless it is there. */
  async #renewTag(
    place: CachePlace,
    { repository, tag }: { readonly repository: string; readonly tag: string },
    record: ManifestRecord | undefined,
  ): Promise<void> {
    const { clients, clock } = this.#options;
    const client = await clients.open(place.settings, place.upstream);
    const stated = await client.findDigest(tag, this.#closing.signal);
    if (stated !== undefined && stated === record?.digest && this.#filler.hasNewestAttachments(repository, stated)) {
      this.#health.noteSuccess(place.settings.registry);
      this.#metrics.countRequest("checked");
    } else {
      await this.#filler.fill(place, repository, { tag, ...(stated === undefined ? {} : { digest: stated }) });
      this.#metrics.countRequest("fetched");
    }
    this.#checked.set(`${repository}:${tag}`, clock.now().getTime());
  }

  /** Waits for the work, which goes on when nobody waits any more. */
  async #hold(
    place: CachePlace,
    key: string,
    { waitMs, work }: { readonly waitMs: number; readonly work: () => Promise<void> },
  ): Promise<void> {
    const timer = new AbortController();
    const waited = pause(waitMs, "late" as const, { signal: timer.signal, ref: false }).catch(() => "late" as const);
    try {
      const asked = this.#flights.share(key, { prefix: place.prefix }, async () => {
        try {
          await work();
        } catch (error) {
          this.#health.noteFailure(place.settings.registry, error);
          throw error;
        }
      });
      // when nobody waits any more
      asked.catch(() => undefined);
      if ((await Promise.race([asked, waited])) === "late") {
        throw new ProxyCacheError("BEING_FETCHED", `${key} is being fetched from ${place.settings.registry}`);
      }
    } finally {
      timer.abort();
    }
  }

  #assertMayAsk(place: CachePlace, key: string): void {
    if (this.#filler.isUnknown(key)) {
      throw new ProxyCacheError("UPSTREAM_UNKNOWN", `${place.settings.registry} does not have it`);
    }
    const paused = this.#health.pause(place.settings.registry);
    if (paused !== undefined && !this.#flights.has(key)) {
      throw new ProxyCacheError(
        paused.state === "limited" ? "UPSTREAM_LIMITED" : "UPSTREAM_AWAY",
        `${place.settings.registry} is not asked for now`,
        { details: { waitSeconds: Math.ceil(paused.waitMs / 1_000) } },
      );
    }
  }

  /** A cache of ourselves would ask itself without end. */
  #assertNotOwn({ settings, prefix }: CachePlace): void {
    if (settings.registry === this.#options.registryName()) {
      throw new ProxyCacheError("UPSTREAM_REFUSED", `the cache ${prefix} is one of this registry itself`);
    }
  }

  #ageOf(key: string, record: ManifestRecord): number {
    const since = this.#checked.get(key) ?? Date.parse(record.pushedAt);
    return Math.max(0, Math.floor((this.#options.clock.now().getTime() - since) / 1_000));
  }

  /** What a caller is told of a failure; the log has all of it. */
  #failed(place: CachePlace, key: string, error: unknown): unknown {
    if (error instanceof ProxyCacheError) {
      return error;
    }
    const { registry } = place.settings;
    if (!(error instanceof CodedError)) {
      return error;
    }
    this.#options.telemetry.log.warn({ err: error, image: key, registry }, "a cache could not be filled");
    if (NO_ROOM.includes(error.code)) {
      return error;
    }
    const details = { waitSeconds: Math.ceil((this.#health.pause(registry)?.waitMs ?? 0) / 1_000) };
    return new ProxyCacheError(cacheErrorCode(error), `${registry}: ${error.message}`, { cause: error, details });
  }
}

/** Said as for a push: nothing is wrong with the image. */
const NO_ROOM: readonly string[] = ["DISK_FULL", "DISK_READ_ONLY", "QUOTA_EXCEEDED"];
const FRESH: CacheAnswer = { isStale: false, ageSeconds: 0 };

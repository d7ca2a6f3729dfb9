// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest } from "#base";
import { type FetchedManifest, ImageSourceError } from "#image-source";
import type { Author } from "../content/registry-content.ts";
import { LruMap } from "../lru-map.ts";
import type { UpstreamHealth } from "../upstream/upstream-health.ts";
import type { CacheFlights } from "./cache-flights.ts";
import type { CacheMetrics } from "./cache-metrics.ts";
import type { CachePlace } from "./cache-place.ts";
import { ProxyCacheError } from "./errors.ts";
import { fetchImage } from "./fetch-image.ts";
import type { ProxyCacheOptions } from "./proxy-cache-options.ts";

/** How long a name that the upstream registry does not know is not asked for again. */
const UNKNOWN_MS = 60_000;
/** How often it is looked for new signatures of an image that is still what its tag leads to. */
const ATTACHED_MS = 3_600_000;
const MAX_REMEMBERED = 50_000;
/** However slowly an upstream registry sends: blobs that have come whole are not sent again by the next try. */
const MAX_FETCH_MS = 3 * 3_600_000;

const AUTHOR: Author = { actor: "proxy-cache", requestId: "proxy-cache", isSystem: true };

/** An image, by what is known of it. */
type Wanted = { readonly digest: Digest; readonly tag?: string } | { readonly tag: string; readonly digest?: Digest };

/** Fetches images of other registries, whole and with what is attached to them, and remembers what it could not get. */
export class CacheFiller {
  readonly #options: ProxyCacheOptions;
  readonly #shared: { readonly health: UpstreamHealth; readonly metrics: CacheMetrics; readonly flights: CacheFlights };
  readonly #closing: AbortSignal;
  readonly #unknown = new LruMap<string, number>(MAX_REMEMBERED);
  /** When it was last looked for what is attached to an image. */
  readonly #attached = new LruMap<string, number>(MAX_REMEMBERED);
  /** Images whose signatures could not all be fetched. */
  readonly #incomplete = new LruMap<string, true>(MAX_REMEMBERED);

  /** `closing` ends what is under way. */
  constructor(
    options: ProxyCacheOptions,
    shared: { readonly health: UpstreamHealth; readonly metrics: CacheMetrics; readonly flights: CacheFlights },
    closing: AbortSignal,
  ) {
    this.#options = options;
    this.#shared = shared;
    this.#closing = closing;
  }

  /** Whether the upstream registry said a moment ago that it does not have it. */
  isUnknown(key: string): boolean {
    return isWithin(this.#ageOf(this.#unknown, key), UNKNOWN_MS);
  }

  /** Whether nothing of the image is missing, and nobody is fetching it. */
  isWhole(repository: string, digest: Digest): boolean {
    const key = keyOf(repository, digest);
    return !this.isUnderWay(repository, digest) && this.#incomplete.get(key) === undefined;
  }

  isUnderWay(repository: string, digest: Digest): boolean {
    return this.#shared.flights.has(imageKey(keyOf(repository, digest)));
  }

  /** Whether it is too early to look for new signatures of the image. */
  hasNewestAttachments(repository: string, digest: Digest): boolean {
    const key = keyOf(repository, digest);
    return this.#incomplete.get(key) === undefined && isWithin(this.#ageOf(this.#attached, key), ATTACHED_MS);
  }

  /** Stores the image, and its tag when one is given. Throws `ProxyCacheError` and what reading and storing throw. */
  async fill(place: CachePlace, repository: string, wanted: Wanted): Promise<void> {
    const late = AbortSignal.timeout(this.#options.maxFetchMs ?? MAX_FETCH_MS);
    try {
      await this.#fillUntil(AbortSignal.any([this.#closing, late]), place, { repository, wanted });
    } catch (error) {
      if (!late.aborted || this.#closing.aborted || error instanceof CodedError) {
        throw error;
      }
      throw new ImageSourceError("REGISTRY_TIMEOUT", `${place.settings.registry} sends too slowly`, { cause: error });
    }
  }

  async #fillUntil(
    signal: AbortSignal,
    place: CachePlace,
    { repository, wanted }: { readonly repository: string; readonly wanted: Wanted },
  ): Promise<void> {
    const { clients, content, clock } = this.#options;
    const client = await clients.open(place.settings, place.upstream);
    const name = wanted.digest ?? wanted.tag ?? "";
    const manifest = (await this.#ownManifest(repository, wanted.digest)) ?? (await client.readManifest(name, signal));
    if (manifest === undefined) {
      this.#unknown.set(keyOf(repository, name), clock.now().getTime());
      throw new ProxyCacheError("UPSTREAM_UNKNOWN", `${place.settings.registry} does not have it`);
    }
    const key = keyOf(repository, manifest.digest);
    await this.#shared.flights.share(imageKey(key), { prefix: place.prefix, image: key }, () =>
      this.#fetch(client, { repository, manifest, signal }),
    );
    if (wanted.tag !== undefined) {
      const { mediaType, bytes, digest } = manifest;
      await content.putManifest(repository, { mediaType, bytes, digest, tag: wanted.tag, isSparse: true }, AUTHOR);
    }
    this.#shared.health.noteSuccess(place.settings.registry);
  }

  async #fetch(
    client: Parameters<typeof fetchImage>[0]["client"],
    image: { readonly repository: string; readonly manifest: FetchedManifest; readonly signal: AbortSignal },
  ): Promise<void> {
    const { content, database, platforms, telemetry, clock } = this.#options;
    const { repository, manifest } = image;
    const key = keyOf(repository, manifest.digest);
    this.#incomplete.set(key, true);
    const { problems, images } = await fetchImage({
      ...image,
      client,
      content,
      author: AUTHOR,
      platforms: platforms(),
      onBytes: (bytes) => this.#shared.metrics.countBytes(bytes),
    });
    this.#incomplete.delete(key);
    this.#attached.set(key, clock.now().getTime());
    for (const digest of images) {
      // What comes from elsewhere is scanned before it is used, also where pushes are not.
      if ((await database.scans.find(digest)) === undefined) {
        await database.scans.request(digest, { reason: "push" });
      }
    }
    if (problems.length > 0) {
      telemetry.log.warn({ repository, digest: manifest.digest, problems }, "not all that is attached was fetched");
    }
  }

  /** What is there already: to ask for it again would count against the upstream registry's limit. */
  async #ownManifest(repository: string, digest: Digest | undefined): Promise<FetchedManifest | undefined> {
    const { content } = this.#options;
    const record = digest === undefined ? undefined : await content.findWholeManifest(repository, digest);
    return record === undefined
      ? undefined
      : { mediaType: record.mediaType, digest: record.digest, bytes: await content.readManifest(record.digest) };
  }

  #ageOf(times: LruMap<string, number>, key: string): number {
    return this.#options.clock.now().getTime() - (times.get(key) ?? Number.NEGATIVE_INFINITY);
  }
}

/** A clock that was set back says nothing. */
function isWithin(age: number, limitMs: number): boolean {
  return age >= 0 && age < limitMs;
}

/** How an image is called by its repository and a tag or digest. */
export function keyOf(repository: string, reference: string): string {
  return `${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}

/** Of the fetch itself: whoever asks for a tag or digest waits for it. */
function imageKey(key: string): string {
  return `image ${key}`;
}

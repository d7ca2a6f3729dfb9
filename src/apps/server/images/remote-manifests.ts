// SPDX-License-Identifier: Apache-2.0
import { type Clock, type Digest, digestAlgorithm, digestOf } from "#base";
import type { RemoteImageRecord, RemoteImageStore } from "#database";
import type { FetchedManifest } from "#image-source";
import { LruMap } from "../registry/lru-map.ts";
import type { Candidate, Candidates } from "./credential-candidates.ts";
import { describeRemoteManifest } from "./describe-remote-manifest.ts";
import { RemoteImageError } from "./errors.ts";
import { Flights } from "./flights.ts";
import type { Answered, RegistryQuestions } from "./registry-questions.ts";
import type { RemoteImage, RemoteRepository } from "./remote-images.ts";

const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const MAX_RECORDS = 10_000;
const MAX_READABLE = 50_000;
/** Who could read an image may be taken to be able to for so long; the kubelet finds out in any case. */
const READABLE_MS = 10 * 60_000;

type Described = Omit<RemoteImageRecord, "firstSeenAt" | "lastSeenAt">;

/**
 * Manifests of other registries by digest. Bytes and descriptions are the same for everybody, since the digest names
 * them; that somebody may read them is found out for each access by itself.
 */
export class RemoteManifests {
  readonly #questions: RegistryQuestions;
  readonly #store: RemoteImageStore;
  readonly #clock: Clock;
  readonly #bytes = new LruMap<Digest, FetchedManifest>(MAX_KEPT_BYTES);
  readonly #records = new LruMap<Digest, Described>(MAX_RECORDS);
  /** As whom an image could be read, and until when that is believed. */
  readonly #readable = new LruMap<string, number>(MAX_READABLE);
  readonly #flights = new Flights<Answered<Described>>();
  readonly #fetching = new Flights<Answered<FetchedManifest>>();

  constructor(options: {
    readonly questions: RegistryQuestions;
    readonly store: RemoteImageStore;
    readonly clock: Clock;
  }) {
    this.#questions = options.questions;
    this.#store = options.store;
    this.#clock = options.clock;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Takes in what a registry gave for a tag: the bytes were hashed, so that they may be used for their digest. */
  async keep(place: RemoteRepository, { value: fetched, candidate }: Answered<FetchedManifest>): Promise<void> {
    await this.#learn(place, fetched);
    this.#noteReadable({ ...place, digest: fetched.digest }, candidate);
  }

  /** Whether the bytes of the digest were seen here: then a registry's word for it need not be looked into. */
  has(digest: Digest): boolean {
    return this.#records.get(digest) !== undefined;
  }

  /** The description, once the access has shown that it may read the image. Throws RemoteImageError. */
  async describe(image: RemoteImage, candidates: Candidates): Promise<Answered<Described>> {
    const known = this.#records.get(image.digest);
    const candidate = this.#believed(image, candidates);
    if (known !== undefined && candidate !== undefined) {
      return { value: known, candidate };
    }
    return await this.#flights.share(keyOf(image, candidates.key), () => this.#describe(image, candidates));
  }

  /** The bytes, from the registry if they are no longer here. */
  async read(image: RemoteImage, candidates: Candidates): Promise<Answered<FetchedManifest>> {
    const known = this.#bytes.get(image.digest);
    const candidate = this.#believed(image, candidates);
    if (known !== undefined && candidate !== undefined) {
      return { value: known, candidate };
    }
    return await this.#fetching.share(keyOf(image, candidates.key), () => this.#fetch(image, candidates));
  }

  /** What is stored, whoever asks: for reports of our own. */
  async findStored(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Described>> {
    const found = new Map<Digest, Described>();
    for (const digest of digests) {
      const known = this.#records.get(digest);
      if (known !== undefined) {
        found.set(digest, known);
      }
    }
    const missing = digests.filter((digest) => !found.has(digest));
    for (const [digest, record] of await this.#store.findMany(missing)) {
      this.#records.set(digest, record);
      found.set(digest, record);
    }
    return found;
  }

  /** Adds what the image's configuration says to its description. */
  async addConfig(record: Described, config: NonNullable<RemoteImageRecord["config"]>): Promise<Described> {
    const complete = { ...record, config };
    await this.#store.put(complete);
    this.#records.set(record.digest, complete);
    return complete;
  }

  async #describe(image: RemoteImage, candidates: Candidates): Promise<Answered<Described>> {
    const { digest } = image;
    const stored = (await this.findStored([digest])).get(digest);
    if (stored === undefined) {
      const { value, candidate } = await this.#fetch(image, candidates);
      return { value: await this.#learn(image, value), candidate };
    }
    // What it is, is known; whether this access may know, is asked without moving bytes.
    const { candidate } = await this.#questions.ask(image, candidates, async (client, signal) => {
      const stated = await client.findDigest(digest, signal);
      if (stated !== undefined && stated !== digest) {
        throw new RemoteImageError("IMAGE_INVALID", "the registry says that the digest is that of other content", {
          details: { registry: image.registry },
        });
      }
      return stated ?? (await client.readManifest(digest, signal))?.digest;
    });
    this.#noteReadable(image, candidate);
    return { value: stored, candidate };
  }

  async #fetch(image: RemoteImage, candidates: Candidates): Promise<Answered<FetchedManifest>> {
    const answered = await this.#questions.ask(image, candidates, (client, signal) =>
      client.readManifest(image.digest, signal),
    );
    const { value, candidate } = answered;
    // The client has done so already; everything else rests on it.
    if (digestOf(value.bytes, digestAlgorithm(image.digest)) !== image.digest) {
      throw new RemoteImageError("IMAGE_INVALID", "the manifest does not have the digest that it was asked for by", {
        details: { registry: image.registry },
      });
    }
    this.#bytes.set(image.digest, value, value.bytes.length);
    this.#noteReadable(image, candidate);
    return answered;
  }

  async #learn(place: RemoteRepository, fetched: FetchedManifest): Promise<Described> {
    this.#bytes.set(fetched.digest, fetched, fetched.bytes.length);
    const known = this.#records.get(fetched.digest);
    if (known !== undefined) {
      return known;
    }
    const record = describeRemoteManifest(place, fetched);
    await this.#store.put(record);
    this.#records.set(fetched.digest, record);
    return record;
  }

  /** A candidate of this access that could read the image not long ago; what anybody may read counts for all. */
  #believed(image: RemoteImage, candidates: Candidates): Candidate | undefined {
    const nowMs = this.#clock.now().getTime();
    return candidates.list.find((candidate) => {
      const untilMs = this.#readable.get(keyOf(image, candidate.key));
      return untilMs !== undefined && nowMs < untilMs && nowMs >= untilMs - READABLE_MS;
    });
  }

  #noteReadable(image: RemoteImage, candidate: Candidate): void {
    this.#readable.set(keyOf(image, candidate.key), this.#clock.now().getTime() + READABLE_MS);
  }
}

function keyOf({ registry, repository, digest }: RemoteImage, who: string): string {
  return `${registry}/${repository}@${digest} ${who}`;
}

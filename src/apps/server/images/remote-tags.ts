// SPDX-License-Identifier: Apache-2.0
import type { Clock, Digest } from "#base";
import { LruMap } from "../registry/lru-map.ts";
import type { Candidates } from "./credential-candidates.ts";
import { RemoteImageError } from "./errors.ts";
import { Flights } from "./flights.ts";
import type { RegistryQuestions } from "./registry-questions.ts";
import type { RemoteRepository } from "./remote-images.ts";
import type { RemoteManifests } from "./remote-manifests.ts";

const MAX_TAGS = 50_000;
/** Several replicas and containers of one roll-out ask within seconds; what is judged and pinned is one digest anyway. */
const KNOWN_MS = 10_000;
/** A push or a new Secret may mend it at any moment. */
const FAILED_MS = 2_000;

interface Entry {
  readonly outcome: { readonly digest: Digest } | { readonly error: RemoteImageError };
  readonly madeMs: number;
}

export interface RemoteTag extends RemoteRepository {
  readonly tag: string;
}

/** Which digest a tag of another registry names, as far as an access can see. */
export class RemoteTags {
  readonly #questions: RegistryQuestions;
  readonly #manifests: RemoteManifests;
  readonly #clock: Clock;
  readonly #known = new LruMap<string, Entry>(MAX_TAGS);
  /** What a tag named last, as a guess that saves moving the same bytes again. */
  readonly #last = new LruMap<string, Digest>(MAX_TAGS);
  readonly #flights = new Flights<Digest>();

  constructor(options: {
    readonly questions: RegistryQuestions;
    readonly manifests: RemoteManifests;
    readonly clock: Clock;
  }) {
    this.#questions = options.questions;
    this.#manifests = options.manifests;
    this.#clock = options.clock;
  }

  get size(): number {
    return this.#known.size;
  }

  /** What is remembered under a name of who asks: an access or its credentials. Throws what was remembered as a failure. */
  find(tag: RemoteTag, who: string): Digest | undefined {
    const entry = this.#known.get(keyOf(tag, who));
    if (entry === undefined) {
      return undefined;
    }
    const ageMs = this.#clock.now().getTime() - entry.madeMs;
    const isKnown = "digest" in entry.outcome;
    if (ageMs < 0 || ageMs >= (isKnown ? KNOWN_MS : FAILED_MS)) {
      return undefined;
    }
    if ("error" in entry.outcome) {
      throw entry.outcome.error;
    }
    return entry.outcome.digest;
  }

  /** Asks the registry, once at a time for the same credentials, and remembers the answer also under the access. */
  async resolve(tag: RemoteTag, candidates: Candidates, accessKey: string | undefined): Promise<Digest> {
    const keys = [keyOf(tag, candidates.key), ...(accessKey === undefined ? [] : [keyOf(tag, accessKey)])];
    const madeMs = this.#clock.now().getTime();
    try {
      const digest =
        this.find(tag, candidates.key) ??
        (await this.#flights.share(keyOf(tag, candidates.key), () => this.#ask(tag, candidates)));
      this.#remember(keys, { outcome: { digest }, madeMs });
      return digest;
    } catch (error) {
      if (error instanceof RemoteImageError) {
        this.#remember(keys, { outcome: { error }, madeMs });
      }
      throw error;
    }
  }

  #remember(keys: readonly string[], entry: Entry): void {
    for (const key of keys) {
      this.#known.set(key, entry);
    }
  }

  /**
   * The manifest itself is fetched and hashed: a registry's word for a digest proves nothing. Only where it names bytes
   * that were hashed here before are they not moved again; what is judged and pinned is their digest either way.
   */
  async #ask(tag: RemoteTag, candidates: Candidates): Promise<Digest> {
    const lastKey = keyOf(tag, candidates.key);
    const last = this.#last.get(lastKey);
    const { value, candidate } = await this.#questions.ask(tag, candidates, async (client, signal) => {
      const stated = last === undefined ? undefined : await client.findDigest(tag.tag, signal);
      return stated !== undefined && stated === last && this.#manifests.has(stated)
        ? { digest: stated }
        : await client.readManifest(tag.tag, signal);
    });
    if ("bytes" in value) {
      await this.#manifests.keep(tag, { value, candidate });
    }
    this.#last.set(lastKey, value.digest);
    return value.digest;
  }
}

function keyOf({ registry, repository, tag }: RemoteTag, who: string): string {
  return `${registry}/${repository}:${tag} ${who}`;
}

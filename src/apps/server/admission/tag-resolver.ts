// SPDX-License-Identifier: Apache-2.0
import type { Clock, Digest } from "#base";
import type { EventBus, RegistryStore } from "#database";
import type { AtOnce } from "./at-once.ts";

const MAX_TAGS = 20_000;
/** Pushes are heard of at once; this is for an event that got lost. What is judged and pinned is the same digest anyway. */
const MAX_AGE_MS = 5_000;

interface Entry {
  readonly digest: Digest;
  readonly madeMs: number;
}

/** Which digest a tag of our registry names. */
export interface TagResolver extends Disposable {
  /** The digest, at once where it is remembered, or `undefined` when there is no such tag. Rejects when the database fails. */
  resolve(repository: string, tag: string): AtOnce<Digest | undefined>;
}

/** A resolver that remembers tags until something is pushed to their repository. */
export function createTagResolver(options: {
  readonly registry: Pick<RegistryStore, "findManifest">;
  readonly events: EventBus;
  readonly clock: Clock;
}): TagResolver {
  const repositories = new Map<string, Map<string, Entry>>();
  let size = 0;
  /** Counts changes, so that an answer that was overtaken is not kept. */
  let changes = 0;

  function forget(repository?: string): void {
    changes += 1;
    if (repository === undefined) {
      repositories.clear();
      size = 0;
    } else {
      size -= repositories.get(repository)?.size ?? 0;
      repositories.delete(repository);
    }
  }

  function keep(repository: string, tag: string, entry: Entry): void {
    if (size >= MAX_TAGS) {
      // Rare, and cheap to make up for: a tag is one indexed look-up.
      forget();
    }
    const tags = repositories.get(repository) ?? new Map<string, Entry>();
    size += tags.has(tag) ? 0 : 1;
    repositories.set(repository, tags.set(tag, entry));
  }

  async function lookUp(repository: string, tag: string, nowMs: number): Promise<Digest | undefined> {
    const before = changes;
    const record = await options.registry.findManifest(repository, { tag });
    if (record !== undefined && before === changes) {
      keep(repository, tag, { digest: record.digest, madeMs: nowMs });
    }
    return record?.digest;
  }

  const unsubscribe = options.events.subscribe(
    (event) => {
      if (event.type === "image-pushed") {
        forget(event.repository);
      }
    },
    () => forget(),
  );

  return {
    resolve(repository, tag) {
      const nowMs = options.clock.now().getTime();
      const known = repositories.get(repository)?.get(tag);
      return known !== undefined && nowMs >= known.madeMs && nowMs < known.madeMs + MAX_AGE_MS
        ? known.digest
        : lookUp(repository, tag, nowMs);
    },

    [Symbol.dispose]() {
      unsubscribe();
      forget();
    },
  };
}

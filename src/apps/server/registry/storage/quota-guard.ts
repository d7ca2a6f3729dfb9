// SPDX-License-Identifier: Apache-2.0
import type { Clock, Digest } from "#base";
import type { RegistryStore } from "#database";
import { renderSize } from "#messages";
import type { PrefixQuota } from "#registry";
import type { QuotaGuard } from "../content/content-guards.ts";
import type { OpenUploads } from "../content/open-uploads.ts";
import { RegistryError } from "../errors.ts";

/** What was let in and is not stored yet counts for so long; then its push has failed. */
const ADMITTED_MS = 60_000;
/** After so many bytes of an upload it is asked again what the others have stored meanwhile. */
const LOOK_BYTES = 64 * 1024 * 1024;
/** So long is what was announced added up only once, unless something was announced since: each chunk of each upload asks for it. */
const ANNOUNCED_FOR_MS = 1_000;

interface Admitted {
  readonly sizeBytes: number;
  readonly at: number;
  /** As which it arrives, if it does. */
  readonly upload?: string;
}

export interface QuotaGuardOptions {
  readonly store: Pick<RegistryStore, "sumUnder">;
  readonly openUploads: OpenUploads;
  readonly quotasOf: (repository: string) => readonly PrefixQuota[];
  readonly clock: Clock;
  /** Told of each refusal. */
  readonly onReached?: (prefix: string) => void;
}

/**
 * Keeps what lies under a prefix below its quota: the sum of all blobs and manifests there, each digest once, and of uploads that are not
 * finished. What is being stored in this process at the same moment counts already, so that many pushes at once do not pass together where
 * each fits alone.
 */
export function createQuotaGuard(options: QuotaGuardOptions): QuotaGuard {
  const { store, openUploads, quotasOf, clock, onReached } = options;
  const admitted = new Map<string, Map<Digest, Admitted>>();
  const announced = new Map<string, { readonly bytes: number; readonly at: number }>();

  function underWay(prefix: string): Map<Digest, Admitted> {
    const found = admitted.get(prefix) ?? new Map<Digest, Admitted>();
    const oldest = clock.now().getTime() - ADMITTED_MS;
    for (const [digest, { at }] of found) {
      if (at < oldest) {
        found.delete(digest);
      }
    }
    return found;
  }

  /** Of what is on its way, without the upload and the digest in question. What was let in and arrives counts as the larger of both. */
  function onTheWay(prefix: string, but: { readonly upload?: string; readonly digest?: Digest }): number {
    let bytes = openUploads.sumUnder(prefix) - (but.upload === undefined ? 0 : openUploads.bytesOf(but.upload));
    for (const [digest, { sizeBytes, upload }] of underWay(prefix)) {
      if (digest !== but.digest && (upload === undefined || upload !== but.upload)) {
        bytes += Math.max(0, sizeBytes - (upload === undefined ? 0 : openUploads.bytesOf(upload)));
      }
    }
    return bytes;
  }

  /** As `onTheWay`, or more: what was announced a moment ago may have arrived since. Whoever would refuse asks again. */
  function onTheWayAtMost(prefix: string, upload: string): number {
    const now = clock.now().getTime();
    let known = announced.get(prefix);
    if (known === undefined || now - known.at >= ANNOUNCED_FOR_MS || now < known.at) {
      known = { bytes: onTheWay(prefix, {}) - openUploads.sumUnder(prefix), at: now };
      announced.set(prefix, known);
    }
    return openUploads.sumUnder(prefix) - openUploads.bytesOf(upload) + known.bytes;
  }

  function refuse(state: Parameters<typeof exceeded>[0]): never {
    onReached?.(state.prefix);
    throw exceeded(state);
  }

  async function assertRoomUnder(
    { prefix, maxBytes }: PrefixQuota,
    { sizeBytes, digest, upload }: { readonly sizeBytes: number; readonly digest?: Digest; readonly upload?: string },
  ): Promise<void> {
    await openUploads.ready();
    const asked = [...underWay(prefix).keys(), ...(digest === undefined ? [] : [digest])];
    const { bytes, present } = await store.sumUnder(prefix, asked);
    if (digest !== undefined && present.has(digest)) {
      return;
    }
    // From here on nothing waits: what others let in while the database answered is seen.
    const others = underWay(prefix);
    for (const each of present.keys()) {
      others.delete(each);
    }
    const but = { ...(upload === undefined ? {} : { upload }), ...(digest === undefined ? {} : { digest }) };
    const usedBytes = bytes + onTheWay(prefix, but);
    // An upload of unknown size may begin as long as anything fits at all.
    if (usedBytes + Math.max(1, sizeBytes) > maxBytes) {
      refuse({ prefix, maxBytes, usedBytes, sizeBytes });
    }
    if (digest !== undefined) {
      others.set(digest, { sizeBytes, at: clock.now().getTime(), ...(upload === undefined ? {} : { upload }) });
    }
    announced.delete(prefix);
    if (others.size > 0) {
      admitted.set(prefix, others);
    } else {
      admitted.delete(prefix);
    }
  }

  return {
    async assertRoom(repository, addition) {
      for (const quota of quotasOf(repository)) {
        await assertRoomUnder(quota, addition);
      }
    },

    attach(repository, digest, upload) {
      for (const { prefix } of quotasOf(repository)) {
        const entry = admitted.get(prefix)?.get(digest);
        if (entry !== undefined) {
          admitted.get(prefix)?.set(digest, { ...entry, upload });
        }
      }
    },

    receive(upload) {
      const { id, repository } = upload;
      const digest = openUploads.digestOf(id);
      let stored: ReadonlyMap<string, number> | undefined;
      let lookedAt = 0;

      /** Nothing waits between the question and the note: of two uploads that fit alone one is refused. */
      function take(sizeBytes: number, storedBytes: ReadonlyMap<string, number>): void {
        for (const { prefix, maxBytes } of quotasOf(repository)) {
          const kept = storedBytes.get(prefix) ?? 0;
          if (kept + onTheWayAtMost(prefix, id) + sizeBytes <= maxBytes) {
            continue;
          }
          const but = { upload: id, ...(digest === undefined ? {} : { digest }) };
          const usedBytes = kept + onTheWay(prefix, but);
          if (usedBytes + sizeBytes > maxBytes) {
            refuse({ prefix, maxBytes, usedBytes, sizeBytes });
          }
        }
        openUploads.note(upload, sizeBytes);
      }

      async function look(sizeBytes: number): Promise<void> {
        await openUploads.ready();
        const found = new Map<string, number>();
        for (const { prefix } of quotasOf(repository)) {
          const { bytes, present } = await store.sumUnder(prefix, digest === undefined ? [] : [digest]);
          // what is there already takes no room, so it may arrive once more; not anything else that calls itself so
          found.set(prefix, bytes - (digest === undefined ? 0 : (present.get(digest) ?? 0)));
        }
        stored = found;
        lookedAt = sizeBytes;
        take(sizeBytes, found);
      }

      return (sizeBytes) => {
        if (quotasOf(repository).length === 0) {
          openUploads.note(upload, sizeBytes);
          return undefined;
        }
        if (stored === undefined || sizeBytes - lookedAt >= LOOK_BYTES) {
          return look(sizeBytes);
        }
        take(sizeBytes, stored);
        return undefined;
      };
    },
  };
}

function exceeded(state: {
  readonly prefix: string;
  readonly maxBytes: number;
  readonly usedBytes: number;
  readonly sizeBytes: number;
}): RegistryError {
  const { prefix, maxBytes, usedBytes, sizeBytes } = state;
  const shown = {
    prefix: prefix === "" ? "*" : prefix,
    quota: renderSize(maxBytes),
    used: renderSize(usedBytes),
    size: renderSize(sizeBytes),
  };
  return new RegistryError(
    "QUOTA_EXCEEDED",
    `the quota of ${shown.quota} of ${shown.prefix} is exceeded: ${shown.used} are stored or on their way, ${shown.size} more do not fit`,
    {
      details: { prefix, maxBytes, usedBytes, sizeBytes },
      text: { id: "registryStorage.quota.exceeded", params: shown },
    },
  );
}

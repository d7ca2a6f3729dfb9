// SPDX-License-Identifier: Apache-2.0
import type { Clock, Digest } from "#base";
import type { RegistryStore } from "#database";
import { renderSize } from "#messages";
import type { PrefixQuota } from "#registry";
import type { QuotaGuard } from "../content/content-guards.ts";
import { RegistryError } from "../errors.ts";

/** What was let in and is not stored yet counts for so long; then its push has failed. */
const ADMITTED_MS = 60_000;

interface Admitted {
  readonly sizeBytes: number;
  readonly at: number;
}

export interface QuotaGuardOptions {
  readonly store: Pick<RegistryStore, "sumUnder">;
  readonly quotasOf: (repository: string) => readonly PrefixQuota[];
  readonly clock: Clock;
  /** Told of each refusal. */
  readonly onReached?: (prefix: string) => void;
}

/**
 * Keeps what lies under a prefix below its quota: the sum of all blobs and manifests there, each digest once. What is being stored in this
 * process at the same moment counts already, so that many pushes at once do not pass together where each fits alone.
 */
export function createQuotaGuard({ store, quotasOf, clock, onReached }: QuotaGuardOptions): QuotaGuard {
  const admitted = new Map<string, Map<Digest, Admitted>>();

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

  async function assertRoomUnder(
    { prefix, maxBytes }: PrefixQuota,
    { sizeBytes, digest }: { readonly sizeBytes: number; readonly digest?: Digest },
  ): Promise<void> {
    const asked = [...underWay(prefix).keys(), ...(digest === undefined ? [] : [digest])];
    const { bytes, present } = await store.sumUnder(prefix, asked);
    if (digest !== undefined && present.has(digest)) {
      return;
    }
    // From here on nothing waits: what others let in while the database answered is seen.
    const others = underWay(prefix);
    for (const each of present) {
      others.delete(each);
    }
    let usedBytes = bytes;
    for (const [each, { sizeBytes: size }] of others) {
      usedBytes += each === digest ? 0 : size;
    }
    // An upload of unknown size may begin as long as anything fits at all.
    if (usedBytes + Math.max(1, sizeBytes) > maxBytes) {
      onReached?.(prefix);
      throw exceeded({ prefix, maxBytes, usedBytes, sizeBytes });
    }
    if (digest !== undefined) {
      others.set(digest, { sizeBytes, at: clock.now().getTime() });
    }
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

    assertFits(repository, sizeBytes) {
      for (const { prefix, maxBytes } of quotasOf(repository)) {
        if (sizeBytes > maxBytes) {
          onReached?.(prefix);
          throw exceeded({ prefix, maxBytes, usedBytes: 0, sizeBytes });
        }
      }
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
    `the quota of ${shown.quota} of ${shown.prefix} is exceeded: ${shown.used} are stored, ${shown.size} more do not fit`,
    {
      details: { prefix, maxBytes, usedBytes, sizeBytes },
      text: { id: "registryStorage.quota.exceeded", params: shown },
    },
  );
}

// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** A tag with when it was used. */
export interface TagUse {
  readonly tag: string;
  readonly digest: Digest;
  readonly pushedAt: Date;
  /** Of the tag, or of what it leads to by digest; absent: never, as far as is known. */
  readonly pulledAt?: Date;
}

/** What retention asks. */
export interface RegistryRetentionStore {
  listTagUses(repository: string): Promise<readonly TagUse[]>;
  /**
   * Manifests that were pushed before and that nothing leads to: no tag but those of `except`, no index, no manifest that is attached
   * to them, and no subject that is there. The oldest first. Those of `gone` count as if they were not there any more.
   */
  listUnnamed(
    repository: string,
    options: {
      readonly before: Date;
      readonly except: readonly string[];
      readonly gone: readonly Digest[];
      readonly limit: number;
    },
  ): Promise<readonly { readonly digest: Digest; readonly pushedAt: Date }[]>;
}

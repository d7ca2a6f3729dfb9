// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord } from "#database";
import type { Author } from "./registry-content.ts";

/** Says how much may be stored where. */
export interface QuotaGuard {
  /**
   * Throws `QUOTA_EXCEEDED` when so many bytes more do not fit. What the quota's repositories have already (`digest`) takes no room. `upload`:
   * whose bytes these are, so that they do not count twice.
   */
  assertRoom(
    repository: string,
    addition: { readonly sizeBytes: number; readonly digest?: Digest; readonly upload?: string },
  ): Promise<void>;
  /** What was let in with this digest arrives as this upload. */
  attach(repository: string, digest: Digest, upload: string): void;
  /**
   * For one request that sends to an upload: to be called with the bytes that it has with each chunk, before the chunk is kept, and awaited where
   * it returns a promise. Counts them among the open uploads, or throws `QUOTA_EXCEEDED`.
   */
  receive(upload: {
    readonly id: string;
    readonly repository: string;
  }): (sizeBytes: number) => Promise<void> | undefined;
}

/** Says what may be moved and deleted. Each throws `DENIED` with who or what protects the content. */
export interface ChangeGuard {
  /** Before a tag leads to `digest`; `from` is what it leads to now, if anything. Pushing the same again is no change. */
  assertMayTag(
    change: { readonly repository: string; readonly tag: string; readonly from?: Digest; readonly digest: Digest },
    author: Author,
  ): Promise<void>;
  assertMayDeleteTag(
    change: { readonly repository: string; readonly tag: string; readonly digest: Digest },
    author: Author,
  ): Promise<void>;
  /** With every tag that leads to it. */
  assertMayDeleteManifest(
    change: { readonly manifest: ManifestRecord; readonly tags: readonly string[] },
    author: Author,
  ): Promise<void>;
}

/** Who is asked before content changes. */
export interface ContentGuards {
  readonly quota: QuotaGuard;
  readonly changes: ChangeGuard;
}

/** Of a registry without settings. */
export const NOTHING_REFUSED: ContentGuards = {
  quota: { assertRoom: () => Promise.resolve(), attach: () => undefined, receive: () => () => undefined },
  changes: {
    assertMayTag: () => Promise.resolve(),
    assertMayDeleteTag: () => Promise.resolve(),
    assertMayDeleteManifest: () => Promise.resolve(),
  },
};

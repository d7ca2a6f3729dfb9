// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord } from "./manifest-record.ts";

/** A blob that a repository had and nothing needs. */
export interface DroppedLink {
  readonly repository: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** Where a walk over all links stands; opaque to the caller. */
export interface LinkCursor {
  readonly repositoryId: number;
  readonly digest: string;
}

/** A repository that has some content, and under which of its tags. */
export interface ContentHolder {
  readonly repository: string;
  readonly kind: "manifest" | "blob";
  /** Of manifests that are it or name it, at most ten. */
  readonly tags: readonly string[];
}

/** What lies in the registry, each digest counted once. */
export interface StorageTotals {
  readonly bytes: number;
  readonly blobs: number;
  readonly manifests: number;
  readonly repositories: number;
  readonly tags: number;
}

/** What lies in one repository; what it shares with others counts here, too. */
export interface RepositoryUsage {
  readonly repository: string;
  readonly bytes: number;
  readonly manifests: number;
  readonly tags: number;
  /** RFC 3339; absent: nothing was pushed or pulled. */
  readonly pushedAt?: string;
  readonly pulledAt?: string;
}

/** Something was handed out. */
export interface PullNote {
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly at: Date;
}

/** A tag with what is known of its use. */
export interface TagRecord {
  readonly name: string;
  readonly digest: Digest;
  readonly pushedBy: string;
  /** RFC 3339. */
  readonly pushedAt: string;
  readonly pulledAt?: string;
}

/** A manifest of a repository and how it is held. */
export interface ManifestUse {
  readonly digest: Digest;
  readonly kind: ManifestRecord["kind"];
  readonly sizeBytes: number;
  readonly subject?: Digest;
  readonly isTagged: boolean;
  /** An index of the repository lists it. */
  readonly isListed: boolean;
  /** RFC 3339. */
  readonly pushedAt: string;
  readonly pulledAt?: string;
}

/**
 * What storage has to know: which content is still needed, how much there is, what was used when. A blob is needed as long
 * as a repository links it; a link as long as a manifest there names the blob, or it is younger than the time of a push.
 */
export interface RegistryStorageStore {
  /**
   * Goes on after `after` over some of all links, and drops (or, with `isDryRun`, only tells) those made before `linkedBefore` that no
   * manifest of their repository names. `next` is absent at the end. A push at the same moment either sees the link gone or keeps it.
   */
  dropUnneededLinks(walk: {
    readonly linkedBefore: Date;
    readonly after?: LinkCursor;
    readonly limit: number;
    readonly isDryRun?: boolean;
  }): Promise<{ readonly dropped: readonly DroppedLink[]; readonly next?: LinkCursor }>;
  /** Removes repositories made before that have neither manifests nor blobs; returns how many. */
  dropEmptyRepositories(createdBefore: Date): Promise<number>;
  /**
   * Runs `remove`, unless some repository has the digest or a snapshot is being made (`undefined`). No process links or stores it
   * meanwhile: `linkBlob` and `putManifest` wait, and look afterwards whether the bytes are there. Before anything is gone for good, `remove` asks
   * `mayGo`, which rejects when the lock is lost, such as after the process stood still for longer than the server waits.
   */
  removeUnheld<T>(digest: Digest, remove: (mayGo: () => Promise<boolean>) => Promise<T>): Promise<T | undefined>;
  /** Links that `dropUnneededLinks` goes over. */
  countLinks(): Promise<number>;
  /**
   * How often repositories have the content, as manifest or blob; absent: none has. With `without` without the links made before that
   * `dropUnneededLinks` would drop.
   */
  countHolders(
    digests: readonly Digest[],
    options?: { readonly without: { readonly linkedBefore: Date } },
  ): Promise<ReadonlyMap<Digest, number>>;
  /** All content that some repository has, in the order of digests. */
  listHeld(page: {
    readonly after?: Digest;
    readonly limit: number;
  }): Promise<readonly { readonly digest: Digest; readonly sizeBytes: number }[]>;
  /** Repositories that have the content, by name. */
  findHolders(digest: Digest, limit: number): Promise<readonly ContentHolder[]>;
  totalUsage(): Promise<StorageTotals>;
  /** Repositories under the prefix (empty: all), in ASCII order after `after`. */
  listUsage(page: {
    readonly prefix?: string;
    readonly after?: string;
    readonly limit: number;
    /** Only those that the longest of these prefixes calls readable; absent: all. */
    readonly readable?: readonly { readonly prefix: string; readonly isReadable: boolean }[];
  }): Promise<readonly RepositoryUsage[]>;
  /** Bytes of everything under the prefix (empty: all), each digest once; and which of `among` is there, with its size. */
  sumUnder(
    prefix: string,
    among: readonly Digest[],
  ): Promise<{ readonly bytes: number; readonly present: ReadonlyMap<Digest, number> }>;
  /** Notes when manifests and tags were pulled last; unknown ones are skipped. */
  notePulls(pulls: readonly PullNote[]): Promise<void>;
  /** In ASCII order. */
  listTagRecords(
    repository: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly TagRecord[]>;
  /** In the order of digests. */
  listManifests(
    repository: string,
    page: { readonly after?: Digest; readonly limit: number },
  ): Promise<readonly ManifestUse[]>;
}

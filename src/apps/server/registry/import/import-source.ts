// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { RepositoryClient } from "#image-source";
import type { RepositorySettings } from "#registry";
import type { ImportNote } from "./import-note.ts";

/** An image that is listed over there. */
export interface ListedImage {
  /** Absent: nothing leads to it but its digest. */
  readonly tag?: string;
  /** As far as the list says it. */
  readonly digest?: Digest;
}

/** What is there besides images. */
export interface SourceFindings {
  /** Accounts and robots, for whoever makes them here: they are not copied, since nobody can read their passwords. */
  readonly accounts: readonly ListedAccount[];
  /** What rules of a prefix come to here; of the names over there. */
  readonly settings: readonly { readonly prefix: string; readonly settings: RepositorySettings }[];
  /** What has no counterpart, or could not be read. */
  readonly notes: readonly ImportNote[];
}

export interface ListedAccount {
  readonly kind: "person" | "robot";
  readonly name: string;
  /** What it may do, in the words of the source. */
  readonly rights: readonly string[];
  /** The role here that comes closest. */
  readonly role: "ADMIN" | "IMAGE_UPLOADER" | "VIEWER";
  readonly isDisabled: boolean;
}

/** A registry that is imported. */
export interface ImportSource extends AsyncDisposable {
  /** In the order in which they are imported, the same each time. */
  listRepositories(signal: AbortSignal): AsyncIterable<string>;
  /** In the order in which they are imported, the same each time as far as nothing is pushed. */
  listImages(repository: string, signal: AbortSignal): AsyncIterable<ListedImage>;
  open(repository: string): Promise<RepositoryClient>;
  describe(signal: AbortSignal): Promise<SourceFindings>;
}

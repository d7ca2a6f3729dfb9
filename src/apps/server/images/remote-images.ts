// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ImageFacts } from "#policy";
import type { ReferrerSource } from "#signatures";
import type { PullAccess } from "../pull-access.ts";

/** A repository of another registry. */
export interface RemoteRepository {
  /** e.g. `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** e.g. `library/nginx`. */
  readonly repository: string;
}

/** One manifest or index there. */
export interface RemoteImage extends RemoteRepository {
  readonly digest: Digest;
}

/** What a policy asks to know about an image. */
export interface RemoteNeeds {
  readonly scan: boolean;
  /** The image's configuration. */
  readonly config: boolean;
  /** Which children of an index matter, by the platforms that it gives them. The others are not read. */
  readonly select: <T extends { readonly platform: string }>(children: readonly T[]) => readonly T[];
}

/** The facts, and every digest that they depend on. */
export interface RemoteFacts {
  readonly facts: ImageFacts;
  readonly digests: readonly Digest[];
}

/** What is attached to an image, and whom its trust services are asked as. */
export interface RemoteTrust {
  readonly referrers: ReferrerSource;
  /** Base URL of the registry's API. */
  readonly registryUrl: URL;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/**
 * Images of other registries. Nothing is contacted before somebody asks, what was asked goes on after nobody waits any
 * more, and what one access could read is never told to another that could not.
 */
export interface RemoteImages extends AsyncDisposable {
  /** The digest of what the tag names now; the bytes were hashed here. Throws RemoteImageError. */
  resolve(image: RemoteRepository & { readonly tag: string }, access: PullAccess): Promise<Digest>;
  /**
   * What is known about the image. Without an access only what is stored; with one, what is missing is read, and where
   * that is allowed a scan begins in the background (`pending`). Throws RemoteImageError when the access cannot read it.
   */
  collect(image: RemoteImage, needs: RemoteNeeds, access: PullAccess | undefined): Promise<RemoteFacts>;
  /** Reads with the credentials that could read the image. Throws RemoteImageError. */
  openTrust(image: RemoteImage, access: PullAccess): Promise<RemoteTrust>;
  /** Those of the digests whose scan was begun by this process and is not finished. */
  unfinished(digests: readonly Digest[]): readonly Digest[];
  /** Digests that can run below a stored index, or the digest itself. */
  childrenOf(digest: Digest): Promise<readonly Digest[]>;
}

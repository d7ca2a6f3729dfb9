// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Descriptor } from "#oci";
import type { ReferrerSource } from "#signatures";

/** One repository: what is attached to its images, and a way to attach more. */
export interface RepositoryClient extends ReferrerSource, AsyncDisposable {
  /**
   * The digest that the source states for a tag or digest without sending the manifest: a claim, not a fact.
   * `undefined` when there is none of that name, or nothing is stated.
   */
  findDigest(name: string, signal?: AbortSignal): Promise<Digest | undefined>;
  /** The content of a blob as it arrives; throws before its end when it is not what the descriptor says. */
  openBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** The tags, page by page as the source sends them; at most `LIMITS.maxListedTags`, then `LIMIT_EXCEEDED`. */
  listTags(signal?: AbortSignal): AsyncIterable<string>;
  /**
   * Uploads a blob unless it is there already, and returns its digest and size. Not possible in a layout or archive
   * (`PUSH_NOT_SUPPORTED`).
   */
  pushBlob(bytes: Uint8Array, signal?: AbortSignal): Promise<{ readonly digest: Digest; readonly size: number }>;
  /**
   * Uploads a blob of any size unless it is there already, and returns how many bytes were sent. `copyTo` hands over the
   * content from an offset on; where the connection breaks, the upload goes on after what arrived. Not possible in a
   * layout or archive.
   */
  sendBlob(
    blob: {
      readonly digest: Digest;
      readonly size: number;
      copyTo(write: (block: Uint8Array) => Promise<void>, offset: number): Promise<void>;
    },
    signal?: AbortSignal,
  ): Promise<number>;
  /** By tag or digest; false: there was none. Not possible in a layout or archive. */
  deleteManifest(name: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Stores a manifest under a tag or its digest. `hasSubject` says that the registry keeps referrers by itself: it
   * answered with `OCI-Subject`.
   */
  pushManifest(
    name: string,
    mediaType: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<{ readonly digest: Digest; readonly hasSubject: boolean }>;
  /**
   * Stores a manifest that has a `subject` and makes it findable: in a registry without the referrers API its
   * descriptor is added to the index under the tag `sha256-<hex of the subject>` (distribution-spec 1.1, "Pushing
   * Manifests with Subject"). `descriptor` is what the index says of it besides media type, digest and size.
   */
  attachReferrer(
    subject: Digest,
    referrer: {
      readonly mediaType: string;
      readonly bytes: Uint8Array;
      readonly artifactType: string;
      readonly annotations?: Readonly<Record<string, string>>;
    },
    signal?: AbortSignal,
  ): Promise<Descriptor>;
}

// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Descriptor } from "#oci";

/**
 * Reads what is attached to images of one repository (distribution-spec 1.1, "Listing Referrers"). Implemented over a
 * registry, over our own stores and over an OCI layout; each passes `test/support/contracts/referrer-source.ts`.
 * Every method throws a `CodedError` when it cannot tell; `undefined` and an empty list mean that it is certain.
 */
export interface ReferrerSource {
  /**
   * Descriptors of the manifests whose subject is the digest, in the order of the source, by whatever way it offers:
   * the referrers API, the tag schema `sha256-<hex>`, and GHCR's index under that tag. At most `LIMITS.maxReferrers`.
   */
  listReferrers(digest: Digest, signal?: AbortSignal): Promise<readonly Descriptor[]>;
  /** A manifest by digest (verified) or tag, or `undefined` when the repository has none of that name. */
  readManifest(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ readonly mediaType: string; readonly digest: Digest; readonly bytes: Uint8Array } | undefined>;
  /** A blob of at most `maxBytes`, verified against its descriptor. */
  readBlob(descriptor: Descriptor, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
}

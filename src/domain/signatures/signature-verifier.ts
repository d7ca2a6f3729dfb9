// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ImageReference } from "#oci";
import type { ReferrerSource } from "./referrer-source.ts";
import type { TrustRequirement } from "./signature-requirement.ts";
import type { SignatureKind, SignatureResult } from "./signature-result.ts";

/** An image whose signatures are looked at. */
export interface SignedImage {
  readonly reference: ImageReference;
  readonly digest: Digest;
  /** Its repository. */
  readonly referrers: ReferrerSource;
  /** Base URL of its registry's API, for trust services that belong to it; default `https://<registry>/`. */
  readonly registryUrl?: URL | undefined;
  /** For trust services that belong to the registry (notary, lookaside extension). */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

/** A signature that lies there; nothing about it was verified. */
export interface FoundSignature {
  readonly kind: SignatureKind;
  readonly location: string;
  readonly predicateType?: string;
}

/** Collects signatures and verifies them. One for a process: it holds parsed trust roots and results. */
export interface SignatureVerifier {
  /**
   * One result for each requirement, in their order; single flight by (digest, requirement, trust material). Never throws
   * for what it finds or cannot reach: that is `unknown`. Negative results and `unknown` live shortly, and `unknown`
   * never turns into anything else by itself.
   */
  verify(
    image: SignedImage,
    requirements: readonly TrustRequirement[],
    options: { readonly now: Date; readonly signal?: AbortSignal | undefined },
  ): Promise<readonly SignatureResult[]>;
  /** What is attached to the image in its repository, unverified; for showing where nobody asked for verification. */
  discover(image: SignedImage, signal?: AbortSignal): Promise<readonly FoundSignature[]>;
  /** Forgets results about the digest, since something was attached to it or removed. */
  forget(digest: Digest): void;
}

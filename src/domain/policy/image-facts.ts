// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import type { SignatureResult } from "#signatures";

/** What is known about the scan of one image manifest. */
export type ScanFacts =
  | { readonly state: "missing" }
  | { readonly state: "pending" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "unsupported"; readonly mediaType: string }
  | {
      readonly state: "done";
      readonly report: ScanReport;
      /** RFC 3339: when the findings were last computed. */
      readonly scannedAt: string;
    };

/** What is known about the signatures of one manifest; a requirement without a result is undecided. */
export interface TrustFacts {
  readonly digest: Digest;
  /** Results of what `factsNeeded` asked for, found by `requirement` and `digest`. */
  readonly trust?: readonly SignatureResult[];
}

/** What is known about one image for one platform. */
export interface PlatformFacts extends TrustFacts {
  /** e.g. `linux/amd64`. */
  readonly platform: string;
  readonly scan: ScanFacts;
}

/**
 * Everything a policy can ask about an image. `kind: "index"` lists the children that can run (attestation children
 * are referrers and are left out).
 */
export type ImageFacts =
  | {
      readonly kind: "unknown";
      /** `false`: it is certain that no trust service (Notary v1) is known for the registry. */
      readonly hasTrustService?: boolean;
    }
  | ({
      readonly kind: "image";
      /**
       * Indexes of the same repository that list this image, for a client that fetches a child after its index: a
       * signature of theirs counts where the policy lets the signature of an index cover its children.
       */
      readonly parents?: readonly TrustFacts[];
    } & PlatformFacts)
  | ({ readonly kind: "index"; readonly children: readonly PlatformFacts[] } & TrustFacts);

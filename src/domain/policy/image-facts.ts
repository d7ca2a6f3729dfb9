// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import type { SignatureResult } from "#signatures";
import type { Reason } from "./verdict.ts";

/** What is known about the scan of one image manifest. */
export type ScanFacts =
  | {
      readonly state: "missing";
      /** The image is one of another registry, which nobody was let scan. */
      readonly isRemote?: boolean;
    }
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

/** When an image was made, best source first: signed provenance, the first push into our registry, the builder's word. */
export interface CreationFacts {
  /** RFC 3339. */
  readonly at: string;
  readonly from: "provenance" | "push" | "config";
}

/** What is known about one image for one platform. */
export interface PlatformFacts extends TrustFacts {
  /** e.g. `linux/amd64`. */
  readonly platform: string;
  readonly scan: ScanFacts;
  /** Absent: not known. Looked up where `factsNeeded` says `created`. */
  readonly created?: CreationFacts;
  /** What the image's configuration says; absent: not known. Looked up where `factsNeeded` says `config`. */
  readonly config?: {
    /** As written; absent or empty is root. */
    readonly user?: string;
  };
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
      /** Why nothing is known, where that is known; default `IMAGE_UNKNOWN`. */
      readonly problem?: Pick<Reason, "code" | "effect" | "params">;
    }
  | ({
      readonly kind: "image";
      /**
       * Indexes of the same repository that list this image, for a client that fetches a child after its index: a
       * signature of theirs counts where the policy lets the signature of an index cover its children.
       */
      readonly parents?: readonly TrustFacts[];
    } & PlatformFacts)
  | ({
      readonly kind: "index";
      readonly children: readonly PlatformFacts[];
      /** Counts for children whose own is not known. */
      readonly created?: CreationFacts;
    } & TrustFacts);

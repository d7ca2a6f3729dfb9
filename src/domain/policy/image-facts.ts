// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";

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

/** What is known about one image for one platform. */
export interface PlatformFacts {
  readonly digest: Digest;
  /** e.g. `linux/amd64`. */
  readonly platform: string;
  readonly scan: ScanFacts;
}

/**
 * Everything a policy can ask about an image. `kind: "index"` lists the children that can run (attestation children
 * are referrers and are left out).
 */
export type ImageFacts =
  | { readonly kind: "unknown" }
  | ({ readonly kind: "image" } & PlatformFacts)
  | { readonly kind: "index"; readonly digest: Digest; readonly children: readonly PlatformFacts[] };

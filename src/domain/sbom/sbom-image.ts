// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Platform } from "#oci";
import type { Inventory } from "#packages";

/** One image as a bill of materials describes it: what a scan of the image would have found out, as far as the document says. */
export interface SbomImage {
  readonly image: {
    /** The manifest's, as the document says; else that of the document. */
    readonly digest: Digest;
    readonly mediaType: string;
    readonly platform: Platform;
    readonly created?: string;
    readonly sizeBytes: number;
    readonly layers: readonly {
      readonly digest: Digest;
      readonly diffId: Digest;
      readonly sizeBytes: number;
      readonly createdBy?: string;
    }[];
  };
  readonly inventory: Inventory;
}

/** What a bill of materials says. */
export interface Sbom {
  readonly format: "cyclonedx" | "spdx";
  /** Version of the format as the document writes it, e.g. `1.6`, `SPDX-2.3`. */
  readonly version: string;
  /** What the document calls its subject; empty when it does not. */
  readonly name: string;
  /** One, unless it is one of ours over several platforms. */
  readonly images: readonly SbomImage[];
}

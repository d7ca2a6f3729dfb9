// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** Where a package was seen. */
export interface Evidence {
  /** diffID of the layer that brought the file, and its place counted from the base (0). */
  readonly layer: Digest;
  readonly layerIndex: number;
  /** Path in the image, without a leading slash. */
  readonly path: string;
  /** Name of the analyzer that read the file. */
  readonly analyzer: string;
}

/** The package types read so far; the word is the purl type. */
export type PackageType = "deb" | "apk" | "npm";

/** What one analyzer says about one package in one file. */
export interface FoundPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** The source package that it was built from, where advisories are written for sources. */
  readonly source?: { readonly name: string; readonly version: string };
  readonly licenses?: readonly string[];
}

/** An installed package of an image, with its evidence. */
export interface Package extends FoundPackage {
  readonly evidence: Evidence;
}

/** The distribution as os-release names it, e.g. `debian` and `12`. */
export interface Distribution {
  readonly id: string;
  /** VERSION_ID; absent on rolling releases and Debian testing. */
  readonly versionId?: string;
  readonly prettyName?: string;
}

export type ProblemCode =
  | "FILE_MALFORMED"
  | "FILE_TOO_LARGE"
  | "ENTRY_MALFORMED"
  | "LAYER_UNREADABLE"
  | "LAYER_UNSUPPORTED"
  | "LAYER_DIGEST_MISMATCH"
  | "LAYER_DIFF_ID_MISMATCH"
  | "LAYER_SIZE_MISMATCH"
  | "LIMIT_EXCEEDED"
  | "LINK_UNRESOLVED"
  | "CONFIG_MALFORMED"
  | "PLATFORM_UNSUPPORTED"
  | "MANIFEST_UNREADABLE";

/** Something that kept a scan from being complete. `message` is for people (English, no full stop). */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly path?: string;
  readonly layer?: Digest;
}

/** `failed`: nothing can be said; `partial`: something is missing and `problems` says what. */
export type ScanStatus = "complete" | "partial" | "failed";

/** The packages of one image for one platform. Packages are sorted by type, name, version, path. */
export interface Inventory {
  readonly status: ScanStatus;
  /** Absent when no os-release was found: what the operating system packages are is then unknown. */
  readonly distribution?: Distribution;
  readonly packages: readonly Package[];
  readonly problems: readonly Problem[];
  /** Analyzer name → version, for reproducibility and as part of cache keys. */
  readonly analyzers: Readonly<Record<string, string>>;
}

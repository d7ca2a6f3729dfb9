// SPDX-License-Identifier: Apache-2.0
import type { Digest, Severity } from "#base";

/** Where a package was seen. */
export interface Evidence {
  /**
   * diffID of the layer that brought the file, and its place counted from the base (0). For a package of the operating system,
   * whose database every installation writes anew: of the layer since which the database has had it in this version.
   */
  readonly layer: Digest;
  readonly layerIndex: number;
  /** Path in the image, without a leading slash. */
  readonly path: string;
  /** Name of the analyzer that read the file. */
  readonly analyzer: string;
}

/** Types of operating system packages; the word is the purl type. */
export type OsPackageType = "deb" | "apk" | "rpm";

/** The package types; the word is the purl type. `generic`: a program without a package, known by what is in it. */
export type PackageType =
  | OsPackageType
  | "npm"
  | "pypi"
  | "golang"
  | "maven"
  | "gem"
  | "composer"
  | "cargo"
  | "nuget"
  | "conda"
  | "pub"
  | "hex"
  | "generic";

/** What one analyzer says about one package in one file. */
export interface FoundPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** The source package that it was built from, where advisories are written for sources. */
  readonly source?: { readonly name: string; readonly version: string };
  readonly licenses?: readonly string[];
  /** Only named in a lock file: wanted, and perhaps not installed. */
  readonly isDeclared?: true;
  /** Module stream that an rpm package was built in, `nodejs:18`. */
  readonly module?: string;
  /** Who built it, as the package says, e.g. `Red Hat, Inc.`. */
  readonly vendor?: string;
  /** SHA-1 of the file in lower case hex, where a registry finds packages by it (jars). */
  readonly sha1?: string;
}

/** An operating system package, as other packages name it. */
export interface PackageOwner {
  readonly type: OsPackageType;
  readonly name: string;
  readonly version: string;
}

/** A package of an image, with its evidence. */
export interface Package extends FoundPackage {
  readonly evidence: Evidence;
  /** The operating system package that installed the file of the evidence: its vendor's advisories decide. */
  readonly owner?: PackageOwner;
}

/** What an analyzer noticed about a file, or about the image's configuration, besides packages. */
export interface Observation {
  readonly kind: "secret" | "configuration" | "license" | "malware";
  /** Id of the rule, e.g. `aws-access-key-id`, `HC001`, or the name of the malware. */
  readonly rule: string;
  readonly severity: Severity;
  /** One line in English; what is shown to people comes from the rule's message where there is one. */
  readonly title: string;
  /** Counted from 1. */
  readonly line?: number;
  /** What was seen; a secret only with its value masked. */
  readonly excerpt?: string;
  /** Values for the rule's message. */
  readonly params?: Readonly<Record<string, string>>;
}

/** An observation with its place. */
export interface ImageObservation extends Observation {
  /** Absent when it is about the configuration or history of the image. */
  readonly evidence?: Evidence;
  /** Place in the history (0 is the oldest entry) that it is about. */
  readonly historyIndex?: number;
  /** A layer above removes or replaces the file; who pulls the image gets it all the same. */
  readonly isHidden?: true;
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
  | "FILE_UNREADABLE"
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
  | "MANIFEST_UNREADABLE"
  /** No malware scanner looked at it, although one was asked for. */
  | "MALWARE_UNCHECKED";

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
  /** Sorted by kind, rule, path, line. */
  readonly observations?: readonly ImageObservation[];
  readonly problems: readonly Problem[];
  /** Analyzer name → version, for reproducibility and as part of cache keys. */
  readonly analyzers: Readonly<Record<string, string>>;
}

// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Finding } from "./finding.ts";

/** What a statement says of a vulnerability in a product. `ignored` stands in ignore files only. */
export type StatementStatus = "notAffected" | "fixed" | "affected" | "underInvestigation" | "ignored";

/** A package as a package URL names it; what is absent matches everything. */
export interface StatedPackage {
  /** The purl type, e.g. `deb`, `npm`. */
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  /** Each must hold for the package; one that cannot be checked does not. */
  readonly qualifiers?: Readonly<Record<string, string>>;
}

/** An image as a statement names it: by digest, or by where it lies, with a tag or with any. */
export type StatedImage = { readonly digest: Digest } | { readonly repository: string; readonly tag?: string };

/**
 * What a statement is about. With parts it is about these inside of the product. `unknown` is a product that cannot be
 * recognised: it never matches.
 */
export type StatedProduct =
  | { readonly kind: "image"; readonly image: StatedImage; readonly parts?: readonly StatedPackage[] }
  | { readonly kind: "package"; readonly package: StatedPackage; readonly parts?: readonly StatedPackage[] }
  | { readonly kind: "unknown"; readonly id: string };

/** One statement of a trusted document about findings. */
export interface SuppressionStatement {
  readonly by: "vex" | "ignoreFile";
  /** Where it stands, as people find it again: a file name and the place in it, a referrer's digest, a hub's address. */
  readonly origin: string;
  /** Ids and aliases of the vulnerability, or the rule; absent: every one. */
  readonly ids?: readonly string[];
  /** Kinds of findings; absent: every kind. */
  readonly kinds?: readonly Finding["kind"][];
  readonly status: StatementStatus;
  readonly justification?: string;
  /** What the author advises to do, of an `affected` statement. */
  readonly action?: string;
  /** RFC 3339; of several statements on one finding the latest counts. */
  readonly timestamp?: string;
  /** RFC 3339; from then on it does not count any more. */
  readonly until?: string;
  /** Of VEX documents: what it is about. Absent: everything. */
  readonly products?: readonly StatedProduct[];
  /** Of ignore files: name of the package, with `*` for any characters, or a package URL that was read. */
  readonly packageName?: string;
  readonly package?: StatedPackage;
  /** Of ignore files: path in the image; `*` stands for any characters, also slashes. */
  readonly path?: string;
}

/** How the scanned image is called, for statements about images. */
export interface ImageIdentity {
  /** Digests that mean it: its manifest, and indexes that it was chosen from. */
  readonly digests: readonly string[];
  /** Where it was asked for, `registry/repository`, with the tag where one was. */
  readonly references?: readonly { readonly repository: string; readonly tag?: string }[];
}

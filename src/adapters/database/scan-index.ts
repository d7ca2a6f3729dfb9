// SPDX-License-Identifier: Apache-2.0
import type { Digest, Severity } from "#base";

/** What images hold: all that is given must fit, in any case; a `*` at the end stands for any characters. */
export interface HoldingQuery {
  /** Name of a package. */
  readonly packageName?: string;
  readonly packageVersion?: string;
  readonly packageType?: string;
  /** Id or alias of a vulnerability. */
  readonly vulnerability?: string;
  readonly limit: number;
  readonly offset: number;
}

/** An image, with what was asked for in it. */
export interface HoldingImage {
  readonly digest: Digest;
  /** Of our registry, with the tag where one leads to it, also by an index. */
  readonly places: readonly { readonly repository: string; readonly tag?: string }[];
  /** Where an image of another registry was seen first. */
  readonly remote?: { readonly registry: string; readonly repository: string };
  /** How many workloads of the cluster run it now. */
  readonly running: number;
  /** At most twenty. */
  readonly packages: readonly { readonly type: string; readonly name: string; readonly version: string }[];
  /** At most twenty. */
  readonly vulnerabilities: readonly { readonly id: string; readonly severity: Severity }[];
}

export interface ScanIndexStore {
  /** Images whose report holds what is asked for, and how many there are. Nothing asked for is nothing found. */
  findHolding(query: HoldingQuery): Promise<{ readonly total: number; readonly images: readonly HoldingImage[] }>;
}

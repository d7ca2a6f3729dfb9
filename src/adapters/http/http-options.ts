// SPDX-License-Identifier: Apache-2.0
import type { NameLookup } from "./reach.ts";

/** How other hosts are reached. Nothing is taken from the environment: the caller passes what it has read. */
export interface HttpOptions {
  /** PEM file with certificates to trust beside the usual ones. */
  readonly caFile?: string;
  /** The same as text, in the place of a file. */
  readonly ca?: string;
  /** Proxies by scheme of the target; never used for loopback. `noProxy` as in NO_PROXY: names, suffixes, addresses, CIDRs. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly noProxy?: string };
  /** Host names, addresses or CIDRs in private networks to which content (redirects, certificates, registry answers) may lead. */
  readonly allowPrivateAddresses?: readonly string[];
  readonly timeouts?: Partial<HttpTimeouts>;
  /** How names that content brings become addresses; default: as the system does. */
  readonly lookup?: NameLookup;
}

/** Deadlines in milliseconds. */
export interface HttpTimeouts {
  readonly connectMs: number;
  /** Until the head of an answer. */
  readonly headersMs: number;
  /** Between two parts of a body. */
  readonly bodyMs: number;
  /** Before the first retry; doubled before each further one. */
  readonly retryMs: number;
}

export const DEFAULT_TIMEOUTS: HttpTimeouts = {
  connectMs: 10_000,
  headersMs: 60_000,
  bodyMs: 60_000,
  retryMs: 500,
};

// SPDX-License-Identifier: Apache-2.0
import type { TrustHttp, TrustStateStore } from "#signatures";
import type { TrustRoots } from "./trust-roots/trust-roots.ts";

/** What a verifier works with. */
export interface SignatureVerifierOptions {
  readonly http: TrustHttp;
  readonly state: TrustStateStore;
  readonly trustRoots: TrustRoots;
  /** Registry (`host[:port]`) → URL of its Notary v1 server. */
  readonly notaryServers?: Readonly<Record<string, string>>;
  /**
   * Who wrote all of the requirements, and with them addresses of stores: `operator` (flags and files of a command) may
   * name folders and private addresses. Default `content`: only a requirement that says `addressBy: operator` may.
   */
  readonly requirementsBy?: "operator" | "content";
  /** For everything that one image needs from elsewhere, in milliseconds; default 20 000. What is not there by then is unknown. */
  readonly deadlineMs?: number;
  /** How long results are kept, in milliseconds, by state; nothing is kept longer than its `validUntil`. */
  readonly lifetimesMs?: Partial<ResultLifetimes>;
  /** Default 10 000. */
  readonly maxResults?: number;
}

/** How long a result may be given again. A long life of `none` would hide a signature that was just made. */
export interface ResultLifetimes {
  readonly verified: number;
  readonly none: number;
  readonly bad: number;
  readonly unknown: number;
}

export const DEFAULT_LIFETIMES: ResultLifetimes = { verified: 300_000, none: 10_000, bad: 30_000, unknown: 3_000 };
export const DEFAULT_DEADLINE_MS = 20_000;
export const DEFAULT_MAX_RESULTS = 10_000;

// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type ProxyCacheErrorCode =
  /** The image is on its way, or being scanned; ask again. */
  | "BEING_FETCHED"
  /** The upstream registry asks to wait, and nothing is cached. */
  | "UPSTREAM_LIMITED"
  /** The upstream registry does not answer, and nothing is cached. */
  | "UPSTREAM_AWAY"
  /** The upstream registry refuses us: credentials are missing or wrong. */
  | "UPSTREAM_REFUSED"
  /** What the upstream registry sends cannot be stored. */
  | "UPSTREAM_INVALID"
  /** The upstream registry has no such image. */
  | "UPSTREAM_UNKNOWN"
  /** Too many images are on their way. */
  | "CACHE_BUSY";

/** Why a cache has nothing to hand out. */
export class ProxyCacheError extends CodedError<ProxyCacheErrorCode> {
  override readonly name: string = "ProxyCacheError";
}

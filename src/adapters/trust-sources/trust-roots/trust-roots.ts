// SPDX-License-Identifier: Apache-2.0

/** A Sigstore trusted root as it is used now. */
export interface ResolvedTrustRoot {
  readonly name: string;
  /** The text of a `trusted_root.json`. */
  readonly json: string;
  /** SHA-256 of the text (`sha256:…`): results that rest on another root are not reused. */
  readonly digest: string;
  /** Where it came from, without credentials. */
  readonly source: string;
  /** RFC 3339. Of a TUF repository: when it was last asked successfully. */
  readonly fetchedAt?: string;
  /** RFC 3339. Of a TUF repository: when the first of its metadata ends; after that it is refused. */
  readonly validUntil?: string;
}

/** Named trust roots. Throws `TrustSourceError` when a root cannot be had; nothing is ever used in its place. */
export interface TrustRoots {
  readonly names: readonly string[];
  resolve(
    name: string,
    options: { readonly now: Date; readonly signal?: AbortSignal | undefined },
  ): Promise<ResolvedTrustRoot>;
}

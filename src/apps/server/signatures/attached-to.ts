// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestHex, parseDigest } from "#base";

/**
 * The image that a tag is about: `sha256-<hex>.sig`, `.att` and `.sbom` (cosign), or `sha256-<hex>` (distribution-spec
 * 1.1, "Referrers Tag Schema"). `undefined` for any other tag, also for the cut hash of a sha512 digest.
 */
export function digestOfTag(tag: string): Digest | undefined {
  const match = /^(sha256|sha512)-([0-9a-f]{64,128})(?:\.sig|\.att|\.sbom)?$/.exec(tag);
  return match === null ? undefined : parseDigest(`${match[1] ?? ""}:${match[2] ?? ""}`);
}

/** The tag under which clients list referrers by themselves: algorithm and hash, each cut as the specification says. */
export function referrersTag(digest: Digest): string {
  return `${digestAlgorithm(digest).slice(0, 32)}-${digestHex(digest).slice(0, 64)}`;
}

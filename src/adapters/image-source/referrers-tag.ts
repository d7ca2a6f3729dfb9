// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestHex } from "#base";

/** The tag that stands for the referrers API where there is none (distribution-spec 1.1, "Referrers Tag Schema"). */
export function referrersTag(digest: Digest): string {
  return `${digestAlgorithm(digest)}-${digestHex(digest).slice(0, 64)}`;
}

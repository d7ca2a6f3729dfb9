// SPDX-License-Identifier: Apache-2.0
import type { NamedReason } from "./exempt-reasons.ts";

/** What one image for one platform has against it, and until when that holds (milliseconds since the epoch). */
export interface PlatformJudgement {
  readonly reasons: readonly NamedReason[];
  readonly validUntilMs?: number;
}

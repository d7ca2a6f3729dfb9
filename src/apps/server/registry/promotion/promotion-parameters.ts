// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type Digest, isDigest } from "#base";

/** What somebody asked for, and others agree to: this digest, to that place, whatever becomes of tag and rule meanwhile. */
export interface PromotionParameters {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** Of `to`; absent: ours. */
  readonly registry?: string | undefined;
  /** Under which it is asked for, and comes to lie. */
  readonly tag: string;
  readonly digest: Digest;
}

export const promotionParametersSchema: z.ZodType<PromotionParameters> = z.strictObject({
  rule: z.string(),
  from: z.string(),
  to: z.string(),
  registry: z.string().optional(),
  tag: z.string(),
  digest: z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "not a digest"),
});

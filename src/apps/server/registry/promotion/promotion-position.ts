// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { CopyCounts } from "../copy/image-copy.ts";

/** Where a promotion got to. What was judged is judged again, whatever is written here. */
export interface PromotionPosition extends Pick<CopyCounts, "manifests" | "problems"> {
  /** What is to be done next: the image, what is attached to it, its tag. */
  readonly next: "image" | "attached" | "tag";
}

const schema: z.ZodType<PromotionPosition> = z.object({
  next: z.enum(["image", "attached", "tag"]),
  manifests: z.int().min(0),
  problems: z.array(z.object({ what: z.string(), why: z.string() })),
});

/** The position of an earlier run of the job; else the beginning. */
export function parsePromotionPosition(position: unknown): PromotionPosition {
  const parsed = schema.safeParse(position);
  return parsed.success ? parsed.data : { next: "image", manifests: 0, problems: [] };
}

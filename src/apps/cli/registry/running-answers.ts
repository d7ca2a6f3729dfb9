// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** What the server says of images that the cluster runs. Fields of a later server are passed over. */
export interface RunningListAnswer {
  readonly total: number;
  readonly isWatched: boolean;
  readonly images: readonly {
    readonly namespace: string;
    readonly owner: { readonly kind: string; readonly name: string };
    readonly reference: string;
    readonly from: string;
    readonly podCount: number;
    readonly verdict?: { readonly outcome: string };
  }[];
}

export const runningListAnswer: z.ZodType<RunningListAnswer> = z.object({
  total: z.int(),
  isWatched: z.boolean(),
  images: z.array(
    z.object({
      namespace: z.string(),
      owner: z.object({ kind: z.string(), name: z.string() }),
      reference: z.string(),
      from: z.string(),
      podCount: z.int(),
      verdict: z.exactOptional(z.object({ outcome: z.string() })),
    }),
  ),
});

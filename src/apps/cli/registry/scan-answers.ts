// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** What the server says of scans of its images. Fields of a later server are passed over. */
export interface ScanListAnswer {
  readonly scans: readonly {
    readonly id: number;
    readonly digest: string;
    readonly names: readonly string[];
    readonly state: string;
    readonly reason: string;
    readonly message?: string;
    readonly doneBytes: number;
    readonly totalBytes: number;
    readonly requestedAt: string;
  }[];
}

export const scanListAnswer: z.ZodType<ScanListAnswer> = z.object({
  scans: z.array(
    z.object({
      id: z.int(),
      digest: z.string(),
      names: z.array(z.string()),
      state: z.string(),
      reason: z.string(),
      message: z.exactOptional(z.string()),
      doneBytes: z.number(),
      totalBytes: z.number(),
      requestedAt: z.string(),
    }),
  ),
});

export const scanRequestedAnswer: z.ZodType<{ readonly requested: number }> = z.object({ requested: z.int() });

export const scanStoppedAnswer: z.ZodType<{ readonly stopped: number }> = z.object({ stopped: z.int() });

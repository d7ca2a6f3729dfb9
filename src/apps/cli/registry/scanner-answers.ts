// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** What the server says of scanners of others. Fields of a later server are passed over. */
export interface ScannerListAnswer {
  readonly scanners: readonly {
    readonly name: string;
    readonly scanner: {
      readonly url: string;
      readonly prefix?: string;
      readonly isEnabled: boolean;
      readonly counts?: boolean;
      readonly registryUrl?: string;
      readonly description?: string;
      readonly certificateAuthority?: string;
    };
    readonly hasCredentials: boolean;
    readonly updatedBy: string;
    readonly updatedAt: string;
  }[];
}

export const scannerListAnswer: z.ZodType<ScannerListAnswer> = z.object({
  scanners: z.array(
    z.object({
      name: z.string(),
      scanner: z.object({
        url: z.string(),
        prefix: z.exactOptional(z.string()),
        isEnabled: z.boolean(),
        counts: z.exactOptional(z.boolean()),
        registryUrl: z.exactOptional(z.string()),
        description: z.exactOptional(z.string()),
        certificateAuthority: z.exactOptional(z.string()),
      }),
      hasCredentials: z.boolean(),
      updatedBy: z.string(),
      updatedAt: z.string(),
    }),
  ),
});

// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** The advisory database that results were made with. */
export interface AdvisoryDatabaseBody {
  readonly digest: string;
  readonly date: string;
  readonly advisories: number;
  readonly isBundled: boolean;
  readonly ecosystems: readonly { readonly name: string; readonly advisories: number }[];
}

export const advisoryDatabaseSchema: z.ZodType<AdvisoryDatabaseBody> = z.strictObject({
  digest: z.string(),
  date: z.string().describe("RFC 3339, the newest date of the data"),
  advisories: z.int().min(0),
  isBundled: z.boolean().describe("true for the small database that ships with the program"),
  ecosystems: z.array(z.strictObject({ name: z.string(), advisories: z.int().min(0) })),
});

z.globalRegistry.add(advisoryDatabaseSchema, { id: "AdvisoryDatabase" });

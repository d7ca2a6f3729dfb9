// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type ForeignScanner, foreignScannerSchema, isRuleName } from "#registry";

export interface ScannerBody {
  readonly name: string;
  readonly scanner: ForeignScanner;
  readonly hasCredentials: boolean;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

/** How we sign in at a scanner. */
export type ScannerCredentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string };

const name = z.string().refine(isRuleName, "expected at most 64 of a-z 0-9 . _ -");
const secret = z.string().min(1).max(16_384);

const scannerCredentialsSchema: z.ZodType<ScannerCredentials> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("basic"), username: z.string().min(1).max(1_024), password: secret }),
  z.strictObject({ kind: z.literal("bearer"), token: secret.regex(/^[\x21-\x7e]+$/) }),
]);

export const scannerListSchema: z.ZodType<{ readonly scanners: readonly ScannerBody[] }> = z.strictObject({
  scanners: z.array(
    z.strictObject({
      name: z.string(),
      scanner: foreignScannerSchema,
      hasCredentials: z.boolean(),
      updatedBy: z.string(),
      updatedAt: z.string(),
    }),
  ),
});

export interface PutScannerBody {
  readonly name: string;
  readonly scanner: ForeignScanner;
  readonly credentials?: ScannerCredentials | null;
}

export const putScannerSchema: z.ZodType<PutScannerBody> = z.strictObject({
  name,
  scanner: foreignScannerSchema,
  credentials: z
    .exactOptional(scannerCredentialsSchema.nullable())
    .describe("absent: those that are kept stay; null: none; they cannot be read again"),
});

export const scannerNameSchema: z.ZodType<{ readonly name: string }> = z.strictObject({ name });

z.globalRegistry.add(scannerListSchema, { id: "RegistryScannerList" });

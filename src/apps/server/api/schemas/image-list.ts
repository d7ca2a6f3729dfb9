// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Severity } from "#advisories";
import type { ManifestRecord, ScanRecord } from "#database";
import { type AdvisoryDatabaseBody, advisoryDatabaseSchema } from "./advisory-database.ts";
import { type SignatureSummary, signatureSummarySchema } from "./signatures.ts";
import { type VerdictBody, verdictSchema } from "./verdict.ts";

/** How many findings of one severity, and how many of them have a fix. */
export interface SeverityCount {
  readonly severity: Severity;
  readonly total: number;
  readonly fixable: number;
}

/** `missing`: nobody asked for a scan yet. */
export type ScanState = ScanRecord["state"] | "missing";

/** A tag as the list of images shows it. */
export interface ImageSummary {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly kind: ManifestRecord["kind"];
  readonly pushedAt: string;
  readonly pushedBy: string;
  /** Absent: never. */
  readonly pulledAt?: string;
  readonly sizeBytes: number;
  readonly platforms: readonly string[];
  readonly scanState: ScanState;
  /** Of an index: of the child that was read the longest ago. */
  readonly scannedAt?: string;
  readonly counts: readonly SeverityCount[];
  /** Absent while nothing is known; e.g. `Critical (total 151 / fix 0)`. */
  readonly vulnerabilities?: string;
  readonly isComplete: boolean;
  readonly verdict: VerdictBody;
  /** Absent for an artifact. */
  readonly signatures?: SignatureSummary;
}

export interface ImageListBody {
  readonly total: number;
  readonly images: readonly ImageSummary[];
  readonly database: AdvisoryDatabaseBody;
}

export const severitySchema: z.ZodType<Severity> = z.enum([
  "critical",
  "high",
  "medium",
  "low",
  "negligible",
  "unknown",
]);

export const scanStateSchema: z.ZodType<ScanState> = z.enum([
  "missing",
  "pending",
  "running",
  "done",
  "failed",
  "unsupported",
]);

export const severityCountSchema: z.ZodType<SeverityCount> = z.strictObject({
  severity: severitySchema,
  total: z.int().min(0),
  fixable: z.int().min(0),
});

const imageSummarySchema: z.ZodType<ImageSummary> = z.strictObject({
  repository: z.string(),
  tag: z.string(),
  digest: z.string(),
  kind: z.enum(["image", "index", "artifact"]),
  pushedAt: z.string(),
  pushedBy: z.string(),
  pulledAt: z.exactOptional(z.string()).describe("absent: never"),
  sizeBytes: z.int().min(0),
  platforms: z.array(z.string()),
  scanState: scanStateSchema.describe("of an index: the least finished scan of its children"),
  scannedAt: z.exactOptional(z.string()).describe("of an index: of the child that was read the longest ago"),
  counts: z.array(severityCountSchema).describe("worst first, without severities that do not occur"),
  vulnerabilities: z
    .exactOptional(z.string())
    .describe("the worst severity with all findings and those that have a fix, e.g. Critical (total 151 / fix 0)"),
  isComplete: z.boolean().describe("false: something could not be scanned or judged, so no findings is not clean"),
  verdict: verdictSchema,
  signatures: z.exactOptional(signatureSummarySchema).describe("absent for an artifact"),
});

export const imageListSchema: z.ZodType<ImageListBody> = z.strictObject({
  total: z.int().min(0),
  images: z.array(imageSummarySchema),
  database: advisoryDatabaseSchema,
});

z.globalRegistry.add(severitySchema, { id: "Severity" });
z.globalRegistry.add(scanStateSchema, { id: "ScanState" });
z.globalRegistry.add(severityCountSchema, { id: "SeverityCount" });
z.globalRegistry.add(imageSummarySchema, { id: "ImageSummary" });
z.globalRegistry.add(imageListSchema, { id: "ImageList" });

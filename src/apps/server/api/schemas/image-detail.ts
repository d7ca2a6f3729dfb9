// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Severity } from "#base";
import type { ManifestRecord } from "#database";
import type { ScanStatus } from "#packages";
import { type AdvisoryDatabaseBody, advisoryDatabaseSchema } from "./advisory-database.ts";
import { type ScanState, type SeverityCount, scanStateSchema, severityCountSchema } from "./image-list.ts";
import { type ScanJobBody, scanJobSchema } from "./scans.ts";
import { type ImageSignatures, imageSignaturesSchema } from "./signatures.ts";
import { type VerdictBody, verdictSchema } from "./verdict.ts";

/** What a finished scan says about an image, without its long lists. */
export interface ScanSummary {
  readonly status: ScanStatus;
  readonly distribution?: string;
  readonly created?: string;
  readonly sizeBytes: number;
  readonly packages: number;
  readonly findings: number;
  /** Findings of other kinds that count. */
  readonly secrets: number;
  readonly configuration: number;
  readonly licenses: number;
  readonly malware: number;
  /** Of any kind. */
  readonly suppressed: number;
  /** Of vulnerabilities that count. */
  readonly knownExploited: number;
  readonly support?: {
    readonly release: string;
    readonly until?: string;
    readonly extendedUntil?: string;
    readonly source: string;
  };
  readonly layers: readonly {
    readonly digest: string;
    readonly sizeBytes: number;
    readonly createdBy?: string;
    readonly packages: number;
  }[];
  readonly problems: readonly { readonly code: string; readonly message: string; readonly path?: string }[];
  readonly coverageGaps: readonly { readonly code: string; readonly subject?: string }[];
  readonly database: AdvisoryDatabaseBody;
}

/** What somebody else's scanner says of an image. */
export interface ForeignReportBody {
  /** As the settings call it. */
  readonly scanner: string;
  /** Whether it counts in verdicts. */
  readonly counts: boolean;
  /** What it calls itself. */
  readonly scannerName: string;
  readonly scannerVersion: string;
  readonly generatedAt: string;
  readonly fetchedAt: string;
  readonly severities: readonly SeverityCount[];
  readonly vulnerabilities: readonly {
    readonly id: string;
    readonly package: string;
    readonly version: string;
    readonly fixVersion?: string;
    readonly severity: Severity;
    readonly url?: string;
  }[];
  readonly total: number;
  readonly leftOut: number;
}

/** One runnable image: the image itself, or a child of an index. */
export interface PlatformBody {
  readonly digest: string;
  readonly platform: string;
  readonly scanState: ScanState;
  readonly scanMessage?: string;
  /** When the image was read. */
  readonly scannedAt?: string;
  /** When its packages were matched with advisories, the last time. */
  readonly matchedAt?: string;
  /** The scan that was asked for last; absent when its record is gone. */
  readonly job?: ScanJobBody;
  readonly counts: readonly SeverityCount[];
  readonly verdict: VerdictBody;
  readonly scan?: ScanSummary;
  /** Of scanners of others; absent without any. */
  readonly foreignReports?: readonly ForeignReportBody[];
}

export interface ImageDetailBody {
  readonly repository: string;
  readonly tag?: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly kind: ManifestRecord["kind"];
  readonly artifactType?: string;
  readonly pushedAt: string;
  readonly pushedBy: string;
  readonly sizeBytes: number;
  readonly verdict: VerdictBody;
  readonly platforms: readonly PlatformBody[];
  /** Absent for an artifact. */
  readonly signatures?: ImageSignatures;
}

const scanSummarySchema: z.ZodType<ScanSummary> = z.strictObject({
  status: z.enum(["complete", "partial", "failed"]),
  distribution: z.exactOptional(z.string()),
  created: z.exactOptional(z.string()).describe("the builder's claim"),
  sizeBytes: z.int().min(0),
  packages: z.int().min(0),
  findings: z.int().min(0).describe("vulnerabilities that count"),
  secrets: z.int().min(0),
  configuration: z.int().min(0),
  licenses: z.int().min(0),
  malware: z.int().min(0),
  suppressed: z.int().min(0).describe("findings of any kind that do not count"),
  knownExploited: z.int().min(0).describe("vulnerabilities that count and are in CISA's catalogue"),
  support: z
    .exactOptional(
      z.strictObject({
        release: z.string(),
        until: z.exactOptional(z.string()).describe("day after which free support ends"),
        extendedUntil: z.exactOptional(z.string()).describe("day after which long-term support ends too"),
        source: z.string(),
      }),
    )
    .describe("of the distribution; absent when nobody knows"),
  layers: z
    .array(
      z.strictObject({
        digest: z.string(),
        sizeBytes: z.int().min(0),
        createdBy: z.exactOptional(z.string()),
        packages: z.int().min(0),
      }),
    )
    .describe("from the base up"),
  problems: z.array(
    z.strictObject({
      code: z.string(),
      message: z.string(),
      path: z.exactOptional(z.string()),
    }),
  ),
  coverageGaps: z.array(
    z.strictObject({
      code: z.string(),
      subject: z.exactOptional(z.string()).describe("the distribution or ecosystem"),
    }),
  ),
  database: advisoryDatabaseSchema,
});

const foreignReportSchema: z.ZodType<ForeignReportBody> = z.strictObject({
  scanner: z.string().describe("as the settings call it"),
  counts: z.boolean().describe("whether it counts in verdicts"),
  scannerName: z.string().describe("what it calls itself"),
  scannerVersion: z.string(),
  generatedAt: z.string().describe("as it says; empty where it does not"),
  fetchedAt: z.string(),
  severities: z.array(severityCountSchema),
  vulnerabilities: z
    .array(
      z.strictObject({
        id: z.string(),
        package: z.string(),
        version: z.string(),
        fixVersion: z.exactOptional(z.string()),
        severity: z.enum(["critical", "high", "medium", "low", "negligible", "unknown"]),
        url: z.exactOptional(z.string()),
      }),
    )
    .describe("worst first, at most 200"),
  total: z.int().min(0).describe("of all vulnerabilities that it names"),
  leftOut: z.int().min(0).describe("entries of its report that could not be read"),
});

const platformSchema: z.ZodType<PlatformBody> = z.strictObject({
  digest: z.string(),
  platform: z.string(),
  scanState: scanStateSchema,
  scanMessage: z.exactOptional(z.string()),
  scannedAt: z.exactOptional(z.string()).describe("when the image was read"),
  matchedAt: z.exactOptional(z.string()).describe("when its packages were matched with advisories, the last time"),
  job: z.exactOptional(scanJobSchema).describe("the scan that was asked for last"),
  counts: z.array(severityCountSchema),
  verdict: verdictSchema.describe("what a pull of this platform gets"),
  scan: z.exactOptional(scanSummarySchema),
  foreignReports: z.exactOptional(z.array(foreignReportSchema)).describe("what scanners of others say"),
});

export const imageDetailSchema: z.ZodType<ImageDetailBody> = z.strictObject({
  repository: z.string(),
  tag: z.exactOptional(z.string()),
  digest: z.string(),
  mediaType: z.string(),
  kind: z.enum(["image", "index", "artifact"]).describe("an artifact is no container image and is not judged as one"),
  artifactType: z.exactOptional(z.string()).describe("what an artifact says it is, a media type"),
  pushedAt: z.string(),
  pushedBy: z.string(),
  sizeBytes: z.int().min(0),
  verdict: verdictSchema,
  platforms: z.array(platformSchema),
  signatures: z.exactOptional(imageSignaturesSchema).describe("absent for an artifact"),
});

z.globalRegistry.add(scanSummarySchema, { id: "ScanSummary" });
z.globalRegistry.add(foreignReportSchema, { id: "ForeignReport" });
z.globalRegistry.add(platformSchema, { id: "ImagePlatform" });
z.globalRegistry.add(imageDetailSchema, { id: "ImageDetail" });

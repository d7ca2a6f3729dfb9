// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
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
z.globalRegistry.add(platformSchema, { id: "ImagePlatform" });
z.globalRegistry.add(imageDetailSchema, { id: "ImageDetail" });

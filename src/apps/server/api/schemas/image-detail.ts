// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { ManifestRecord } from "#database";
import type { ScanStatus } from "#packages";
import { type AdvisoryDatabaseBody, advisoryDatabaseSchema } from "./advisory-database.ts";
import { type ScanState, type SeverityCount, scanStateSchema, severityCountSchema } from "./image-list.ts";
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
  readonly scannedAt?: string;
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
  findings: z.int().min(0),
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
  scannedAt: z.exactOptional(z.string()),
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

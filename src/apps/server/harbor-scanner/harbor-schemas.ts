// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** Media types of the scanner adapter API 1.2 of Harbor (goharbor/pluggable-scanner-spec, "Capabilities" and "paths"). */
export const HARBOR_TYPES = {
  metadata: "application/vnd.scanner.adapter.metadata+json; version=1.1",
  request: "application/vnd.scanner.adapter.scan.request+json; version=1.1",
  response: "application/vnd.scanner.adapter.scan.response+json; version=1.0",
  error: "application/vnd.scanner.adapter.error+json; version=1.0",
  vulnerabilities: "application/vnd.security.vulnerability.report; version=1.1",
  vulnerabilitiesOld: "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0",
  sbom: "application/vnd.security.sbom.report+json; version=1.0",
} as const;

export const SBOM_TYPES = ["application/spdx+json", "application/vnd.cyclonedx+json"] as const;
export type SbomType = (typeof SBOM_TYPES)[number];

export const SEVERITIES = ["Unknown", "Negligible", "Low", "Medium", "High", "Critical"] as const;
/** components.schemas.Severity */
export type HarborSeverity = (typeof SEVERITIES)[number];

const MAX_TEXT = 65_536;
const text = z.string().max(MAX_TEXT);

/** components.schemas.Artifact */
export interface HarborArtifact {
  readonly repository?: string | undefined;
  readonly digest?: string | undefined;
  readonly tag?: string | undefined;
  readonly mime_type?: string | undefined;
}

const artifactSchema: z.ZodType<HarborArtifact> = z.object({
  repository: text.optional(),
  digest: text.optional(),
  tag: text.optional(),
  mime_type: text.optional(),
});

/** components.schemas.ScanRequest */
export interface HarborScanRequest {
  readonly registry: { readonly url: string; readonly authorization?: string | undefined };
  readonly artifact: HarborArtifact;
  readonly enabled_capabilities?: readonly { readonly type: "vulnerability" | "sbom" }[] | null | undefined;
}

export const scanRequestSchema: z.ZodType<HarborScanRequest> = z.object({
  registry: z.object({ url: text, authorization: text.optional() }),
  artifact: artifactSchema,
  enabled_capabilities: z
    .array(z.object({ type: z.enum(["vulnerability", "sbom"]) }))
    .max(16)
    .nullish(),
});

/** components.schemas.Scanner */
export interface HarborScanner {
  readonly name?: string | undefined;
  readonly vendor?: string | undefined;
  readonly version?: string | undefined;
}

const scannerSchema: z.ZodType<HarborScanner> = z.object({
  name: text.optional(),
  vendor: text.optional(),
  version: text.optional(),
});

/** components.schemas.ScannerAdapterMetadata, as far as a client needs it. */
export interface HarborMetadata {
  readonly scanner: HarborScanner;
  readonly capabilities: readonly {
    readonly type?: string | undefined;
    readonly consumes_mime_types: readonly string[];
    readonly produces_mime_types: readonly string[];
  }[];
}

export const metadataSchema: z.ZodType<HarborMetadata> = z.object({
  scanner: scannerSchema,
  capabilities: z
    .array(
      z.object({
        type: text.optional(),
        consumes_mime_types: z.array(text).max(1_000),
        produces_mime_types: z.array(text).max(1_000),
      }),
    )
    .max(100),
});

export const scanResponseSchema: z.ZodType<{ readonly id: string }> = z.object({ id: z.string().min(1).max(4_096) });

/** components.schemas.HarborVulnerabilityReport; its entries are read one by one. */
export interface HarborReport {
  readonly generated_at?: string | undefined;
  readonly artifact?: HarborArtifact | null | undefined;
  readonly scanner?: HarborScanner | null | undefined;
  readonly severity?: string | undefined;
  readonly vulnerabilities?: readonly unknown[] | null | undefined;
}

export const reportSchema: z.ZodType<HarborReport> = z.object({
  generated_at: text.optional(),
  artifact: artifactSchema.nullish(),
  scanner: scannerSchema.nullish(),
  severity: text.optional(),
  vulnerabilities: z.array(z.unknown()).nullish(),
});

/** components.schemas.VulnerabilityItem */
export interface HarborVulnerability {
  readonly id: string;
  readonly package: string;
  readonly version?: string | undefined;
  readonly fix_version?: string | undefined;
  readonly severity: HarborSeverity;
  readonly description?: string | undefined;
  readonly links?: readonly string[] | null | undefined;
  readonly preferred_cvss?:
    | {
        readonly score_v3?: number | null | undefined;
        readonly score_v2?: number | null | undefined;
        readonly vector_v3?: string | null | undefined;
        readonly vector_v2?: string | null | undefined;
      }
    | null
    | undefined;
  readonly cwe_ids?: readonly string[] | null | undefined;
  readonly vendor_attributes?: unknown;
}

export const vulnerabilitySchema: z.ZodType<HarborVulnerability> = z.object({
  id: z.string().min(1).max(256),
  package: z.string().min(1).max(1_024),
  version: z.string().max(1_024).optional(),
  fix_version: z.string().max(1_024).optional(),
  severity: z.enum(SEVERITIES),
  description: text.optional(),
  links: z.array(text).nullish(),
  preferred_cvss: z
    .object({
      score_v3: z.number().nullish(),
      score_v2: z.number().nullish(),
      vector_v3: text.nullish(),
      vector_v2: text.nullish(),
    })
    .nullish(),
  cwe_ids: z.array(text).nullish(),
  vendor_attributes: z.unknown().optional(),
});

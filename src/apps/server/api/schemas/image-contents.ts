// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Severity } from "#advisories";
import type { VulnerabilityFinding } from "#findings";
import { severitySchema } from "./image-list.ts";

export interface PackageBody {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly source?: string;
  readonly licenses: readonly string[];
  readonly layerIndex: number;
  readonly path: string;
}

export interface FindingBody {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly state: VulnerabilityFinding["state"];
  readonly severity: Severity;
  readonly severitySource?: string;
  readonly title: string;
  readonly url?: string;
  readonly package: { readonly type: string; readonly name: string; readonly version: string };
  readonly fixedVersions: readonly string[];
  readonly layerIndex: number;
  readonly path: string;
  readonly match: VulnerabilityFinding["match"];
}

export interface PackagePage {
  readonly total: number;
  readonly packages: readonly PackageBody[];
}

export interface FindingPage {
  readonly total: number;
  readonly findings: readonly FindingBody[];
}

const packageSchema: z.ZodType<PackageBody> = z.strictObject({
  type: z.string(),
  name: z.string(),
  version: z.string(),
  architecture: z.exactOptional(z.string()),
  source: z.exactOptional(z.string()).describe("source package and version, when they differ"),
  licenses: z.array(z.string()),
  layerIndex: z.int().min(0),
  path: z.string(),
});

const findingSchema: z.ZodType<FindingBody> = z.strictObject({
  id: z.string(),
  aliases: z.array(z.string()),
  state: z.enum(["affected", "undecided"]).describe("undecided: a version did not parse, so nobody can tell"),
  severity: severitySchema,
  severitySource: z.exactOptional(z.string()),
  title: z.string(),
  url: z.exactOptional(z.string()),
  package: z.strictObject({ type: z.string(), name: z.string(), version: z.string() }),
  fixedVersions: z.array(z.string()).describe("oldest first; empty when no fix exists"),
  layerIndex: z.int().min(0),
  path: z.string(),
  match: z.strictObject({
    advisoryId: z.string(),
    ecosystem: z.string(),
    packageName: z.string(),
    version: z.string(),
    range: z.string(),
  }),
});

export const packagePageSchema: z.ZodType<PackagePage> = z.strictObject({
  total: z.int().min(0).describe("packages that match the search"),
  packages: z.array(packageSchema),
});

export const findingPageSchema: z.ZodType<FindingPage> = z.strictObject({
  total: z.int().min(0).describe("findings that match search and severity"),
  findings: z.array(findingSchema),
});

z.globalRegistry.add(packageSchema, { id: "Package" });
z.globalRegistry.add(findingSchema, { id: "Finding" });
z.globalRegistry.add(packagePageSchema, { id: "PackagePage" });
z.globalRegistry.add(findingPageSchema, { id: "FindingPage" });

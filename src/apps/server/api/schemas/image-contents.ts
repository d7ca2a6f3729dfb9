// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Severity } from "#advisories";
import type { ObservationFinding, Suppression, VulnerabilityFinding } from "#findings";
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
  readonly cvssVector?: string;
  readonly otherSeverities?: NonNullable<VulnerabilityFinding["otherSeverities"]>;
  readonly status?: VulnerabilityFinding["status"];
  readonly exploitation?: NonNullable<VulnerabilityFinding["exploitation"]>;
  readonly isDeclared?: true;
  readonly coveredBy?: { readonly type: string; readonly name: string; readonly version: string };
  readonly advice?: { readonly text: string; readonly origin: string };
  readonly layerIndex: number;
  readonly path: string;
  readonly match: VulnerabilityFinding["match"];
  /** Of one that does not count. */
  readonly suppression?: SuppressionBody;
}

/** Why a finding does not count, and who says so. */
export interface SuppressionBody {
  readonly by: Suppression["by"];
  readonly origin: string;
  readonly status: Suppression["status"];
  readonly justification?: string;
  readonly until?: string;
}

/** A secret, a risky configuration, a licence or malware. */
export interface ObservationBody {
  readonly kind: ObservationFinding["kind"];
  readonly rule: string;
  readonly severity: Severity;
  /** Whole sentences in the language that was asked for. */
  readonly text: string;
  readonly advice?: string;
  /** A secret only with its value masked. */
  readonly excerpt?: string;
  readonly layerIndex?: number;
  readonly path?: string;
  readonly line?: number;
  readonly historyIndex?: number;
  readonly isHidden?: true;
  readonly suppression?: SuppressionBody;
}

export interface ObservationPage {
  readonly total: number;
  readonly observations: readonly ObservationBody[];
}

/** All that is known about one finding. */
export interface ExplanationBody {
  readonly finding?: FindingBody;
  readonly observation?: ObservationBody;
  readonly layer?: {
    readonly index: number;
    readonly count: number;
    readonly diffId: string;
    readonly createdBy?: string;
  };
  readonly remedy?: {
    readonly kind: "upgradePackage" | "upgradeBaseImage" | "noFix";
    readonly packageName: string;
    readonly versions: readonly string[];
  };
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

const suppressionSchema: z.ZodType<SuppressionBody> = z.strictObject({
  by: z.enum(["vex", "ignoreFile", "vendor"]),
  origin: z.string().describe("where the statement stands: a file, or an advisory of the vendor"),
  status: z.enum(["notAffected", "fixed", "ignored", "underInvestigation"]),
  justification: z.exactOptional(z.string()),
  until: z.exactOptional(z.string()),
});

const observationSchema: z.ZodType<ObservationBody> = z.strictObject({
  kind: z.enum(["secret", "configuration", "license", "malware"]),
  rule: z.string(),
  severity: severitySchema,
  text: z.string(),
  advice: z.exactOptional(z.string()).describe("what to do about it"),
  excerpt: z.exactOptional(z.string()).describe("what was seen; a secret only with its value masked"),
  layerIndex: z.exactOptional(z.int().min(0)),
  path: z.exactOptional(z.string()).describe("absent when it is about the configuration or history of the image"),
  line: z.exactOptional(z.int()),
  historyIndex: z.exactOptional(z.int().min(0)),
  isHidden: z.exactOptional(z.literal(true)).describe("a layer above removes or replaces the file"),
  suppression: z.exactOptional(suppressionSchema),
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
  cvssVector: z.exactOptional(z.string()),
  otherSeverities: z
    .exactOptional(
      z.array(
        z.strictObject({ source: z.string(), severity: severitySchema, cvssVector: z.exactOptional(z.string()) }),
      ),
    )
    .describe("what others call it, where they do not agree"),
  status: z
    .exactOptional(z.enum(["notAffected", "willNotFix", "deferred", "underInvestigation", "endOfLife"]))
    .describe("what the vendor decided about it"),
  exploitation: z.exactOptional(
    z.strictObject({
      knownExploited: z
        .exactOptional(
          z.strictObject({
            added: z.string(),
            due: z.exactOptional(z.string()),
            isInRansomware: z.exactOptional(z.boolean()),
          }),
        )
        .describe("CISA's catalogue of known exploited vulnerabilities"),
      epss: z
        .exactOptional(z.strictObject({ score: z.number(), percentile: z.number(), date: z.string() }))
        .describe("FIRST's estimate that it will be exploited within 30 days"),
    }),
  ),
  isDeclared: z.exactOptional(z.literal(true)).describe("the package is only named in a lock file"),
  coveredBy: z
    .exactOptional(z.strictObject({ type: z.string(), name: z.string(), version: z.string() }))
    .describe("the operating system package that installed the file"),
  advice: z.exactOptional(z.strictObject({ text: z.string(), origin: z.string() })),
  layerIndex: z.int().min(0),
  path: z.string(),
  suppression: z.exactOptional(suppressionSchema).describe("of one that does not count"),
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

export const observationPageSchema: z.ZodType<ObservationPage> = z.strictObject({
  total: z.int().min(0).describe("observations that match kind and search"),
  observations: z.array(observationSchema),
});

export const explanationSchema: z.ZodType<{ readonly explanations: readonly ExplanationBody[] }> = z.strictObject({
  explanations: z
    .array(
      z.strictObject({
        finding: z.exactOptional(findingSchema),
        observation: z.exactOptional(observationSchema),
        layer: z.exactOptional(
          z.strictObject({
            index: z.int().min(0),
            count: z.int().min(0),
            diffId: z.string(),
            createdBy: z.exactOptional(z.string()),
          }),
        ),
        remedy: z.exactOptional(
          z.strictObject({
            kind: z.enum(["upgradePackage", "upgradeBaseImage", "noFix"]),
            packageName: z.string(),
            versions: z.array(z.string()),
          }),
        ),
      }),
    )
    .describe("one for each place where it was found, suppressed ones last"),
});

z.globalRegistry.add(suppressionSchema, { id: "Suppression" });
z.globalRegistry.add(observationSchema, { id: "Observation" });
z.globalRegistry.add(observationPageSchema, { id: "ObservationPage" });
z.globalRegistry.add(explanationSchema, { id: "Explanation" });
z.globalRegistry.add(packageSchema, { id: "Package" });
z.globalRegistry.add(findingSchema, { id: "Finding" });
z.globalRegistry.add(packagePageSchema, { id: "PackagePage" });
z.globalRegistry.add(findingPageSchema, { id: "FindingPage" });

// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";
import { VERSION } from "#configuration";
import type { ScanReport, VulnerabilityFinding } from "#findings";
import { renderSpdx, toCycloneDx } from "#report";
import {
  type HarborArtifact,
  type HarborScanner,
  type HarborSeverity,
  type HarborVulnerability,
  type SbomType,
  SEVERITIES,
} from "./harbor-schemas.ts";

export const OURSELVES: HarborScanner = { name: "Haechi", vendor: "Haechi", version: VERSION };

const NAMES: Readonly<Record<Severity, HarborSeverity>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  negligible: "Negligible",
  unknown: "Unknown",
};

interface Scanned {
  readonly report: ScanReport;
  readonly artifact: HarborArtifact;
  /** RFC 3339. */
  readonly generatedAt: string;
}

/** components.schemas.HarborVulnerabilityReport: what counts; what statements clear is left out. */
export function toHarborReport({ report, artifact, generatedAt }: Scanned): object {
  const vulnerabilities = report.findings.map(toItem);
  const worst = Math.max(0, ...new Set(vulnerabilities.map(({ severity }) => SEVERITIES.indexOf(severity))));
  return {
    generated_at: generatedAt,
    artifact,
    scanner: OURSELVES,
    severity: SEVERITIES[worst],
    vulnerabilities,
  };
}

/** components.schemas.HarborSbomReport */
export function toHarborSbom({ report, artifact, generatedAt }: Scanned, mediaType: SbomType): object {
  const reference = `${artifact.repository ?? ""}@${artifact.digest ?? ""}`;
  const input = { reference, reports: [report] };
  const sbom: unknown =
    mediaType === "application/spdx+json"
      ? JSON.parse(renderSpdx(input, { toolVersion: VERSION }))
      : toCycloneDx(input, { toolVersion: VERSION });
  return {
    generated_at: generatedAt,
    artifact,
    scanner: OURSELVES,
    vendor_attributes: {},
    media_type: mediaType,
    sbom,
  };
}

function toItem(finding: VulnerabilityFinding): HarborVulnerability {
  const { id, aliases, severity, title, url, cvssVector, state, fixedVersions } = finding;
  const vector = cvssVector === undefined ? undefined : cvssOf(cvssVector);
  return {
    id,
    package: finding.package.name,
    version: finding.package.version,
    fix_version: fixedVersions[0] ?? "",
    severity: NAMES[severity],
    description: title,
    links: url === undefined ? [] : [url],
    ...(vector === undefined ? {} : { preferred_cvss: vector }),
    vendor_attributes: { aliases, state, packageType: finding.package.type, path: finding.evidence.path },
  };
}

function cvssOf(vector: string): HarborVulnerability["preferred_cvss"] {
  if (vector.startsWith("CVSS:3")) {
    return { vector_v3: vector };
  }
  return vector.startsWith("AV:") ? { vector_v2: vector } : undefined;
}

// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Finding, SuppressedFinding, Suppression, VulnerabilityFinding } from "./finding.ts";
import type { BaseImageGuess } from "./guess-base-image.ts";
import type { ScanReport } from "./scan-report.ts";

/** What removes a finding. */
export type Remedy =
  /** A newer version of the package; `versions` oldest first. */
  | { readonly kind: "upgradePackage"; readonly packageName: string; readonly versions: readonly string[] }
  /** The package came with the base image, which has to be replaced by one that has the fix (or brings it up to date in a layer). */
  | {
      readonly kind: "upgradeBaseImage";
      readonly packageName: string;
      readonly versions: readonly string[];
      /** As the builder names it; absent when it does not. */
      readonly baseImage?: string;
    }
  /** Nobody has published a fix. */
  | { readonly kind: "noFix"; readonly packageName: string; readonly status?: VulnerabilityFinding["status"] };

/** Everything that is known about one finding, for `--explain`. */
export interface FindingExplanation {
  readonly finding: Finding;
  /** Absent: it counts. */
  readonly suppression?: Suppression;
  /** Of a vulnerability: which advisory, which range, what was looked up. */
  readonly match?: VulnerabilityFinding["match"];
  /** The layer that brought the file, with the Dockerfile instruction as the history has it. */
  readonly layer?: {
    readonly index: number;
    readonly count: number;
    readonly diffId: Digest;
    readonly createdBy?: string;
  };
  readonly remedy?: Remedy;
}

/**
 * Explains every finding of a report with the id (of the vulnerability, one of its aliases, or of a rule), suppressed ones last;
 * empty when the report has none.
 */
export function explainFinding(report: ScanReport, id: string): readonly FindingExplanation[] {
  const counted = [...report.findings, ...(report.otherFindings ?? [])].map((finding) => ({ finding }));
  const all: readonly (Pick<SuppressedFinding, "finding"> & Partial<SuppressedFinding>)[] = [
    ...counted,
    ...(report.suppressed ?? []),
  ];
  return all
    .filter(({ finding }) => isCalled(finding, id))
    .map(({ finding, suppression }) => {
      const layer = layerOf(report, finding);
      return {
        finding,
        ...(suppression === undefined ? {} : { suppression }),
        ...(finding.kind === "vulnerability"
          ? { match: finding.match, remedy: remedyOf(finding, report.image.base) }
          : {}),
        ...(layer === undefined ? {} : { layer }),
      };
    });
}

function isCalled(finding: Finding, id: string): boolean {
  const wanted = id.toLowerCase();
  return finding.kind === "vulnerability"
    ? [finding.id, ...finding.aliases].some((each) => each.toLowerCase() === wanted)
    : finding.rule.toLowerCase() === wanted;
}

function layerOf({ image }: ScanReport, { evidence }: Finding): FindingExplanation["layer"] {
  if (evidence === undefined) {
    return undefined;
  }
  const createdBy = image.layers[evidence.layerIndex]?.createdBy;
  return {
    index: evidence.layerIndex,
    count: image.layers.length,
    diffId: evidence.layer,
    ...(createdBy === undefined ? {} : { createdBy }),
  };
}

function remedyOf(finding: VulnerabilityFinding, base: BaseImageGuess | undefined): Remedy {
  const packageName = finding.package.name;
  const versions = finding.fixedVersions;
  if (versions.length === 0) {
    return { kind: "noFix", packageName, ...(finding.status === undefined ? {} : { status: finding.status }) };
  }
  if (finding.evidence.layerIndex >= (base?.layerCount ?? 0)) {
    return { kind: "upgradePackage", packageName, versions };
  }
  const named = base?.reference === undefined ? {} : { baseImage: base.reference };
  return { kind: "upgradeBaseImage", packageName, versions, ...named };
}

// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import { compareText } from "#base";
import type { ScanReport, Suppression, VulnerabilityFinding } from "#findings";
import type { Evidence } from "#packages";
import { compareFindings } from "../order.ts";

/** CycloneDX's words; it has none between `low` and `none` but this. */
const SEVERITIES: Readonly<Record<Severity, string>> = {
  critical: "critical",
  high: "high",
  medium: "medium",
  low: "low",
  negligible: "info",
  unknown: "unknown",
};

const STATES: Readonly<Record<Suppression["status"], string>> = {
  notAffected: "not_affected",
  fixed: "resolved",
  // somebody accepts the risk: it is there, and nothing is done
  ignored: "exploitable",
  underInvestigation: "in_triage",
};

/** OpenVEX's justifications in CycloneDX's words. */
const JUSTIFICATIONS: Readonly<Record<string, string>> = {
  component_not_present: "code_not_present",
  vulnerable_code_not_present: "code_not_present",
  vulnerable_code_not_in_execute_path: "code_not_reachable",
  vulnerable_code_cannot_be_controlled_by_adversary: "requires_environment",
  inline_mitigations_already_exist: "protected_by_mitigating_control",
};

interface Listed {
  readonly finding: VulnerabilityFinding;
  readonly suppression?: Suppression;
}

/** The vulnerabilities of a report, suppressed ones with their analysis; `referenceOf` finds the component. */
export function toVulnerabilities(
  report: ScanReport,
  referenceOf: (finding: VulnerabilityFinding) => string | undefined,
): readonly object[] {
  const suppressed = (report.suppressed ?? []).flatMap(({ finding, suppression }): readonly Listed[] =>
    finding.kind === "vulnerability" ? [{ finding, suppression }] : [],
  );
  const listed: readonly Listed[] = [...report.findings.map((finding) => ({ finding })), ...suppressed];
  const groups = new Map<string, { readonly first: Listed; readonly references: Set<string> }>();
  for (const each of listed.toSorted(compareListed)) {
    const { package: _package, evidence: _evidence, isDeclared: _declared, coveredBy: _owner, ...same } = each.finding;
    const key = JSON.stringify([same, each.suppression, each.finding.package.version]);
    const group = groups.get(key) ?? { first: each, references: new Set() };
    groups.set(key, group);
    const reference = referenceOf(each.finding);
    if (reference !== undefined) {
      group.references.add(reference);
    }
  }
  return [...groups.values()].map(({ first, references }) => toVulnerability(first, [...references]));
}

function compareListed(a: Listed, b: Listed): number {
  return (
    compareFindings(a.finding, b.finding) ||
    compareText(JSON.stringify(a.suppression ?? {}), JSON.stringify(b.suppression ?? {}))
  );
}

function toVulnerability({ finding, suppression }: Listed, references: readonly string[]): object {
  const { cvssVector, exploitation, match, url } = finding;
  return {
    id: finding.id,
    ...(url === undefined ? {} : { source: { url } }),
    ...(finding.aliases.length === 0
      ? {}
      : { references: finding.aliases.map((id) => ({ id, source: { name: id.split("-")[0] ?? id } })) }),
    ratings: [
      {
        ...(finding.severitySource === undefined ? {} : { source: { name: finding.severitySource } }),
        severity: SEVERITIES[finding.severity],
        ...(cvssVector === undefined ? {} : { method: methodOf(cvssVector), vector: cvssVector }),
      },
    ],
    ...(finding.title === "" ? {} : { description: finding.title }),
    ...(finding.fixedVersions.length === 0 ? {} : { recommendation: `Upgrade to ${finding.fixedVersions.join(", ")}` }),
    analysis: analysisOf(finding, suppression),
    affects: references.map((ref) => ({
      ref,
      versions: [
        {
          version: finding.package.version,
          status: finding.state === "affected" ? "affected" : "unknown",
        },
      ],
    })),
    properties: [
      { name: "haechi:finding:state", value: finding.state },
      { name: "haechi:finding:advisory", value: match.advisoryId },
      { name: "haechi:finding:range", value: match.range },
      ...(finding.status === undefined ? [] : [{ name: "haechi:finding:status", value: finding.status }]),
      ...(exploitation?.knownExploited === undefined
        ? []
        : [{ name: "haechi:finding:knownExploited", value: exploitation.knownExploited.added }]),
      ...(exploitation?.epss === undefined
        ? []
        : [{ name: "haechi:finding:epss", value: String(exploitation.epss.score) }]),
    ],
  };
}

function analysisOf(finding: VulnerabilityFinding, suppression: Suppression | undefined): object | undefined {
  if (suppression === undefined) {
    return finding.state === "undecided" ? { state: "in_triage" } : undefined;
  }
  const { justification, origin, status, until } = suppression;
  const mapped = justification === undefined ? undefined : JUSTIFICATIONS[justification];
  const detail = [justification, `${suppression.by}: ${origin}`, until === undefined ? undefined : `until ${until}`];
  return {
    state: STATES[status],
    ...(mapped === undefined ? {} : { justification: mapped }),
    ...(status === "ignored" ? { response: ["will_not_fix"] } : {}),
    detail: detail.filter((part) => part !== undefined).join("; "),
  };
}

function methodOf(vector: string): string {
  const [, version] = /^CVSS:(\d\.\d)\//.exec(vector) ?? [];
  switch (version) {
    case "3.0":
      return "CVSSv3";
    case "3.1":
      return "CVSSv31";
    case "4.0":
      return "CVSSv4";
    default:
      return version === undefined && vector.includes("Au:") ? "CVSSv2" : "other";
  }
}

/** What tells the place of a package apart from all others of an image. */
export function placeKey(
  found: { readonly type: string; readonly name: string; readonly version: string },
  evidence: Evidence,
): string {
  return JSON.stringify([found.type, found.name, found.version, evidence.layer, evidence.path]);
}

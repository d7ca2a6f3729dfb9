// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { ScanReport } from "#findings";
import { imageUrl, type VexAuthorship, type VexClaim, vexClaimsOf } from "./vex-claims.ts";

const STATES: Readonly<Record<VexClaim["status"], string>> = {
  not_affected: "not_affected",
  affected: "exploitable",
  fixed: "resolved",
  under_investigation: "in_triage",
};
/** The nearest of CycloneDX's words; the other one has no such word and is said in `detail`. */
const JUSTIFICATIONS: Readonly<Record<string, string>> = {
  component_not_present: "code_not_present",
  vulnerable_code_not_present: "code_not_present",
  vulnerable_code_not_in_execute_path: "code_not_reachable",
  inline_mitigations_already_exist: "protected_by_mitigating_control",
};

/** The claims of a report as a CycloneDX 1.6 document of vulnerabilities with their analysis; equal input gives equal bytes. */
export function renderCycloneDxVex(report: ScanReport, authorship: VexAuthorship): string {
  const claims = vexClaimsOf(report);
  const product = imageUrl(report, authorship);
  const urls = [...new Set(claims.flatMap((claim) => claim.packages))].sort(compareText);
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: authorship.timestamp,
      authors: [{ name: authorship.author }],
      tools: { components: [{ type: "application", name: "haechi" }] },
      component: {
        type: "container",
        "bom-ref": product,
        name: authorship.image?.name ?? "image",
        version: report.image.digest,
        purl: product,
      },
    },
    components: urls.map((url) => ({ type: "library", "bom-ref": url, name: url, purl: url })),
    vulnerabilities: claims.map((claim) => toVulnerability(claim, product, authorship.timestamp)),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function toVulnerability(claim: VexClaim, product: string, timestamp: string): object {
  const { id, aliases, status, justification, impact, action, packages } = claim;
  const word = justification === undefined ? undefined : JUSTIFICATIONS[justification];
  const detail = impact ?? (word === undefined ? justification : undefined);
  return {
    id,
    ...(aliases.length === 0 ? {} : { references: aliases.map((alias) => ({ id: alias, source: {} })) }),
    ...(action === undefined ? {} : { recommendation: action }),
    analysis: {
      state: STATES[status],
      ...(word === undefined ? {} : { justification: word }),
      ...(detail === undefined ? {} : { detail }),
      lastUpdated: timestamp,
    },
    affects: (packages.length === 0 ? [product] : packages).map((ref) => ({ ref })),
  };
}

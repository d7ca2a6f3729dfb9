// SPDX-License-Identifier: Apache-2.0
import { type AdvisorySource, ecosystemOf } from "#advisories";
import type { Inventory, Package } from "#packages";
import { coverageGapsOf } from "./coverage-gaps.ts";
import type { CoverageGap, SuppressedFinding, VulnerabilityFinding } from "./finding.ts";
import { judgePackage, type PackageJudgement, type Vulnerability } from "./judge-package.ts";
import { inReportOrder, inSuppressedOrder } from "./report-order.ts";
import { type Searched, searchesFor } from "./searched.ts";
import { VendorJudgements } from "./vendor-judgement.ts";
import { withExploitation } from "./with-exploitation.ts";

/** What the advisories say about an image's packages. */
export interface InventoryMatch {
  /** Sorted by severity (worst first), id, package name, version and path. */
  readonly findings: readonly VulnerabilityFinding[];
  /** What a vendor's advisory clears, in the same order. */
  readonly cleared: readonly SuppressedFinding[];
  readonly coverageGaps: readonly CoverageGap[];
}

/**
 * Matches an inventory against advisories: operating system packages by **source** package in the ecosystem of the distribution,
 * the others by name in the ecosystem of their type. What an operating system package installed is left to its vendor where the
 * vendor has spoken. Does not depend on the order of the inventory.
 */
export function matchInventory(inventory: Inventory, source: AdvisorySource): InventoryMatch {
  const ecosystem = inventory.distribution === undefined ? undefined : ecosystemOf(inventory.distribution);
  const vendors = new VendorJudgements(inventory.packages, source, ecosystem);
  const severitiesOf = source.severitiesOf?.bind(source);
  const judged = new Map<string, PackageJudgement>();
  const findings: VulnerabilityFinding[] = [];
  const cleared: SuppressedFinding[] = [];
  for (const each of inventory.packages) {
    const told = new Set<string>();
    for (const judgement of searchesFor(each, ecosystem).map(judge)) {
      // under its second name a vulnerability is not told again
      for (const vulnerability of judgement.vulnerabilities.filter(({ id }) => !told.has(id))) {
        told.add(vulnerability.id);
        const finding = attach(vulnerability, each);
        const statement =
          each.owner === undefined
            ? undefined
            : vendors.statementOn(each.owner, [vulnerability.id, ...vulnerability.aliases]);
        if (statement?.state === "cleared") {
          cleared.push({
            finding,
            suppression: { by: "vendor", origin: statement.advisoryId, status: statement.status },
          });
        } else {
          findings.push(finding);
        }
      }
      for (const { vulnerability, advisoryId } of judgement.cleared.filter((one) => !told.has(one.vulnerability.id))) {
        told.add(vulnerability.id);
        const suppression = { by: "vendor", origin: advisoryId, status: "notAffected" } as const;
        cleared.push({ finding: attach(vulnerability, each), suppression });
      }
    }
  }
  return {
    findings: findings.sort(inReportOrder),
    cleared: cleared.sort(inSuppressedOrder),
    coverageGaps: coverageGapsOf(inventory, source),
  };

  /** Many binary packages share a source, and npm packages lie in a tree many times. */
  function judge(searched: Searched): PackageJudgement {
    const key = keyOf(searched);
    let judgement = judged.get(key);
    if (judgement === undefined) {
      const advisories = source.advisoriesFor(searched.ecosystem, searched.packageName);
      judgement = withExploitation(judgePackage(advisories, searched, severitiesOf), source);
      judged.set(key, judgement);
    }
    return judgement;
  }
}

function keyOf({ ecosystem, packageName, version, module, architecture }: Searched): string {
  return `${ecosystem}\0${packageName}\0${version}\0${module ?? ""}\0${architecture ?? ""}`;
}

function attach(vulnerability: Vulnerability, each: Package): VulnerabilityFinding {
  const { kind, state, id, aliases, severity, fixedVersions, status, exploitation, match, ...described } =
    vulnerability;
  return {
    kind,
    state,
    id,
    aliases,
    severity,
    ...described,
    package: {
      type: each.type,
      name: each.name,
      version: each.version,
      ...(each.source === undefined ? {} : { source: { name: each.source.name, version: each.source.version } }),
    },
    evidence: {
      layer: each.evidence.layer,
      layerIndex: each.evidence.layerIndex,
      path: each.evidence.path,
      analyzer: each.evidence.analyzer,
    },
    fixedVersions,
    ...(status === undefined ? {} : { status }),
    ...(exploitation === undefined ? {} : { exploitation }),
    ...(each.isDeclared === undefined ? {} : { isDeclared: each.isDeclared }),
    ...(each.owner === undefined
      ? {}
      : { coveredBy: { type: each.owner.type, name: each.owner.name, version: each.owner.version } }),
    match,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { type AdvisorySource, compareSeverity } from "#advisories";
import { inCodeUnits } from "../code-unit-order.ts";
import { judgePackage, type Vulnerability } from "../judge-package.ts";
import { withExploitation } from "../with-exploitation.ts";
import type {
  ClusterComponent,
  ClusterComponentName,
  ClusterGap,
  ClusterMatch,
  ClusterVulnerability,
  ToldCluster,
} from "./cluster-component.ts";
import { type ClusterPackage, createClusterInventory } from "./cluster-inventory.ts";

const STATES: readonly ClusterComponent["state"][] = ["affected", "undecided", "uncovered", "clear"];
/**
 * Matches the programs of a cluster against advisories as packages of images are, each version once. Never clean by silence: a
 * version that does not parse is undecided, a program without advisories uncovered, and what nobody tells a gap.
 */
export function matchCluster(cluster: ToldCluster, source: AdvisorySource): ClusterMatch {
  const { packages, gaps } = createClusterInventory(cluster);
  const components = packages.map((each) => toComponent(each, source));
  const uncovered = new Set(
    components
      .filter(({ state, comparedVersion }) => state === "uncovered" && comparedVersion !== undefined)
      .map(({ name }) => name),
  );
  return {
    components: components.toSorted(
      (a, b) =>
        STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
        inCodeUnits(a.name, b.name) ||
        inCodeUnits(a.version, b.version),
    ),
    gaps: [
      ...gaps,
      ...[...uncovered].map(
        (component: ClusterComponentName): ClusterGap => ({ code: "ADVISORIES_MISSING", component }),
      ),
    ],
  };
}

function toComponent({ searches, ...each }: ClusterPackage, source: AdvisorySource): ClusterComponent {
  const told = new Map<string, ClusterVulnerability>();
  const severitiesOf = source.severitiesOf?.bind(source);
  let isCovered = false;
  for (const searched of searches) {
    const advisories = source.advisoriesFor(searched.ecosystem, searched.packageName);
    isCovered ||= advisories.length > 0;
    for (const vulnerability of withExploitation(judgePackage(advisories, searched, severitiesOf), source)
      .vulnerabilities) {
      const ids = [vulnerability.id, ...vulnerability.aliases];
      const known = ids.flatMap((id) => told.get(id) ?? [])[0];
      const worse = known === undefined ? vulnerability : worseOf(known, vulnerability);
      for (const id of [...ids, ...(known === undefined ? [] : [known.id, ...known.aliases])]) {
        told.set(id, worse);
      }
    }
  }
  const findings = [...new Set(told.values())].sort(worstFirst);
  return { ...each, state: stateOf(each, findings, isCovered), findings };
}

/** Two sources tell of the same vulnerability: the one that is sure of it counts, then the one that gives it the higher severity. */
function worseOf(a: ClusterVulnerability, b: ClusterVulnerability): ClusterVulnerability {
  if (a.state !== b.state) {
    return a.state === "affected" ? a : b;
  }
  return compareSeverity(a.severity, b.severity) <= 0 ? a : b;
}

function stateOf(
  { name, comparedVersion }: Pick<ClusterComponent, "name" | "comparedVersion">,
  findings: readonly Vulnerability[],
  isCovered: boolean,
): ClusterComponent["state"] {
  if (findings.some(({ state }) => state === "affected")) {
    return "affected";
  }
  const hasAdvisories = name !== "runtime" && name !== "kernel" && name !== "operating-system";
  if (findings.length > 0 || (hasAdvisories && comparedVersion === undefined)) {
    return "undecided";
  }
  return isCovered ? "clear" : "uncovered";
}

function worstFirst(a: Vulnerability, b: Vulnerability): number {
  return compareSeverity(a.severity, b.severity) || inCodeUnits(a.id, b.id);
}

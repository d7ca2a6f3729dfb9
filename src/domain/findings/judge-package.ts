// SPDX-License-Identifier: Apache-2.0
import { type Advisory, compareSeverity, judgeVersion, type VersionJudgement } from "#advisories";
import type { VulnerabilityFinding } from "./finding.ts";
import { fixedVersionsFor } from "./fixed-versions.ts";
import { type AdvisoryGroup, groupAdvisories } from "./group-advisories.ts";
import { rangeText } from "./range-text.ts";

/** A finding without the package that it is attached to. */
export type Vulnerability = Omit<VulnerabilityFinding, "package" | "evidence">;

/** Under which ecosystem, name and version advisories are looked up. */
export interface Searched {
  readonly ecosystem: string;
  readonly packageName: string;
  readonly version: string;
}

interface Judged {
  readonly advisory: Advisory;
  readonly judgement: Exclude<VersionJudgement, { readonly state: "unaffected" }>;
}

/** The vulnerabilities of one version of one package, sorted by id: one for each vulnerability, however many sources tell of it. */
export function judgePackage(advisories: readonly Advisory[], searched: Searched): readonly Vulnerability[] {
  return groupAdvisories(advisories).flatMap((group) => {
    const judged = group.advisories.flatMap((advisory): readonly Judged[] => {
      const judgement = judgeVersion(advisory, searched.version);
      return judgement.state === "unaffected" ? [] : [{ advisory, judgement }];
    });
    const deciding = judged.find(({ judgement }) => judgement.state === "affected") ?? judged[0];
    return deciding === undefined ? [] : [toVulnerability(group, judged, deciding, searched)];
  });
}

function toVulnerability(
  group: AdvisoryGroup,
  judged: readonly Judged[],
  deciding: Judged,
  searched: Searched,
): Vulnerability {
  const rated = group.advisories.toSorted(byWeightOfSeverity)[0] ?? deciding.advisory;
  const vector = rated.cvssVector ?? group.advisories.find((each) => each.cvssVector !== undefined)?.cvssVector;
  const url = deciding.advisory.url ?? group.advisories.find((each) => each.url !== undefined)?.url;
  const title = deciding.advisory.summary || (group.advisories.find((each) => each.summary !== "")?.summary ?? "");
  return {
    kind: "vulnerability",
    state: deciding.judgement.state,
    id: group.id,
    aliases: group.aliases,
    severity: rated.severity,
    ...(rated.severitySource === undefined ? {} : { severitySource: rated.severitySource }),
    ...(vector === undefined ? {} : { cvssVector: vector }),
    title,
    ...(url === undefined ? {} : { url }),
    fixedVersions: fixedVersionsFor(
      judged.map(({ advisory }) => advisory),
      searched.version,
    ),
    match: { advisoryId: deciding.advisory.id, ...searched, range: matchedRange(deciding, searched.version) },
  };
}

function matchedRange({ advisory, judgement }: Judged, version: string): string {
  if (judgement.state === "affected") {
    return judgement.range === undefined ? `= ${version}` : rangeText(judgement.range);
  }
  const parts = [...advisory.ranges.map(rangeText), ...advisory.versions.map((each) => `= ${each}`)];
  return parts.slice(0, 20).join(" || ");
}

/** A source's own word outweighs a computed score, which outweighs nothing; between equals the worse one is taken. */
function byWeightOfSeverity(a: Advisory, b: Advisory): number {
  return weightOf(a) - weightOf(b) || compareSeverity(a.severity, b.severity);
}

function weightOf(advisory: Advisory): number {
  if (advisory.severity === "unknown") {
    return 2;
  }
  return advisory.severitySource?.startsWith("CVSS:") === true ? 1 : 0;
}

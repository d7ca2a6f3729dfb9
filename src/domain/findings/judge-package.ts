// SPDX-License-Identifier: Apache-2.0
import {
  type Advisory,
  type AdvisorySource,
  type AdvisoryStatus,
  judgeVersion,
  type VersionJudgement,
} from "#advisories";
import { inCodeUnits } from "./code-unit-order.ts";
import { cvesOf } from "./cves-of.ts";
import type { VulnerabilityFinding } from "./finding.ts";
import { fixedVersionsFor } from "./fixed-versions.ts";
import { type AdvisoryGroup, groupAdvisories } from "./group-advisories.ts";
import { isAbout } from "./is-about.ts";
import { rangeText } from "./range-text.ts";
import { type Rating, rateVulnerability } from "./rate-vulnerability.ts";
import type { Searched } from "./searched.ts";

/** A finding without the package that it is attached to. */
export type Vulnerability = Omit<VulnerabilityFinding, "package" | "evidence" | "isDeclared" | "coveredBy">;

/** What the advisories say about one version of one package. */
export interface PackageJudgement {
  /** Sorted by id: one for each vulnerability, however many sources tell of it. */
  readonly vulnerabilities: readonly Vulnerability[];
  /** Those that one source tells of and another, which knows the package better, says are not there. */
  readonly cleared: readonly { readonly vulnerability: Vulnerability; readonly advisoryId: string }[];
}

interface Judged {
  readonly advisory: Advisory;
  readonly judgement: Exclude<VersionJudgement, { readonly state: "unaffected" }>;
}

const NOTHING: PackageJudgement = { vulnerabilities: [], cleared: [] };

/** Judges one version of one package by the advisories that speak of it; `severitiesOf` is asked how bad the CVEs are. */
export function judgePackage(
  advisories: readonly Advisory[],
  searched: Searched,
  severitiesOf?: AdvisorySource["severitiesOf"],
): PackageJudgement {
  const about = advisories.filter((advisory) => isAbout(advisory, searched));
  const judgements = new Map(about.map((advisory) => [advisory, judgeVersion(withRange(advisory), searched.version)]));
  // most packages have advisories and none that concerns them: nothing has to be grouped then
  if (!about.some((each) => each.status !== "notAffected" && judgements.get(each)?.state !== "unaffected")) {
    return NOTHING;
  }
  const vulnerabilities: Vulnerability[] = [];
  const cleared: { vulnerability: Vulnerability; advisoryId: string }[] = [];
  for (const group of groupAdvisories(about)) {
    const judged = group.advisories.flatMap((advisory): readonly Judged[] => {
      const judgement = judgements.get(advisory);
      return judgement === undefined || judgement.state === "unaffected" || advisory.status === "notAffected"
        ? []
        : [{ advisory, judgement }];
    });
    const deciding = judged.find(({ judgement }) => judgement.state === "affected") ?? judged[0];
    if (deciding === undefined) {
      continue;
    }
    const vulnerability = {
      ...rateVulnerability(group, severitiesOf),
      ...toVulnerability(group, judged, deciding, searched),
    };
    const clearing = clearingOf(group, judgements);
    if (clearing === undefined) {
      vulnerabilities.push(vulnerability);
    } else {
      cleared.push({ vulnerability, advisoryId: clearing.id });
    }
  }
  return { vulnerabilities, cleared };
}

/** A statement without ranges or versions holds for every version. */
function withRange(advisory: Advisory): Pick<Advisory, "scheme" | "ranges" | "versions"> {
  return advisory.status === "notAffected" && advisory.ranges.length === 0 && advisory.versions.length === 0
    ? { ...advisory, ranges: [{ introduced: "0" }] }
    : advisory;
}

/**
 * The advisory that says "not affected" of this version; one that cannot tell clears nothing. Where another source speaks of several
 * CVEs as one, each of them must be cleared.
 */
function clearingOf(group: AdvisoryGroup, judgements: ReadonlyMap<Advisory, VersionJudgement>): Advisory | undefined {
  const clearing = group.advisories.filter(
    (each) => each.status === "notAffected" && judgements.get(each)?.state === "affected",
  );
  const named = new Set(clearing.flatMap(({ id, aliases, upstream }) => [id, ...aliases, ...upstream]));
  return cvesOf([group.id, ...group.aliases]).every((id) => named.has(id)) ? clearing[0] : undefined;
}

function toVulnerability(
  group: AdvisoryGroup,
  judged: readonly Judged[],
  deciding: Judged,
  searched: Searched,
): Omit<Vulnerability, keyof Rating> {
  const url = deciding.advisory.url ?? group.advisories.find((each) => each.url !== undefined)?.url;
  const title = deciding.advisory.summary || (group.advisories.find((each) => each.summary !== "")?.summary ?? "");
  const status = statusOf(judged, deciding);
  const { ecosystem, packageName, version } = searched;
  const fixedVersions = fixedVersionsFor(
    judged.map(({ advisory }) => advisory),
    version,
  );
  const published = fixedVersions.length === 0 ? undefined : fixPublishedOf(judged);
  return {
    kind: "vulnerability",
    state: deciding.judgement.state,
    id: group.id,
    aliases: group.aliases,
    title,
    ...(url === undefined ? {} : { url }),
    fixedVersions,
    ...(published === undefined ? {} : { fixPublished: published }),
    ...(status === undefined ? {} : { status }),
    match: {
      advisoryId: deciding.advisory.id,
      ecosystem,
      packageName,
      version,
      range: matchedRange(deciding, version),
    },
  };
}

/** UTC to the second, so that code units order them. */
function fixPublishedOf(judged: readonly Judged[]): string | undefined {
  return judged
    .filter(({ advisory }) => advisory.ranges.some(({ fixed }) => fixed !== undefined))
    .flatMap(({ advisory }) => advisory.published ?? [])
    .sort(inCodeUnits)[0];
}

function statusOf(judged: readonly Judged[], deciding: Judged): AdvisoryStatus | undefined {
  return deciding.advisory.status ?? judged.find(({ advisory }) => advisory.status !== undefined)?.advisory.status;
}

function matchedRange({ advisory, judgement }: Judged, version: string): string {
  if (judgement.state === "affected") {
    return judgement.range === undefined ? `= ${version}` : rangeText(judgement.range);
  }
  const parts = [...advisory.ranges.map(rangeText), ...advisory.versions.map((each) => `= ${each}`)];
  return parts.slice(0, 20).join(" || ");
}

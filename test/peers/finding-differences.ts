// SPDX-License-Identifier: Apache-2.0
import type { ListedFinding } from "./trivy-findings.ts";

/** One of our findings beside Trivy's. */
export interface OurFinding extends ListedFinding {
  readonly isUndecided: boolean;
  readonly isDeclared: boolean;
  /** The operating system package that brought the package. */
  readonly owner?: string;
  /** A vendor's advisory clears it. */
  readonly isCleared: boolean;
}

/** What the two say differently about one vulnerability of one package. */
export interface FindingDifference {
  readonly about: "found" | "fixed" | "severity" | "status";
  readonly ours?: OurFinding;
  readonly theirs?: ListedFinding;
}

/** Ours beside Trivy's word for the same decision of a vendor. */
const STATUSES: Readonly<Record<string, string>> = {
  willNotFix: "will_not_fix",
  deferred: "fix_deferred",
  endOfLife: "end_of_life",
};

function statusOf({ status = "", fixed }: OurFinding, theirs: ListedFinding): string {
  return STATUSES[status] ?? (fixed.length === 0 && theirs.fixed.length === 0 ? "affected" : "fixed");
}

/** Everything that two lists of findings say differently about the same packages at the same places. */
export function compareFindings(
  ours: readonly OurFinding[],
  theirs: readonly ListedFinding[],
): readonly FindingDifference[] {
  const unmatched = new Set(theirs);
  const byPackage = Map.groupBy(theirs, keyOf);
  const differences: FindingDifference[] = [];
  for (const our of ours) {
    const same = (byPackage.get(keyOf(our)) ?? []).filter(({ id }) => id === our.id || our.aliases.includes(id));
    if (same.length === 0 && !our.isCleared) {
      differences.push({ about: "found", ours: our });
    }
    for (const their of same) {
      unmatched.delete(their);
      differences.push(...compareOne(our, their));
    }
  }
  return [...differences, ...[...unmatched].map((their) => ({ about: "found", theirs: their }) as const)];
}

function compareOne(ours: OurFinding, theirs: ListedFinding): readonly FindingDifference[] {
  const differences: FindingDifference[] = [];
  if (ours.isCleared || ours.isUndecided) {
    differences.push({ about: "found", ours, theirs });
  }
  if (ours.fixed.toSorted().join(" ") !== theirs.fixed.toSorted().join(" ")) {
    differences.push({ about: "fixed", ours, theirs });
  }
  if (ours.severity !== theirs.severity) {
    differences.push({ about: "severity", ours, theirs });
  }
  if (statusOf(ours, theirs) !== (theirs.fixed.length > 0 ? "fixed" : theirs.status)) {
    differences.push({ about: "status", ours, theirs });
  }
  return differences;
}

/** Of jars in archives we name the outermost file, Trivy all of them. */
function keyOf({ type, name, version, path }: ListedFinding): string {
  const place = type === "maven" ? path.replace(/(\.[jwe]ar)\/.*$/, "$1") : path;
  return `${type} ${name} ${version} ${["deb", "apk", "rpm"].includes(type) ? "" : place}`;
}

/** For the message of a failing test. */
export function describeDifference({ about, ours, theirs }: FindingDifference): string {
  const either = ours ?? theirs;
  return `${about}: ${either?.type} ${either?.name} ${either?.version} ${either?.id}: ${said(ours)} / ${said(theirs)} (${either?.path})`;
}

function said(finding: ListedFinding | undefined): string {
  return finding === undefined
    ? "nothing"
    : `${finding.severity}, ${finding.status ?? "-"}, fixed in ${finding.fixed.join(" ") || "none"}`;
}

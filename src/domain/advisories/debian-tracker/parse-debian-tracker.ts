// SPDX-License-Identifier: Apache-2.0
import type { Advisory, AdvisoryStatus } from "../advisory.ts";
import { isPlain, MAX_ID_LENGTH, MAX_NAME_LENGTH, MAX_VERSION_LENGTH, oneLine, toAdvisory } from "../advisory-draft.ts";
import { type JsonObject, objectOf } from "../json-fields.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { severityOfLabel } from "../severity.ts";

/** Releases by their names (https://www.debian.org/releases/); `sid` has no number, and images of it no release. */
const RELEASES: Readonly<Record<string, string>> = {
  stretch: "9",
  buster: "10",
  bullseye: "11",
  bookworm: "12",
  trixie: "13",
  forky: "14",
  duke: "15",
};

/**
 * Reads the entry of one source package in the tracker's JSON (https://security-tracker.debian.org/tracker/data/json):
 * CVE → releases → status. `resolved` with a version: fixed there; with `0`: never affected. `open`: no fix yet, and why, where
 * the tracker says so. `undetermined`: nobody has looked yet. The tracker gives no times.
 */
export function parseDebianTrackerPackage(packageName: string, value: unknown): ParsedRecords {
  const byId = objectOf(value);
  if (byId === undefined || !isPlain(packageName, MAX_NAME_LENGTH)) {
    return {
      problems: [{ message: `"${packageName.slice(0, 100)}" is not a package with vulnerabilities` }],
      skipped: {},
    };
  }
  const advisories: Advisory[] = [];
  const problems: { readonly message: string }[] = [];
  let skipped = 0;
  for (const [id, each] of Object.entries(byId)) {
    const entry = objectOf(each);
    const releases = releasesOf(entry?.["releases"]);
    if (entry === undefined || releases === undefined || !isPlain(id, MAX_ID_LENGTH)) {
      problems.push({ message: `${packageName} ${id.slice(0, 100)}: has no releases` });
      continue;
    }
    const description = typeof entry["description"] === "string" ? oneLine(entry["description"]) : "";
    for (const [codename, release] of Object.entries(releases)) {
      const number = Object.hasOwn(RELEASES, codename) ? RELEASES[codename] : undefined;
      if (number === undefined) {
        skipped += 1;
        continue;
      }
      const said = judgeRelease(objectOf(release) ?? {});
      if (said === undefined) {
        problems.push({ message: `${packageName} ${id} in ${codename}: the status is not one that is known` });
        continue;
      }
      advisories.push(
        toAdvisory({
          id,
          ecosystem: `Debian:${number}`,
          packageName,
          summary: description,
          ...(id.startsWith("CVE-") ? { url: `https://security-tracker.debian.org/tracker/${id}` } : {}),
          ...said,
        }),
      );
    }
  }
  return { advisories, problems, skipped: skipped === 0 ? {} : { unknownEcosystem: skipped } };
}

/** Without any the tracker writes an empty list where the object stands otherwise. */
function releasesOf(value: unknown): JsonObject | undefined {
  return Array.isArray(value) && value.length === 0 ? {} : objectOf(value);
}

function judgeRelease(
  release: JsonObject,
): Pick<Advisory, "ranges" | "severity" | "severitySource" | "status"> | undefined {
  const urgency = typeof release["urgency"] === "string" ? release["urgency"] : "";
  // `low**`: set by a rule and not by a person
  const severity = severityOfLabel(urgency.replace(/\*+$/, ""));
  const rating = severity === undefined ? { severity: "unknown" as const } : { severity, severitySource: "Debian" };
  const fixed = release["fixed_version"];
  switch (release["status"]) {
    case "resolved":
      if (fixed === "0" || fixed === undefined) {
        return { ...rating, ranges: [], status: "notAffected" };
      }
      return isPlain(fixed, MAX_VERSION_LENGTH) ? { ...rating, ranges: [{ introduced: "0", fixed }] } : undefined;
    case "open":
      return { ...rating, ranges: [{ introduced: "0" }], ...statusOf(release, urgency) };
    case "undetermined":
      return { ...rating, ranges: [{ introduced: "0" }], status: "underInvestigation" };
    default:
      return undefined;
  }
}

/** "no-dsa" with its reasons: https://security-team.debian.org/security_tracker.html#issues-not-warranting-a-security-advisory. */
function statusOf(release: JsonObject, urgency: string): { readonly status?: AdvisoryStatus } {
  if (urgency === "end-of-life") {
    return { status: "endOfLife" };
  }
  if (typeof release["nodsa"] !== "string") {
    return {};
  }
  return { status: release["nodsa_reason"] === "ignored" ? "willNotFix" : "deferred" };
}

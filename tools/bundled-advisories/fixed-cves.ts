// SPDX-License-Identifier: Apache-2.0
import { compareVersions } from "#versions";
import type { ChangelogEntry } from "./parse-changelog.ts";

/** A true statement about Debian 12: this version of the source package is the first there that has the fix. */
export interface FixedCve {
  readonly cve: string;
  readonly source: string;
  readonly fixed: string;
  /** RFC 3339: when that version was made. */
  readonly date: string;
}

/** The day of Debian 12's release: what was fixed before is in every installed Debian 12 package. */
const RELEASED = "2023-06-10T00:00:00Z";

const CVE = /\bCVE-(\d{4}-\d{4,7})\b/gi;
/** The item speaks about a CVE without fixing it. */
const NO_FIX =
  /\b(?:not[- ]affected|unaffected|(?:not|isn't|aren't) (?:vulnerable|exploitable|applicable|fixed|yet|complete)|(?:does|do|did)(?: not|n't) (?:affect|apply|fix|include|contain)|no longer (?:affected|vulnerable)|incomplete|partial(?:ly)?|false positive|disputed|rejected|postponed?|ignored?|todo|regress\w*|follow-?up|prepar\w*|pre-?requisite|required (?:by|for)|preliminary|additional|typo|mention\w*|correct(?:ed|s)? (?:the )?(?:cve|reference|entry|changelog)|changelog|tests? (?:case )?for|previous (?:fix|upload|version)|supersed\w*|(?:drop|remov|refresh|rebas|renam|disabl)\w*)\b/i;
/** An earlier fix did not work; this one does. */
const REALLY =
  /\b(?:(?:really|properly|fully|completely|correctly) fix\w*|fix\w* (?:really|properly|fully|completely|correctly)|(?:complete|proper|correct) fix)\b/i;
const REVERT = /\brevert\w*\b/i;

/**
 * What the changelog of a package of Debian 12 proves to be fixed after the release, sorted by CVE. For each CVE the **oldest**
 * entry that lists it counts, unless a later one says that the earlier fix did not work. Silent, because better silent than false: a CVE that an entry from
 * before the release fixes (no installed package can have it), that an older entry mentions without fixing it, that is reverted
 * at any time, or whose entry is not on the way to Debian 12.
 */
export function fixedCves(entries: readonly ChangelogEntry[]): readonly FixedCve[] {
  const found = new Map<string, FixedCve | "silent">();
  for (const [index, entry] of [...entries.entries()].reverse()) {
    const fix = entry.date !== undefined && entry.date >= RELEASED ? fixIn(entries, index) : undefined;
    for (const cve of cvesOf(entry.items.filter((item) => !NO_FIX.test(item)))) {
      found.set(cve, found.get(cve) ?? (fix === undefined ? "silent" : { cve, ...fix }));
    }
    for (const cve of cvesOf(entry.items.filter((item) => REALLY.test(item)))) {
      const known = found.get(cve);
      found.set(cve, known === "silent" || known === undefined || fix === undefined ? "silent" : { cve, ...fix });
    }
    for (const cve of cvesOf(entry.items)) {
      found.set(cve, found.get(cve) ?? "silent");
    }
    for (const cve of cvesOf(entry.items.filter((item) => REVERT.test(item)))) {
      found.set(cve, "silent");
    }
  }
  return [...found.values()].filter((each) => each !== "silent").sort((a, b) => (a.cve < b.cve ? -1 : 1));
}

function cvesOf(items: readonly string[]): ReadonlySet<string> {
  return new Set(items.flatMap((item) => [...item.matchAll(CVE)].map((match) => `CVE-${match[1]}`)));
}

/**
 * The first version that reached Debian 12 with the entry: for an upload to unstable that was taken over as `…~deb12u1` that
 * one, which compares as older. `undefined` for entries that are not on the way to Debian 12.
 */
function fixIn(entries: readonly ChangelogEntry[], index: number): Omit<FixedCve, "cve"> | undefined {
  const taken = entries
    .slice(0, index + 1)
    .filter((each) => isForBookworm(each))
    .reduce<ChangelogEntry | undefined>(
      (oldest, each) =>
        oldest === undefined || compareVersions("dpkg", each.version, oldest.version) !== 1 ? each : oldest,
      undefined,
    );
  return taken?.date === undefined ? undefined : { source: taken.source, fixed: taken.version, date: taken.date };
}

function isForBookworm(entry: ChangelogEntry): boolean {
  return entry.distributions.some((each) => /^bookworm(?:$|-)/.test(each)) || /deb12u\d+/.test(entry.version);
}

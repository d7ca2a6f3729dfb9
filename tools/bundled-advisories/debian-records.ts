// SPDX-License-Identifier: Apache-2.0
import type { FixedCve } from "./fixed-cves.ts";

/** The OSV records (one JSON text for each CVE, sorted by id) of what was found in all changelogs. */
export function debianRecords(fixes: readonly FixedCve[]): readonly string[] {
  const byCve = new Map<string, FixedCve[]>();
  for (const fix of fixes) {
    byCve.set(fix.cve, [...(byCve.get(fix.cve) ?? []), fix]);
  }
  return [...byCve.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([cve, found]) => {
      const sorted = found.toSorted((a, b) => (a.source < b.source ? -1 : 1));
      return JSON.stringify({
        schema_version: "1.7.4",
        id: cve,
        modified: sorted.map((each) => each.date).reduce((newest, date) => (date > newest ? date : newest)),
        summary: `Fixed in Debian 12 by an update of ${sorted.map((each) => each.source).join(", ")}`,
        affected: sorted.map(({ source, fixed }) => ({
          package: { ecosystem: "Debian:12", name: source },
          ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed }] }],
        })),
        references: [{ type: "ADVISORY", url: `https://security-tracker.debian.org/tracker/${cve}` }],
      });
    });
}

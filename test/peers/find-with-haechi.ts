// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openAdvisoryDatabase } from "#advisory-db";
import { type CoverageGap, matchInventory, type VulnerabilityFinding } from "#findings";
import { openImageSource } from "#image-source";
import type { Inventory } from "#packages";
import { parseSbom } from "#sbom";
import { scanImage } from "#scanner";
import type { OurFinding } from "./finding-differences.ts";

/** What we find, and what nobody can tell. */
export interface FoundWithHaechi {
  readonly inventory: Inventory;
  /** Those that a vendor clears are among them. */
  readonly findings: readonly OurFinding[];
  readonly coverageGaps: readonly CoverageGap[];
}

/** What we find in an OCI layout or a bill of materials with the database. */
export async function findWithHaechi(
  kind: "image" | "sbom",
  location: string,
  database: string,
): Promise<FoundWithHaechi> {
  const inventory = kind === "image" ? await scan(location) : parseSbom(await readFile(location)).images[0]?.inventory;
  if (inventory === undefined) {
    throw new Error("nothing was scanned");
  }
  using advisories = openAdvisoryDatabase(database);
  const { findings, cleared, coverageGaps } = matchInventory(inventory, advisories);
  return {
    inventory,
    coverageGaps,
    findings: [
      ...findings.map((each) => toOurs(each, false)),
      ...cleared.map(({ finding }) => toOurs(finding as VulnerabilityFinding, true)),
    ],
  };
}

async function scan(location: string): Promise<Inventory | undefined> {
  await using source = await openImageSource(`oci:${location}`);
  const [scanned] = await scanImage(source, { scanners: ["vulnerability"] });
  return scanned?.inventory;
}

function toOurs(finding: VulnerabilityFinding, isCleared: boolean): OurFinding {
  const { package: found, id, aliases, fixedVersions, severity, status, state, evidence } = finding;
  return {
    type: found.type,
    name: found.name,
    version: found.version,
    id,
    aliases,
    fixed: fixedVersions,
    severity,
    ...(status === undefined ? {} : { status }),
    path: evidence.path,
    isUndecided: state === "undecided",
    isDeclared: finding.isDeclared === true,
    ...(finding.coveredBy === undefined ? {} : { owner: finding.coveredBy.name }),
    isCleared,
  };
}

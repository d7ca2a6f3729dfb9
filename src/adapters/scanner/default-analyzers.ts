// SPDX-License-Identifier: Apache-2.0
import type { ImageConfig } from "#oci";
import { ANALYZERS, type Analyzer, type ImageObservation, type Package } from "#packages";

/** What a scan looks for besides the packages, which it always lists. */
export type Scanner = "vulnerability" | "secret" | "configuration" | "license" | "malware";

/** What command line and server look for unless told otherwise. */
export const DEFAULT_SCANNERS: readonly Scanner[] = ["vulnerability", "secret", "configuration", "license"];

/** Reads nothing but licences, of files that are many and long. */
const LICENSE_FILES = "dpkg-copyright";

/** How files and configuration of an image are looked at. */
export interface ScanPlan {
  readonly analyzers: readonly Analyzer[];
  /** What is to be said about the configuration and history of an image; no evidence, as no file shows it. */
  inspectConfig?(config: ImageConfig): readonly ImageObservation[];
  /** What is to be said about the packages as such. */
  judgePackages?(packages: readonly Package[]): readonly ImageObservation[];
}

/** The analyzers that serve the scanners. What a scan does without is not loaded either. */
export async function planScan(scanners: readonly Scanner[]): Promise<ScanPlan> {
  const secrets = scanners.includes("secret") ? await import("#secrets") : undefined;
  const lint = scanners.includes("configuration") ? await import("#image-lint") : undefined;
  const licenses = scanners.includes("license") ? await import("#licenses") : undefined;
  return {
    analyzers: [
      ...(licenses === undefined ? ANALYZERS.filter(({ name }) => name !== LICENSE_FILES) : ANALYZERS),
      ...(secrets === undefined ? [] : [secrets.SECRET_ANALYZER]),
      ...(lint === undefined ? [] : [lint.FILE_MODE_ANALYZER, lint.ACCOUNT_ANALYZER]),
    ],
    inspectConfig: (config) => [...(lint?.lintImage(config) ?? []), ...(secrets?.findConfigSecrets(config) ?? [])],
    judgePackages: (packages) => licenses?.judgeLicenses(packages) ?? [],
  };
}

/** Name → version of the analyzers that serve the scanners, as inventories list them. */
export async function analyzerVersions(scanners: readonly Scanner[]): Promise<Readonly<Record<string, string>>> {
  const { analyzers } = await planScan(scanners);
  return Object.fromEntries(analyzers.map(({ name, version }) => [name, version]));
}

// SPDX-License-Identifier: Apache-2.0
import type { SupportPeriod } from "#advisories";
import { digestOf } from "#base";
import type { CoverageGap, ObservationFinding, ScanReport, VulnerabilityFinding } from "#findings";
import type { Distribution } from "#packages";
import type { ImageFacts, PlatformFacts, ScanFacts } from "../image-facts.ts";

/** Of the images below. */
export const DIGEST: ReturnType<typeof digestOf> = digestOf("image");
const SCANNED_AT = "2026-06-30T00:00:00Z";

/** A vulnerability that can be fixed. */
export function finding(changes: Partial<VulnerabilityFinding> = {}): VulnerabilityFinding {
  return {
    kind: "vulnerability",
    state: "affected",
    id: "CVE-2026-0001",
    aliases: [],
    severity: "high",
    title: "a bug",
    package: { type: "npm", name: "left-pad", version: "1.0.0" },
    evidence: { layer: DIGEST, layerIndex: 0, path: "package.json", analyzer: "npm" },
    fixedVersions: ["1.0.1"],
    match: { advisoryId: "GHSA-1", ecosystem: "npm", packageName: "left-pad", version: "1.0.0", range: "<1.0.1" },
    ...changes,
  };
}

interface Parts {
  readonly findings?: readonly VulnerabilityFinding[];
  readonly gaps?: readonly CoverageGap[];
  /** Names of installed packages. */
  readonly packages?: readonly string[];
  readonly status?: ScanReport["inventory"]["status"];
  /** Names of analyzers that looked. */
  readonly analyzers?: readonly string[];
  readonly others?: readonly ObservationFinding[];
  readonly distribution?: Distribution;
  readonly support?: SupportPeriod;
  readonly exploitation?: ScanReport["database"]["exploitation"];
}

/** A scan with a result. */
export function done(parts: Parts = {}): ScanFacts {
  const { findings = [], gaps = [], packages = [], status = "complete", analyzers = [] } = parts;
  const evidence = { layer: DIGEST, layerIndex: 0, path: "var/lib/dpkg/status", analyzer: "dpkg" };
  const report: ScanReport = {
    image: {
      digest: DIGEST,
      mediaType: "m",
      platform: { os: "linux", architecture: "amd64" },
      sizeBytes: 1,
      layers: [],
    },
    inventory: {
      status,
      ...(parts.distribution === undefined ? {} : { distribution: parts.distribution }),
      packages: packages.map((name) => ({ type: "deb", name, version: "1", evidence })),
      problems: status === "complete" ? [] : [{ code: "FILE_MALFORMED", message: "not a database", path: "var/lib/x" }],
      analyzers: Object.fromEntries(analyzers.map((name) => [name, "1"])),
    },
    findings,
    ...(parts.others === undefined ? {} : { otherFindings: parts.others }),
    ...(parts.support === undefined ? {} : { support: parts.support }),
    coverageGaps: gaps,
    database: {
      digest: "d",
      date: "2026-06-01",
      advisories: 1,
      isBundled: true,
      ecosystems: {},
      ...(parts.exploitation === undefined ? {} : { exploitation: parts.exploitation }),
    },
  };
  return { state: "done", report, scannedAt: SCANNED_AT };
}

/** An image for one platform; its digest follows from the platform. */
export function child(facts: Partial<PlatformFacts> = {}): PlatformFacts {
  const { platform = "linux/amd64" } = facts;
  return { digest: digestOf(platform), platform, scan: { state: "missing" }, ...facts };
}

/** The image {@link DIGEST}. */
export function image(facts: Partial<PlatformFacts> = {}): Extract<ImageFacts, { readonly kind: "image" }> {
  return { kind: "image", ...child(facts), digest: DIGEST };
}

/** An index of these, with the digest {@link DIGEST}. */
export function index(
  children: readonly PlatformFacts[],
  created?: PlatformFacts["created"],
): Extract<ImageFacts, { readonly kind: "index" }> {
  return { kind: "index", digest: DIGEST, children, ...(created === undefined ? {} : { created }) };
}

// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { ScanReport, SuppressedFinding, VulnerabilityFinding } from "#findings";
import type { Package } from "#packages";
import { JUSTIFICATIONS, type Justification } from "../justifications.ts";
import { packageUrlOf } from "../package-url.ts";

/** Who says it, when, and of which image. */
export interface VexAuthorship {
  /** A name, as people find the author by. */
  readonly author: string;
  /** An address that is the author's own, for CSAF, e.g. `https://example.com`. */
  readonly namespace: string;
  /** Names the document among all of the author's. */
  readonly id: string;
  /** RFC 3339. */
  readonly timestamp: string;
  /** Name of the image, and where it lies, e.g. `app` and `registry.example.com/team/app`. */
  readonly image?: { readonly name: string; readonly repository: string };
}

/** What is said of one vulnerability in some packages of the image. */
export interface VexClaim {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly status: "not_affected" | "affected" | "fixed" | "under_investigation";
  readonly justification?: Justification;
  /** Why it is not affected, in words. */
  readonly impact?: string;
  /** What to do about it. */
  readonly action?: string;
  /** Package URLs, sorted. */
  readonly packages: readonly string[];
}

/**
 * The claims that a report makes about its image, sorted: what counts is affected, with the version that fixes it; what a trusted
 * statement cleared is not affected or fixed; what cannot be decided is under investigation. An entry of an ignore file accepts a
 * risk and claims nothing else, so it stays affected.
 */
export function vexClaimsOf(report: ScanReport): readonly VexClaim[] {
  const urls = new PackageUrls(report);
  const claims = new Map<string, VexClaim>();
  const suppressed = (report.suppressed ?? []).map((each) => claimOfSuppressed(each, urls));
  for (const claim of [...report.findings.map((each) => claimOf(each, urls)), ...suppressed]) {
    if (claim !== undefined) {
      const { packages, ...rest } = claim;
      const key = JSON.stringify(rest);
      const before = claims.get(key)?.packages ?? [];
      claims.set(key, { ...rest, packages: [...new Set([...before, ...packages])].sort(compareText) });
    }
  }
  return [...claims].sort(([a], [b]) => compareText(a, b)).map(([, claim]) => claim);
}

/** The package URL of the image. */
export function imageUrl(report: ScanReport, { image }: VexAuthorship): string {
  const digest = encodeURIComponent(report.image.digest);
  const address =
    image === undefined ? "" : `?repository_url=${encodeURIComponent(image.repository).replaceAll("%2F", "/")}`;
  return `pkg:oci/${encodeURIComponent(image?.name ?? "image")}@${digest}${address}`;
}

function claimOf(finding: VulnerabilityFinding, urls: PackageUrls): VexClaim {
  const { id, aliases } = finding;
  const packages = urls.of(finding);
  if (finding.state === "undecided") {
    return { id, aliases, status: "under_investigation", packages };
  }
  const fixes = finding.fixedVersions;
  const upgrade =
    fixes.length === 0
      ? `No version of ${finding.match.packageName} that fixes it is known.`
      : `Update ${finding.match.packageName} to ${fixes.join(" or ")}.`;
  return { id, aliases, status: "affected", action: finding.advice?.text ?? upgrade, packages };
}

function claimOfSuppressed({ finding, suppression }: SuppressedFinding, urls: PackageUrls): VexClaim | undefined {
  if (finding.kind !== "vulnerability") {
    return undefined;
  }
  const { id, aliases } = finding;
  const packages = urls.of(finding);
  const { status, justification: why, origin } = suppression;
  switch (status) {
    case "fixed":
      return { id, aliases, status: "fixed", packages };
    case "notAffected": {
      const justification = JUSTIFICATIONS.find((word) => word === why);
      return justification === undefined
        ? { id, aliases, status: "not_affected", impact: why ?? `Stated by ${origin}.`, packages }
        : { id, aliases, status: "not_affected", justification, packages };
    }
    default:
      return { id, aliases, status: "affected", action: `The risk is accepted: ${why ?? origin}`, packages };
  }
}

class PackageUrls {
  readonly #report: ScanReport;
  readonly #packages = new Map<string, Package>();

  constructor(report: ScanReport) {
    this.#report = report;
    for (const each of report.inventory.packages) {
      this.#packages.set(`${each.type}\0${each.name}\0${each.version}\0${each.evidence.path}`, each);
    }
  }

  of({ package: named, evidence }: VulnerabilityFinding): readonly string[] {
    const found = this.#packages.get(`${named.type}\0${named.name}\0${named.version}\0${evidence.path}`);
    const url = packageUrlOf(found ?? { ...named, evidence }, this.#report.inventory.distribution);
    return url === undefined ? [] : [url];
  }
}

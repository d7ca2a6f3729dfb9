// SPDX-License-Identifier: Apache-2.0
import { type Advisory, ecosystemFamily, isOfDistribution, NVD_SOURCE, type SeverityStatement } from "#advisories";

/** Prefixes of the ids that a vendor gives to its own advisories, by the family of the ecosystem. */
const VENDOR_IDS: Readonly<Record<string, readonly string[]>> = {
  Debian: ["DEBIAN", "DSA", "DLA"],
  Ubuntu: ["UBUNTU", "USN", "LSN"],
  Alpine: ["ALPINE"],
  AlmaLinux: ["ALSA", "ALBA", "ALEA"],
  "Rocky Linux": ["RLSA", "RXSA"],
  "Red Hat": ["RHSA", "RHBA", "RHEA", "REDHAT"],
  "Oracle Linux": ["ELSA"],
  "Amazon Linux": ["ALAS", "ALAS2", "ALAS2023"],
  SUSE: ["SUSE"],
  openSUSE: ["openSUSE", "SUSE"],
  Mageia: ["MGASA"],
  "Photon OS": ["PHSA"],
  "Azure Linux": ["AZL"],
  openEuler: ["OESA"],
  Go: ["GO"],
  PyPI: ["PYSEC"],
  "crates.io": ["RUSTSEC"],
  Bitnami: ["BIT"],
};

/** Whose severity counts, the first first; between equals the worse one is taken. */
const WEIGHTS = {
  /** A package that somebody wrote to do harm is that, however mild the vulnerability is called that it also has (OpenSSF `MAL-…`). */
  malicious: 0,
  vendorWord: 1,
  vendorCvss: 2,
  /** GitHub's advisory on a package of a language: whoever wrote it has looked at the package, which the NVD has not. */
  reviewed: 3,
  nvd: 4,
  /** All of them alike, and so the worst: a CNA may be the vendor, whose word makes nobody else's milder. */
  other: 5,
  nothing: 6,
} as const;

/** The weight of what an advisory on the package says. */
export function weightOfAdvisory(advisory: Advisory): number {
  if (advisory.severity === "unknown") {
    return WEIGHTS.nothing;
  }
  if (advisory.id.startsWith("MAL-") && advisory.severity === "critical") {
    return WEIGHTS.malicious;
  }
  const family = ecosystemFamily(advisory.ecosystem);
  const prefixes = VENDOR_IDS[family] ?? [];
  const source = advisory.severitySource ?? "";
  if (source === family || prefixes.includes(source)) {
    return WEIGHTS.vendorWord;
  }
  const isCvss = source.startsWith("CVSS:");
  if (isCvss && prefixes.some((prefix) => advisory.id.startsWith(`${prefix}-`))) {
    return WEIGHTS.vendorCvss;
  }
  if (advisory.id.startsWith("GHSA-") && (isCvss || source === "GHSA") && !isOfDistribution(family)) {
    return WEIGHTS.reviewed;
  }
  return WEIGHTS.other;
}

/**
 * The weight of what a source says about the CVE, whatever package it is in. CVSS 2.0, whose vectors have no prefix, knows no critical:
 * the NVD's is one of the others.
 */
export function weightOfStatement({ source, cvssVector }: SeverityStatement): number {
  return source === NVD_SOURCE && cvssVector?.startsWith("CVSS:") === true ? WEIGHTS.nvd : WEIGHTS.other;
}

// SPDX-License-Identifier: Apache-2.0
import { type Advisory, compareSeverity, ecosystemFamily } from "#advisories";

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

/**
 * Orders advisories on one vulnerability by whose severity counts: the vendor's word, the vendor's CVSS, the NVD, other words,
 * other CVSS vectors, nothing. Between equals the worse one is taken.
 */
export function byWeightOfSeverity(a: Advisory, b: Advisory): number {
  return weightOf(a) - weightOf(b) || compareSeverity(a.severity, b.severity);
}

function weightOf(advisory: Advisory): number {
  if (advisory.severity === "unknown") {
    return 5;
  }
  const family = ecosystemFamily(advisory.ecosystem);
  const prefixes = VENDOR_IDS[family] ?? [];
  const source = advisory.severitySource ?? "";
  if (source === family || prefixes.includes(source)) {
    return 0;
  }
  if (source.startsWith("CVSS:")) {
    return prefixes.some((prefix) => advisory.id.startsWith(`${prefix}-`)) ? 1 : 4;
  }
  return source === "NVD" ? 2 : 3;
}

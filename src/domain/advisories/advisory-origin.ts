// SPDX-License-Identifier: Apache-2.0
import { ecosystemFamily } from "./ecosystem.ts";

/** Where data comes from and under which terms; stands with every shard that holds some of it. */
export interface AdvisoryOrigin {
  /** For people, e.g. `Debian security tracker`. */
  readonly name: string;
  /** SPDX expression, or the words of the publisher where there is none. */
  readonly licence: string;
  /** The line that the licence asks to show. */
  readonly attribution: string;
}

const NOT_STATED = "not stated by the publisher; facts, used as such";

function origin(name: string, licence: string, address: string): AdvisoryOrigin {
  return { name, licence, attribution: `${name}, ${address}` };
}

/** Sources other than OSV, by the word that rows carry. */
const ORIGINS: Readonly<Record<string, AdvisoryOrigin>> = {
  "debian-tracker": origin("Debian security tracker", NOT_STATED, "https://security-tracker.debian.org"),
  secdb: origin("Alpine, Wolfi and Chainguard security databases", NOT_STATED, "https://secdb.alpinelinux.org"),
  "ubuntu-oval": origin("Ubuntu OVAL", "CC-BY-SA-4.0", "https://security-metadata.canonical.com/oval"),
  "ubuntu-vex": origin("Ubuntu VEX", "CC-BY-SA-4.0", "https://security-metadata.canonical.com/vex"),
  "oracle-oval": origin("Oracle Linux OVAL", NOT_STATED, "https://linux.oracle.com/security/oval"),
  "photon-oval": origin("Photon OS OVAL", NOT_STATED, "https://packages.vmware.com/photon/photon_oval_definitions"),
  "azure-linux-oval": origin(
    "Azure Linux vulnerability data",
    NOT_STATED,
    "https://github.com/microsoft/AzureLinuxVulnerabilityData",
  ),
  oval: origin("OVAL definitions of the vendor", NOT_STATED, "as imported"),
  "redhat-csaf": origin("Red Hat CSAF and VEX", "CC-BY-4.0", "https://security.access.redhat.com/data/csaf/v2"),
  "suse-csaf": origin("SUSE CSAF", "CC-BY-4.0", "https://ftp.suse.com/pub/projects/security/csaf"),
  "almalinux-errata": origin("AlmaLinux errata", "MIT", "https://errata.almalinux.org"),
  updateinfo: origin("update information of the distribution's repositories", NOT_STATED, "repodata/updateinfo.xml"),
  openvex: origin("OpenVEX documents of the vendor", NOT_STATED, "as imported"),
  kubernetes: origin(
    "Kubernetes official CVE feed",
    "CC-BY-4.0",
    "https://kubernetes.io/docs/reference/issues-security/official-cve-feed",
  ),
  kev: origin(
    "CISA Known Exploited Vulnerabilities",
    "CC0-1.0",
    "https://www.cisa.gov/known-exploited-vulnerabilities-catalog",
  ),
  epss: origin("EPSS of FIRST", "free use with attribution", "https://www.first.org/epss"),
  // a work of the government of the United States: "free use", with the notice that the NVD does not endorse us
  nvd: origin("NVD of NIST", "public domain", "https://nvd.nist.gov"),
  endoflife: origin("endoflife.date", "MIT", "https://endoflife.date"),
  bundled: {
    name: "bundled with Haechi",
    licence: "Apache-2.0",
    attribution:
      "Haechi’s bundled data, facts from changelogs of Debian packages, CVE, GitHub advisories and pages of vendors",
  },
};

/** Licences of the databases behind OSV's ecosystems (https://google.github.io/osv.dev/data/, state of 2026-11). */
const OSV_LICENCES: Readonly<Record<string, string>> = {
  AlmaLinux: "MIT",
  Bitnami: "Apache-2.0",
  CRAN: "Apache-2.0",
  GHC: "CC0-1.0",
  Hackage: "CC0-1.0",
  opam: "CC0-1.0",
  Go: "CC-BY-4.0",
  PyPI: "CC-BY-4.0",
  "OSS-Fuzz": "CC-BY-4.0",
  "Rocky Linux": "BSD-3-Clause",
  Ubuntu: "CC-BY-SA-4.0",
  "Red Hat": "CC-BY-4.0",
  SUSE: "CC-BY-4.0",
  openSUSE: "CC-BY-4.0",
  "crates.io": "CC0-1.0 AND CC-BY-4.0",
};

/** Ecosystems of which OSV's records are those of the GitHub Advisory Database. */
const OF_GITHUB = ["npm", "Maven", "NuGet", "RubyGems", "Packagist", "Pub", "Hex", "SwiftURL", "GitHub Actions"];

/** The origin of a source's data in an ecosystem; the part of the source behind `/` only tells its files apart. */
export function originOf(source: string, ecosystem: string): AdvisoryOrigin {
  const word = source.split("/", 1)[0] ?? source;
  const known = Object.hasOwn(ORIGINS, word) ? ORIGINS[word] : undefined;
  if (known !== undefined) {
    return known;
  }
  const family = ecosystemFamily(ecosystem);
  const licence = OF_GITHUB.includes(family)
    ? "CC-BY-4.0"
    : Object.hasOwn(OSV_LICENCES, family)
      ? (OSV_LICENCES[family] ?? NOT_STATED)
      : NOT_STATED;
  const publisher = OF_GITHUB.includes(family) ? "GitHub Advisory Database" : family;
  return {
    name: `OSV (${publisher})`,
    licence,
    attribution: `${publisher} by way of OSV, https://osv.dev`,
  };
}

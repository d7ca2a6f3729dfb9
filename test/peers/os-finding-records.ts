// SPDX-License-Identifier: Apache-2.0

/** What Debian's tracker says about one vulnerability of one source package in Debian 12. */
export interface DebianRecord {
  readonly source: string;
  readonly id: string;
  readonly state:
    | "fixed"
    | "notAffected"
    | "open"
    | "no-dsa"
    | "postponed"
    | "ignored"
    | "end-of-life"
    | "undetermined";
  readonly fixed?: string;
  readonly urgency?: "unimportant" | "low" | "medium" | "high" | "not yet assigned";
  /** A version that the release has; Trivy's importer needs the newest to say of an open one that it is. */
  readonly current?: string;
  readonly advisory?: string;
}

/** Facts of Debian's tracker in short; ids of 2099 are made up for an edge that the others do not have. */
export const DEBIAN_RECORDS: readonly DebianRecord[] = [
  { source: "openssl", id: "CVE-2023-5678", state: "fixed", fixed: "3.0.13-1~deb12u1", urgency: "low" },
  { source: "openssl", id: "CVE-2023-0464", state: "fixed", fixed: "3.0.9-1", urgency: "not yet assigned" },
  { source: "openssl", id: "CVE-2025-27587", state: "open", urgency: "unimportant", current: "3.0.17-1~deb12u2" },
  // one is before the other: ~
  { source: "libxml2", id: "CVE-2099-3012", state: "fixed", fixed: "2.9.14+dfsg-1.3" },
  { source: "libxml2", id: "CVE-2099-3001", state: "fixed", fixed: "2.9.14+dfsg-1.3~deb12u1" },
  // epochs
  { source: "vim", id: "CVE-2099-3013", state: "no-dsa", current: "2:9.0.1378-2+deb12u2", urgency: "medium" },
  { source: "vim", id: "CVE-2099-3002", state: "fixed", fixed: "2:9.0.1378-2+deb12u2" },
  { source: "vim", id: "CVE-2099-3003", state: "fixed", fixed: "9.1.0-1", urgency: "high" },
  { source: "zlib", id: "CVE-2023-45853", state: "ignored", current: "1:1.2.13.dfsg-1", urgency: "low" },
  // a binary package of another version than its source, and one rebuilt without a change of the source
  { source: "bash", id: "CVE-2099-3004", state: "fixed", fixed: "5.2.15-2+b1" },
  { source: "bash", id: "CVE-2022-3715", state: "fixed", fixed: "5.2.15-1" },
  { source: "lvm2", id: "CVE-2099-3005", state: "fixed", fixed: "2.03.16-3" },
  // the name of a binary package that is no source
  { source: "libssl3", id: "CVE-2099-3006", state: "fixed", fixed: "99" },
  { source: "glibc", id: "CVE-2024-2961", state: "fixed", fixed: "2.36-9+deb12u6", advisory: "DSA-5673-1" },
  { source: "glibc", id: "CVE-2019-1010022", state: "open", urgency: "unimportant", current: "2.36-9+deb12u13" },
  { source: "glibc", id: "CVE-2099-3007", state: "notAffected" },
  { source: "glibc", id: "CVE-2099-3008", state: "undetermined", current: "2.36-9+deb12u13" },
  { source: "glibc", id: "CVE-2099-3009", state: "postponed", current: "2.36-9+deb12u13" },
  { source: "perl", id: "CVE-2099-3010", state: "end-of-life", current: "5.36.0-7+deb12u3" },
  { source: "coreutils", id: "CVE-2016-2781", state: "open", urgency: "low", current: "9.1-1" },
  // only configuration is left of it
  { source: "nginx", id: "CVE-2099-3011", state: "fixed", fixed: "99" },
  // what Debian says about the Python packages that it brings
  { source: "requests", id: "CVE-2023-32681", state: "fixed", fixed: "2.28.1+dfsg-1" },
  { source: "requests", id: "CVE-2024-35195", state: "no-dsa", current: "2.28.1+dfsg-1" },
  { source: "python-urllib3", id: "CVE-2023-43804", state: "fixed", fixed: "1.26.12-1+deb12u1" },
];

/** What the NVD says; of most of these nobody else says anything, of some somebody else says otherwise. */
export const NVD_RECORDS: readonly (readonly [id: string, vector: string, score: number])[] = [
  ["CVE-2099-3001", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
  ["CVE-2099-3002", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8],
  ["CVE-2022-3715", "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8],
  ["CVE-2099-3004", "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1],
  ["CVE-2099-3005", "AV:L/AC:L/Au:N/C:P/I:P/A:P", 4.6],
  // Debian calls it low: the vendor comes first
  ["CVE-2023-5678", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L", 5.3],
  ["CVE-2016-2781", "CVSS:3.0/AV:L/AC:L/PR:N/UI:N/S:C/C:N/I:H/A:N", 6.5],
  // GitHub's advisory on the Python package calls it medium: so it is there, and for Debian's package what the NVD says
  ["CVE-2024-35195", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
];

/** A stanza of dpkg's status file. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly status?: string;
}

export const DEBIAN_PACKAGES: readonly DebianPackage[] = [
  { name: "libssl3", version: "3.0.11-1~deb12u1", source: "openssl" },
  { name: "openssl", version: "3.0.11-1~deb12u1+b1", source: "openssl (3.0.11-1~deb12u1)" },
  { name: "libxml2", version: "2.9.14+dfsg-1.3~deb12u1" },
  { name: "vim-tiny", version: "2:9.0.1378-2", source: "vim" },
  { name: "zlib1g", version: "1:1.2.13.dfsg-1", source: "zlib" },
  { name: "bash", version: "5.2.15-2+b7", source: "bash (5.2.15-2)" },
  { name: "libdevmapper1.02.1", version: "2:1.02.185-2", source: "lvm2 (2.03.16-2)" },
  { name: "libc6", version: "2.36-9+deb12u4", source: "glibc" },
  { name: "libc-bin", version: "2.36-9+deb12u4", source: "glibc" },
  { name: "perl-base", version: "5.36.0-7+deb12u1", source: "perl" },
  { name: "coreutils", version: "9.1-1" },
  { name: "nginx", version: "1.22.1-9", status: "deinstall ok config-files" },
  { name: "python3-requests", version: "2.28.1+dfsg-1", source: "requests" },
  { name: "python3-urllib3", version: "1.26.12-1", source: "python-urllib3" },
];

/** Fixes of Alpine's secdb: package, fixed version (`0`: not affected), ids. */
export const ALPINE_RECORDS: readonly (readonly [string, string, readonly string[]])[] = [
  ["openssl", "3.3.1-r0", ["CVE-2024-4741"]],
  ["openssl", "3.3.0-r3", ["CVE-2024-4603"]],
  ["openssl", "3.3.0-r2", ["CVE-2024-2511"]],
  ["openssl", "0", ["CVE-2022-3358"]],
  ["busybox", "1.36.1-r29", ["CVE-2023-42364", "CVE-2023-42365"]],
  ["busybox", "1.36.1-r27", ["CVE-2023-42363"]],
  ["musl", "1.2.5-r1", ["CVE-2025-26519"]],
  ["xz", "5.6.1-r2", ["CVE-2024-3094 GHSA-rxwq-x6h5-x525 (+ regression fix)"]],
  ["expat", "2.6.3-r0", ["CVE-2024-45490", "CVE-2024-45491 CVE-2024-45492"]],
  // versions with letters, suffixes and epochs of apk's kind
  ["jpeg", "9f-r0", ["CVE-2099-4001"]],
  ["ca-certificates", "20240705_p1-r0", ["CVE-2099-4002"]],
  ["git", "2.45.0_rc2-r0", ["CVE-2099-4003"]],
  ["curl", "8.9.0", ["CVE-2099-4004"]],
  ["curl", "broken version", ["CVE-2099-4005"]],
  // the name of a package whose origin has another
  ["libcrypto3", "99-r0", ["CVE-2099-4006"]],
];

/** Name, version and origin of packages of Alpine 3.20. */
export const ALPINE_PACKAGES: readonly (readonly [string, string, string])[] = [
  ["libcrypto3", "3.3.0-r2", "openssl"],
  ["libssl3", "3.3.0-r2", "openssl"],
  ["busybox", "1.36.1-r28", "busybox"],
  ["ssl_client", "1.36.1-r28", "busybox"],
  ["musl", "1.2.5-r0", "musl"],
  ["musl-utils", "1.2.5-r0", "musl"],
  ["xz-libs", "5.6.1-r1", "xz"],
  ["libexpat", "2.6.2-r0", "expat"],
  ["jpeg", "9e-r1", "jpeg"],
  ["ca-certificates-bundle", "20240705-r0", "ca-certificates"],
  ["git", "2.45.0_rc1-r0", "git"],
  ["libcurl", "8.9.0-r1", "curl"],
];

/** An erratum of AlmaLinux 9. */
export interface AlmaRecord {
  readonly id: string;
  readonly cves: readonly string[];
  readonly severity: "Low" | "Moderate" | "Important" | "Critical";
  readonly module?: readonly [name: string, stream: string];
  /** Name, epoch, version, release. */
  readonly packages: readonly (readonly [string, string, string, string])[];
}

export const ALMA_RECORDS: readonly AlmaRecord[] = [
  {
    id: "ALSA-2024:2447",
    cves: ["CVE-2023-2975", "CVE-2023-3446"],
    severity: "Low",
    packages: [
      ["openssl", "1", "3.0.7", "27.el9"],
      ["openssl-libs", "1", "3.0.7", "27.el9"],
    ],
  },
  { id: "ALSA-2024:0001", cves: ["CVE-2099-5001"], severity: "Important", packages: [["bash", "0", "5.1.8", "9.el9"]] },
  {
    id: "ALSA-2024:0002",
    cves: ["CVE-2099-5002"],
    severity: "Critical",
    packages: [["vim-minimal", "2", "8.2.2637", "21.el9"]],
  },
  {
    id: "ALSA-2024:0003",
    cves: ["CVE-2099-5003"],
    severity: "Moderate",
    packages: [["curl", "0", "7.76.1", "29.el9_4.1"]],
  },
  {
    id: "ALSA-2024:0004",
    cves: ["CVE-2099-5004"],
    severity: "Moderate",
    packages: [["glib2", "0", "2.68.4~rc1", "1.el9"]],
  },
  {
    id: "ALSA-2024:0005",
    cves: ["CVE-2099-5005"],
    severity: "Important",
    module: ["nodejs", "18"],
    packages: [
      ["nodejs", "1", "18.20.4", "1.module_el9.4.0+100+0e4f5a3c"],
      ["npm", "1", "10.7.0", "1.18.20.4.1.module_el9.4.0+100+0e4f5a3c"],
    ],
  },
  {
    id: "ALSA-2024:0006",
    cves: ["CVE-2099-5006"],
    severity: "Important",
    module: ["nodejs", "20"],
    packages: [["nodejs", "1", "20.16.0", "1.module_el9.4.0+101+0e4f5a3c"]],
  },
  // the second fixes better what the first did not
  {
    id: "ALSA-2024:0007",
    cves: ["CVE-2099-5007"],
    severity: "Moderate",
    packages: [["python3", "0", "3.9.18", "1.el9"]],
  },
  {
    id: "ALSA-2024:0008",
    cves: ["CVE-2099-5007"],
    severity: "Important",
    packages: [["python3", "0", "3.9.18", "3.el9"]],
  },
];

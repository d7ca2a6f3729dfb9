// SPDX-License-Identifier: Apache-2.0
import type { Distribution } from "#packages";

type NamingRule = (version: string, prettyName: string) => string | undefined;

/**
 * How the releases of each distribution are called in OSV, by the ID of os-release. A release that is rolling, unreleased or
 * written in a way that no rule knows has no name.
 */
const RULES: Readonly<Record<string, NamingRule>> = {
  debian: numbered("Debian", /^(\d{1,3})(?:\.\d{1,3})?$/),
  ubuntu: nameUbuntu,
  // Alpine edge names itself `3.23_alpha20250612`: it has no branch of its own in the advisories.
  alpine: numbered("Alpine", /^(\d{1,3}\.\d{1,3})(?:\.\d{1,3})?$/, "v"),
  wolfi: () => "Wolfi",
  chainguard: () => "Chainguard",
  minimos: () => "MinimOS",
  alpaquita: nameAlpaquita,
  rhel: numbered("Red Hat", /^(\d{1,2})(?:\.\d{1,2})?$/, "enterprise_linux:"),
  centos: nameCentos,
  almalinux: numbered("AlmaLinux", /^(\d{1,2})(?:\.\d{1,2})?$/),
  rocky: numbered("Rocky Linux", /^(\d{1,2})(?:\.\d{1,2})?$/),
  ol: numbered("Oracle Linux", /^(\d{1,2})(?:\.\d{1,2})?$/),
  amzn: nameAmazon,
  fedora: numbered("Fedora", /^(\d{1,3})$/),
  sles: nameSuse,
  sled: nameSuse,
  sles_sap: nameSuse,
  "sle-micro": numbered("SUSE", /^([5-9]\.\d)$/, "Linux Enterprise Micro "),
  "sl-micro": numbered("SUSE", /^(\d{1,2}\.\d{1,2})$/, "Linux Micro "),
  "opensuse-leap": numbered("openSUSE", /^(\d{2}\.\d{1,2})$/, "Leap "),
  "opensuse-leap-micro": numbered("openSUSE", /^(\d{1,2}\.\d{1,2})$/, "Leap Micro "),
  "opensuse-tumbleweed": () => "openSUSE:Tumbleweed",
  photon: numbered("Photon OS", /^(\d{1,2}\.\d)$/),
  azurelinux: numbered("Azure Linux", /^(\d{1,2})(?:\.\d{1,2})?$/),
  // CBL-Mariner was renamed to Azure Linux with release 2, of which the records speak.
  mariner: numbered("Azure Linux", /^([2-9])(?:\.\d{1,2})?$/),
  mageia: numbered("Mageia", /^(\d{1,2})$/),
  openEuler: nameOpenEuler,
};

/**
 * The OSV ecosystem of a distribution, e.g. `Debian:12`, `Alpine:v3.20`, `Ubuntu:24.04:LTS`, `Red Hat:enterprise_linux:9`;
 * `undefined` when there is none that we can match (another distribution, a rolling or unreleased version): a coverage gap,
 * never "clean". Where vendors split a release, `canonicalEcosystem` leads from their names to this one.
 */
export function ecosystemOf(distribution: Distribution): string | undefined {
  const rule = Object.hasOwn(RULES, distribution.id) ? RULES[distribution.id] : undefined;
  return rule?.(distribution.versionId ?? "", distribution.prettyName ?? "");
}

/** The first group of the pattern is the release. */
function numbered(family: string, pattern: RegExp, prefix = ""): NamingRule {
  return (version) => {
    const release = pattern.exec(version)?.[1];
    return release === undefined ? undefined : `${family}:${prefix}${release}`;
  };
}

function nameUbuntu(version: string): string | undefined {
  const match = /^(\d{2})\.(04|10)$/.exec(version);
  if (match === null) {
    return undefined;
  }
  const isLongTerm = match[2] === "04" && Number(match[1]) % 2 === 0;
  return isLongTerm ? `Ubuntu:${version}:LTS` : `Ubuntu:${version}`;
}

function nameAlpaquita(version: string): string | undefined {
  return /^(?:\d{2}|stream)$/.test(version) ? `Alpaquita:${version}` : undefined;
}

/**
 * CentOS Linux (up to 8) was RHEL built again, with its versions. CentOS Stream runs ahead of RHEL, and nobody publishes
 * advisories for it.
 */
function nameCentos(version: string, prettyName: string): string | undefined {
  const release = /^([5-8])(?:\.\d{1,4}){0,2}$/.exec(version)?.[1];
  return release === undefined || prettyName.startsWith("CentOS Stream")
    ? undefined
    : `Red Hat:enterprise_linux:${release}`;
}

/** `2`, `2022`, `2023`, and the dates of the first Amazon Linux. */
function nameAmazon(version: string): string | undefined {
  if (/^201\d\.\d{2}$/.test(version)) {
    return "Amazon Linux:1";
  }
  const release = /^(2|20[2-9]\d)(?:\.\d{1,2}\.\d{8})?$/.exec(version)?.[1];
  return release === undefined ? undefined : `Amazon Linux:${release}`;
}

/** `15.5` is 15 SP5, `15` the release without a service pack; from 16 on releases are called by their number. */
function nameSuse(version: string): string | undefined {
  const match = /^(1[1-9])(?:\.(\d{1,2}))?$/.exec(version);
  if (match?.[1] === undefined) {
    return undefined;
  }
  if (Number(match[1]) >= 16) {
    return `SUSE:Linux Enterprise Server ${version}`;
  }
  const servicePack = match[2] === undefined || match[2] === "0" ? "" : ` SP${match[2]}`;
  return `SUSE:Linux Enterprise Server ${match[1]}${servicePack}`;
}

/** VERSION_ID is `24.03` for the release and each of its service packs; only the pretty name `openEuler 24.03 (LTS-SP1)` tells. */
function nameOpenEuler(version: string, prettyName: string): string | undefined {
  const match = /^openEuler (\d{2}\.\d{2}) \((LTS(?:-SP\d)?)\)$/.exec(prettyName);
  if (match !== null) {
    return match[1] === version ? `openEuler:${version}-${match[2] ?? ""}` : undefined;
  }
  return /^\d{2}\.(?:03|09)$/.test(version) && prettyName === `openEuler ${version}`
    ? `openEuler:${version}`
    : undefined;
}

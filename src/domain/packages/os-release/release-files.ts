// SPDX-License-Identifier: Apache-2.0
import type { Distribution } from "../inventory.ts";
import { parseOsRelease } from "./parse-os-release.ts";

type ReleaseReader = (text: string) => Distribution | undefined;

/**
 * The files that named a distribution before os-release, and beside it still, in the order in which they are believed: what
 * only one distribution writes comes before what others write too (Ubuntu has a debian_version, Oracle Linux a redhat-release).
 */
const READERS: Readonly<Record<string, ReleaseReader>> = {
  "etc/lsb-release": readLsbRelease,
  "etc/alpine-release": numberOf("alpine", /^(\d+\.\d+(?:\.\d+)?)$/),
  "etc/oracle-release": readRedHatFamily,
  "etc/rocky-release": readRedHatFamily,
  "etc/almalinux-release": readRedHatFamily,
  "etc/centos-release": readRedHatFamily,
  "etc/fedora-release": readRedHatFamily,
  "etc/system-release": readRedHatFamily,
  "etc/redhat-release": readRedHatFamily,
  "etc/photon-release": numberOf("photon", /^VMware Photon (?:OS|Linux) (\d+\.\d+)/),
  "etc/mariner-release": numberOf("mariner", /^CBL-Mariner (\d+\.\d+)/),
  "etc/SuSE-release": readSuseRelease,
  "etc/debian_version": readDebianVersion,
};

/** Paths of those files, the one that is believed first. */
export const RELEASE_FILE_PATHS: readonly string[] = Object.keys(READERS);

/** The distribution that such a file names, or `undefined` when it names none that we know. */
export function readReleaseFile(path: string, text: string): Distribution | undefined {
  return Object.hasOwn(READERS, path) ? READERS[path]?.(text) : undefined;
}

/** Name in front of `release`, as the Red Hat family writes it, and the ID that os-release would have. */
const RED_HAT_FAMILY: readonly (readonly [string, string])[] = [
  ["Red Hat Enterprise Linux", "rhel"],
  ["CentOS", "centos"],
  ["Oracle Linux", "ol"],
  ["Rocky Linux", "rocky"],
  ["AlmaLinux", "almalinux"],
  ["Fedora", "fedora"],
  ["Amazon Linux", "amzn"],
];

const RELEASE = /^[A-Za-z ]{2,60}? release (\d+(?:\.\d+)*)/;

/** `CentOS Linux release 7.9.2009 (Core)`; Amazon writes `Amazon Linux AMI release 2018.03`. */
function readRedHatFamily(text: string): Distribution | undefined {
  const line = firstLine(text);
  const id = RED_HAT_FAMILY.find(([name]) => line.startsWith(name))?.[1];
  const versionId = RELEASE.exec(line)?.[1];
  // the pretty name tells CentOS Stream from CentOS Linux
  const prettyName = line.replace(" release ", " ");
  return id === undefined || versionId === undefined ? undefined : { id, versionId, prettyName };
}

function readLsbRelease(text: string): Distribution | undefined {
  const { variables } = parseOsRelease(text);
  const id = variables.get("DISTRIB_ID")?.toLowerCase() ?? "";
  const versionId = variables.get("DISTRIB_RELEASE") ?? "";
  return /^[a-z]{1,40}$/.test(id) && /^[0-9.]{1,20}$/.test(versionId) ? { id, versionId } : undefined;
}

/** `12.5`, or `trixie/sid` on testing. */
function readDebianVersion(text: string): Distribution | undefined {
  const line = firstLine(text);
  const versionId = /^(\d+)(?:\.\d+)*$/.exec(line)?.[1];
  if (versionId !== undefined) {
    return { id: "debian", versionId };
  }
  return /^[a-z]+\/sid$/.test(line) ? { id: "debian" } : undefined;
}

/** `SUSE Linux Enterprise Server 11 (x86_64)`, then `VERSION = 11` and `PATCHLEVEL = 4`; openSUSE has no patch level. */
function readSuseRelease(text: string): Distribution | undefined {
  const line = firstLine(text);
  const version = /^VERSION = (\d+(?:\.\d+)?)$/m.exec(text)?.[1];
  const patchLevel = /^PATCHLEVEL = (\d+)$/m.exec(text)?.[1];
  if (version === undefined) {
    return undefined;
  }
  if (line.startsWith("openSUSE")) {
    return { id: "opensuse", versionId: version };
  }
  if (!line.startsWith("SUSE Linux Enterprise Server")) {
    return undefined;
  }
  return {
    id: "sles",
    versionId: patchLevel === undefined || patchLevel === "0" ? version : `${version}.${patchLevel}`,
  };
}

function numberOf(id: string, pattern: RegExp): ReleaseReader {
  return (text) => {
    const versionId = pattern.exec(firstLine(text))?.[1];
    return versionId === undefined ? undefined : { id, versionId };
  };
}

function firstLine(text: string): string {
  const newline = text.indexOf("\n");
  return (newline < 0 ? text : text.slice(0, newline)).slice(0, 200).trim();
}

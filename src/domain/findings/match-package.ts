// SPDX-License-Identifier: Apache-2.0
import { canonicalPackageName } from "#advisories";
import type { Distribution, Package } from "#packages";
import type { StatedPackage } from "./suppression-statement.ts";

/** Namespaces that package URLs of a distribution have besides its os-release ID. */
const NAMESPACES: Readonly<Record<string, readonly string[]>> = {
  rhel: ["redhat"],
  amzn: ["amazon"],
  ol: ["oracle"],
  sles: ["suse"],
  "opensuse-leap": ["opensuse"],
  "opensuse-tumbleweed": ["opensuse"],
};

/**
 * Whether the statement names this package: type, namespace and name are equal, and version and qualifiers where the statement has
 * them. A qualifier that cannot be checked here makes it another package: a doubt never suppresses.
 */
export function matchesPackage(stated: StatedPackage, each: Package, distribution: Distribution | undefined): boolean {
  const { arch, ...qualifiers } = stated.qualifiers ?? {};
  // the source package that it was built from, where the statement says that it means one
  const named = arch === "source" && each.source !== undefined ? each.source : each;
  const isArchitecture = arch === undefined || arch === "source" || arch === each.architecture;
  return (
    stated.type === each.type &&
    isArchitecture &&
    isName(stated, each, named.name, distribution) &&
    isVersion(stated.version, named.version, qualifiers["epoch"]) &&
    Object.entries(qualifiers).every(([key, value]) => isQualifier(key, value, each, distribution))
  );
}

function isName(stated: StatedPackage, each: Package, name: string, distribution: Distribution | undefined): boolean {
  const { namespace, name: statedName } = stated;
  switch (each.type) {
    case "deb":
    case "rpm":
    case "apk":
      return statedName === name && (namespace === undefined || isNamespace(namespace, distribution));
    case "maven":
      return `${namespace ?? ""}:${statedName}` === name;
    case "pypi":
      return namespace === undefined && canonicalPackageName("PyPI", statedName) === canonicalPackageName("PyPI", name);
    case "nuget":
    case "composer":
    case "hex":
    case "pub":
      return joined(namespace, statedName).toLowerCase() === name.toLowerCase();
    default:
      return joined(namespace, statedName) === name;
  }
}

function joined(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function isNamespace(namespace: string, distribution: Distribution | undefined): boolean {
  if (distribution === undefined) {
    return false;
  }
  const wanted = namespace.toLowerCase();
  return wanted === distribution.id.toLowerCase() || (NAMESPACES[distribution.id] ?? []).includes(wanted);
}

function isVersion(stated: string | undefined, version: string, epoch: string | undefined): boolean {
  if (stated === undefined || stated === version) {
    return true;
  }
  // package URLs of Go may leave out the v, those of distributions may name the epoch beside the version
  return `v${stated}` === version || (epoch !== undefined && `${epoch}:${stated}` === version);
}

function isQualifier(key: string, value: string, each: Package, distribution: Distribution | undefined): boolean {
  switch (key) {
    case "epoch":
      return epochOf(each.version) === value;
    case "distro":
      return isDistribution(value, distribution);
    case "type":
      return each.type === "maven" && value === "jar";
    case "modularitylabel":
    case "rpmmod":
      return each.module !== undefined && (value === each.module || value.startsWith(`${each.module}:`));
    default:
      return false;
  }
}

function epochOf(version: string): string {
  return /^([0-9]+):/.exec(version)?.[1] ?? "0";
}

/** `debian-12`, `12` with Debian as namespace, `alpine-3.20`. */
function isDistribution(value: string, distribution: Distribution | undefined): boolean {
  if (distribution?.versionId === undefined) {
    return distribution !== undefined && value === distribution.id;
  }
  const { id, versionId } = distribution;
  return [versionId, `${id}-${versionId}`, id].some(
    (name) => name === value || (name !== id && name.startsWith(`${value}.`) && value !== ""),
  );
}

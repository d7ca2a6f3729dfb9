// SPDX-License-Identifier: Apache-2.0
import { PackageURL } from "packageurl-js";
import type { Distribution, Package } from "#packages";

/** What a package URL says of a package. */
export type DescribedByUrl = Pick<Package, "type" | "name" | "version" | "architecture" | "module">;

type Parts = readonly [namespace: string | undefined, name: string];

/** Namespaces that differ from the ID of os-release (purl-spec, types deb, apk, rpm). */
const NAMESPACES: Readonly<Record<string, string>> = {
  rhel: "redhat",
  sles: "suse",
  "opensuse-leap": "opensuse",
  "opensuse-tumbleweed": "opensuse",
};

/** The package URL of a package of any type (purl-spec), or `undefined` for a name or version that none can be made of. */
export function packageUrlOf(found: DescribedByUrl, distribution: Distribution | undefined): string | undefined {
  try {
    const [namespace, name] = partsOf(found, distribution);
    const [version, qualifiers] = versionOf(found, distribution);
    return new PackageURL(found.type, namespace, name, version, qualifiers, undefined).toString();
  } catch {
    // text out of an image that breaks the rules of purl: the package is listed all the same, without one
    return undefined;
  }
}

function partsOf({ type, name }: DescribedByUrl, distribution: Distribution | undefined): Parts {
  switch (type) {
    case "deb":
    case "apk":
    case "rpm":
      return [distribution === undefined ? undefined : (NAMESPACES[distribution.id] ?? distribution.id), name];
    case "maven":
      return splitAt(name, name.indexOf(":"));
    case "npm":
      return name.startsWith("@") ? splitAt(name, name.indexOf("/")) : [undefined, name];
    case "golang":
    case "composer":
    case "hex":
      return splitAt(name, name.lastIndexOf("/"));
    default:
      return [undefined, name];
  }
}

function splitAt(name: string, index: number): Parts {
  return index <= 0 ? [undefined, name] : [name.slice(0, index), name.slice(index + 1)];
}

function versionOf(
  found: DescribedByUrl,
  distribution: Distribution | undefined,
): readonly [version: string, qualifiers: Record<string, string> | undefined] {
  if (found.type !== "deb" && found.type !== "apk" && found.type !== "rpm") {
    return [found.version, undefined];
  }
  const { id, versionId } = distribution ?? {};
  const distro = id === undefined || versionId === undefined ? id : `${id}-${versionId}`;
  // "epoch is a qualifier" holds for rpm only; of deb it is part of the version
  const epoch = found.type === "rpm" ? /^([0-9]+):/.exec(found.version)?.[1] : undefined;
  return [
    epoch === undefined ? found.version : found.version.slice(epoch.length + 1),
    {
      ...(found.architecture === undefined ? {} : { arch: found.architecture }),
      ...(distro === undefined ? {} : { distro }),
      ...(epoch === undefined || epoch === "0" ? {} : { epoch }),
      ...(found.module === undefined ? {} : { rpmmod: found.module }),
    },
  ];
}

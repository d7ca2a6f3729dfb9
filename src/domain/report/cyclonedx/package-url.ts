// SPDX-License-Identifier: Apache-2.0
import { PackageURL } from "packageurl-js";
import type { Distribution, Package } from "#packages";

/** The package URL (purl-spec, types deb, apk, npm), or `undefined` for a name or version that none can be made of. */
export function packageUrlOf(found: Package, distribution: Distribution | undefined): string | undefined {
  try {
    return found.type === "npm" ? npmUrl(found) : systemUrl(found, distribution);
  } catch {
    // text out of an image that breaks the rules of purl: the component is listed all the same, without one
    return undefined;
  }
}

function npmUrl({ name, version }: Package): string {
  const slash = name.startsWith("@") ? name.indexOf("/") : -1;
  const namespace = slash === -1 ? undefined : name.slice(0, slash);
  return new PackageURL("npm", namespace, name.slice(slash + 1), version, undefined, undefined).toString();
}

function systemUrl(found: Package, distribution: Distribution | undefined): string {
  const { id, versionId } = distribution ?? {};
  const distro = id === undefined || versionId === undefined ? id : `${id}-${versionId}`;
  const qualifiers = {
    ...(found.architecture === undefined ? {} : { arch: found.architecture }),
    ...(distro === undefined ? {} : { distro }),
  };
  return new PackageURL(found.type, id, found.name, found.version, qualifiers, undefined).toString();
}

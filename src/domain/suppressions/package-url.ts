// SPDX-License-Identifier: Apache-2.0
import { PackageURL } from "packageurl-js";

export { packageUrlOf } from "#sbom";

/** The package URL without version, qualifiers and subpath, as indexes of documents name packages; `undefined` when the text is none. */
export function packageUrlBase(purl: string): string | undefined {
  try {
    const { type, namespace, name } = PackageURL.fromString(purl);
    return new PackageURL(type, namespace, name, undefined, undefined, undefined).toString();
  } catch {
    // not a package URL
    return undefined;
  }
}

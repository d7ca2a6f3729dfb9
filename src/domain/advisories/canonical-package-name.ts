// SPDX-License-Identifier: Apache-2.0
import { ecosystemFamily } from "./ecosystem.ts";

/**
 * The one spelling of a package's name under which advisories are kept and looked up: registries that do not tell names apart by
 * case or separator (PyPI as in PEP 503, NuGet, Packagist, Hex, Pub) would otherwise hide advisories. Others keep the name as it is.
 */
export function canonicalPackageName(ecosystem: string, name: string): string {
  switch (ecosystemFamily(ecosystem)) {
    case "PyPI":
      return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
    case "NuGet":
    case "Packagist":
    case "Hex":
    case "Pub":
    case "GitHub Actions":
      return name.toLowerCase();
    default:
      return name;
  }
}

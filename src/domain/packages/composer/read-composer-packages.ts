// SPDX-License-Identifier: Apache-2.0
import { elementsOf, memberOf, textOf } from "../documents/tree.ts";
import { licenseList } from "../languages/license-list.ts";
import type { PackageClaims } from "../languages/package-claims.ts";

/** Takes a list of packages as Composer writes it into lock files and into `installed.json`. Names are compared without case. */
export function readComposerPackages(packages: unknown, claims: PackageClaims): void {
  for (const entry of elementsOf(packages)) {
    claims.add(textOf(entry, "name")?.toLowerCase(), memberOf(entry, "version"), {
      licenses: licenseList(memberOf(entry, "license")),
    });
  }
}

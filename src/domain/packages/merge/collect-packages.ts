// SPDX-License-Identifier: Apache-2.0
import type { Package } from "../inventory.ts";
import type { LayerAnalysis } from "./layer-analysis.ts";
import { ownersOf } from "./owners-of.ts";
import { comparePackages, isOsPackage, packageKey } from "./package-order.ts";
import type { VisibleFile } from "./visible-files.ts";

/**
 * The packages of the files, sorted, each once, with evidence, owner, and the licences that stand in files of their own.
 * `dropped` says how many more there were than the limit.
 */
export function collectPackages(
  files: readonly VisibleFile[],
  options: { readonly layers: readonly LayerAnalysis[]; readonly limit: number },
): { readonly packages: readonly Package[]; readonly dropped: number } {
  const packages = new Map<string, Package>();
  let dropped = 0;
  for (const file of files) {
    for (const found of file.result.packages) {
      const key = packageKey(found, file.path);
      if (packages.has(key)) {
        continue;
      }
      if (packages.size >= options.limit) {
        dropped += 1;
        continue;
      }
      const { layer, layerIndex } = file.since?.get(key) ?? file.from;
      packages.set(key, { ...found, evidence: { layer, layerIndex, path: file.path, analyzer: file.analyzer } });
    }
  }
  const ownerOf = ownersOf(files, options.layers);
  const licensesOf = licenseFinder(files, packages.values());
  const completed = [...packages.values()].map(complete).filter((each) => !isLeftToOwner(each));
  return { packages: completed.toSorted(comparePackages), dropped };

  function complete(each: Package): Package {
    if (isOsPackage(each)) {
      const told = each.licenses === undefined ? licensesOf(each) : undefined;
      return told === undefined ? each : { ...each, licenses: told };
    }
    const owner = ownerOf(each);
    return owner === undefined ? each : { ...each, owner };
  }
}

/**
 * Licences from files of their own. A package without such a file (its folder is a link to that of another one) has the
 * licences of another package of its source: Debian's copyright files speak of the source.
 */
function licenseFinder(
  files: readonly VisibleFile[],
  packages: Iterable<Package>,
): (each: Package) => readonly string[] | undefined {
  const byName = new Map<string, readonly string[]>();
  for (const file of files) {
    for (const { type, name, licenses } of file.result.packageLicenses ?? []) {
      byName.set(`${type} ${name}`, licenses);
    }
  }
  const bySource = new Map<string, readonly string[]>();
  for (const each of packages) {
    const told = byName.get(`${each.type} ${each.name}`);
    if (told !== undefined && !bySource.has(sourceKey(each))) {
      bySource.set(sourceKey(each), told);
    }
  }
  return (each) => byName.get(`${each.type} ${each.name}`) ?? bySource.get(sourceKey(each));
}

function sourceKey({ type, source, name, version }: Package): string {
  return JSON.stringify([type, source?.name ?? name, source?.version ?? version]);
}

/** A program that an operating system package installed is that package; it is not listed a second time as `generic`. */
function isLeftToOwner(each: Package): boolean {
  return each.type === "generic" && each.owner !== undefined;
}

// SPDX-License-Identifier: Apache-2.0
import type { Inventory, Package } from "#packages";
import type { VulnerabilityFinding } from "./finding.ts";
import { matchesPackage } from "./match-package.ts";
import type { ScanReport } from "./scan-report.ts";
import type { ImageIdentity, StatedImage, StatedPackage, StatedProduct } from "./suppression-statement.ts";

/** What a finding is matched within. */
export interface MatchScene {
  readonly report: ScanReport;
  readonly image: ImageIdentity;
  /** The package of the finding with all that the inventory knows of it. */
  readonly found: Package;
}

/** Whether the product of a statement is, or holds, the package of the finding. */
export function matchesProduct(product: StatedProduct, scene: MatchScene): boolean {
  switch (product.kind) {
    case "image":
      return isImage(product.image, scene.image) && isPart(product.parts, scene);
    case "package":
      return product.parts === undefined
        ? matchesPackage(product.package, scene.found, scene.report.inventory.distribution)
        : isPart(product.parts, scene) && isInside(product.package, scene);
    case "unknown":
      return false;
    default:
      return false;
  }
}

/** Finds the package of the inventory that a finding is about. */
export class PackageIndex {
  readonly #packages = new Map<string, Package>();

  constructor(packages: readonly Package[]) {
    for (const each of packages) {
      this.#packages.set(keyOf(each), each);
    }
  }

  /** The package, or what the finding itself says of it. */
  packageOf({ package: named, evidence }: VulnerabilityFinding): Package {
    return this.#packages.get(keyOf({ ...named, evidence })) ?? { ...named, evidence };
  }
}

function keyOf({ type, name, version, evidence }: Package): string {
  return `${type}\0${name}\0${version}\0${evidence.layerIndex}\0${evidence.path}`;
}

function isImage(stated: StatedImage, image: ImageIdentity): boolean {
  if ("digest" in stated) {
    return image.digests.includes(stated.digest);
  }
  return (image.references ?? []).some(
    ({ repository, tag }) => repository === stated.repository && (stated.tag === undefined || stated.tag === tag),
  );
}

function isPart(parts: readonly StatedPackage[] | undefined, { found, report }: MatchScene): boolean {
  return parts === undefined || parts.some((part) => matchesPackage(part, found, report.inventory.distribution));
}

/**
 * Whether the found package lies inside of the stated one: in the same file (a Go program and its modules, a jar and what is packed
 * into it), in its folder (npm), or among the files that it installed. The same library elsewhere in the image is another matter.
 */
function isInside(stated: StatedPackage, { found, report }: MatchScene): boolean {
  const { files, folders, owners } = placesOf(stated, report.inventory);
  const { owner, evidence } = found;
  if (owner !== undefined && owners.has(ownerKey(owner))) {
    return true;
  }
  return (
    files.has(evidence.path) ||
    (files.size > 0 && someStart(evidence.path, /[!/]/g, (start) => files.has(start))) ||
    (folders.size > 0 && someStart(evidence.path, /(?:^|(?<=\/))node_modules\//g, (start) => folders.has(start)))
  );
}

/** Where the packages lie that a statement names as a whole. */
interface Places {
  /** Programs and archives. */
  readonly files: ReadonlySet<string>;
  /** Folders of npm packages, with the slash at their end. */
  readonly folders: ReadonlySet<string>;
  readonly owners: ReadonlySet<string>;
}

/** Looked up once for an inventory: an image may hold any number of copies of the whole and of its part, which must not be multiplied. */
const PLACES = new WeakMap<Inventory, Map<StatedPackage, Places>>();

function placesOf(stated: StatedPackage, inventory: Inventory): Places {
  const known = PLACES.get(inventory) ?? new Map<StatedPackage, Places>();
  PLACES.set(inventory, known);
  const places = known.get(stated) ?? findPlaces(stated, inventory);
  known.set(stated, places);
  return places;
}

function findPlaces(stated: StatedPackage, { distribution, packages }: Inventory): Places {
  const [files, folders, owners] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const each of packages) {
    if (!matchesPackage(stated, each, distribution)) {
      continue;
    }
    const { path } = each.evidence;
    owners.add(ownerKey(each));
    // databases of whole systems hold many packages in one file: being named there together says nothing
    if (each.type === "golang" || each.type === "cargo" || each.type === "maven") {
      files.add(path);
    } else if (each.type === "npm" && path.endsWith("/package.json")) {
      folders.add(path.slice(0, -"package.json".length));
    }
  }
  return { files, folders, owners };
}

function ownerKey({ type, name, version }: Pick<Package, "type" | "name" | "version">): string {
  return `${type}\0${name}\0${version}`;
}

/** Whether one of the beginnings of a path does, each up to a place that matches. */
function someStart(path: string, before: RegExp, does: (start: string) => boolean): boolean {
  return [...path.matchAll(before)].some(({ index }) => does(path.slice(0, index)));
}

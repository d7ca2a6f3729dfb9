// SPDX-License-Identifier: Apache-2.0
import type { OsPackageType, Package, PackageOwner } from "../inventory.ts";
import { programAnalyzer } from "../program/program-analyzer.ts";
import type { LayerAnalysis } from "./layer-analysis.ts";
import { isOsPackage, packageKey } from "./package-order.ts";
import type { VisibleFile } from "./visible-files.ts";

/** Folders of the root that are links into usr in nearly every distribution of today ("merged usr"). */
const MERGED_FOLDERS: readonly string[] = ["bin", "lib", "lib32", "lib64", "libx32", "sbin"];

/**
 * Where packages of distributions put nothing (FHS 3.0; Debian Policy 9.1, Fedora's packaging guidelines): what lies there came with
 * the image, whatever a record of files says.
 */
const ADMINISTRATORS_FOLDER = /^(?:usr\/local|home|root|srv|mnt|media|tmp|run|app|data|workspace)\//;

interface OwnedPath {
  readonly owner: PackageOwner;
  /** Versions of the package and of its source. */
  readonly versions: readonly string[];
  /** The layer in which the package wrote its files. */
  readonly layerIndex: number;
}

/**
 * Which operating system package installed the file of an evidence. A file that a layer above the package's own brought is
 * nobody's: `npm install -g npm` over Debian's npm leaves the record of the package as it was, and what lies there is no
 * longer what the vendor's advisories speak of. Records are files like others, and may claim what is not theirs.
 */
export function ownersOf(
  files: readonly VisibleFile[],
  layers: readonly LayerAnalysis[],
): (each: Package) => PackageOwner | undefined {
  const owned = ownedPaths(files);
  if (owned.size === 0) {
    return () => undefined;
  }
  const merged = new Set(MERGED_FOLDERS.filter((folder) => layers.some(({ nonFolders }) => nonFolders.has(folder))));
  return (each) => {
    const { path, layerIndex } = each.evidence;
    const found = owned.get(path) ?? owned.get(otherNameOf(path, merged) ?? "");
    return found !== undefined && layerIndex <= found.layerIndex && isCredible(found, each) ? found.owner : undefined;
  };
}

/** A program that is known by its text has the version of its package; `node` of `base-files` is nobody's `node`. */
function isCredible({ versions }: OwnedPath, { version, evidence }: Package): boolean {
  const isByText = evidence.analyzer === programAnalyzer.name;
  return (
    !ADMINISTRATORS_FOLDER.test(evidence.path) &&
    (!isByText || versions.some((each) => withoutMarks(each).includes(withoutMarks(version))))
  );
}

/** `9.7_p1` of Alpine and `3.12.0~rc1` of Debian are `9.7p1` and `3.12.0rc1`. */
function withoutMarks(version: string): string {
  return version.replaceAll(/[~_^]/g, "");
}

function ownedPaths(files: readonly VisibleFile[]): ReadonlyMap<string, OwnedPath> {
  const names = new Set(files.flatMap(({ result }) => result.owned ?? []).map(({ name }) => name));
  const installed = installedPackages(files, names);
  const owned = new Map<string, OwnedPath>();
  for (const { result, from } of files) {
    for (const record of result.owned ?? []) {
      const found = installed.get(keyOf(record));
      if (found === undefined) {
        continue;
      }
      // The files are as old as the package; a record that is newer was not written by its installation.
      const layerIndex = Math.min(from.layerIndex, found.layerIndex);
      for (const path of record.paths) {
        owned.set(path, { ...found, layerIndex });
      }
    }
  }
  return owned;
}

/** Installed packages by what a record of files says of them, which may be no more than the name. */
function installedPackages(files: readonly VisibleFile[], names: ReadonlySet<string>): ReadonlyMap<string, OwnedPath> {
  const installed = new Map<string, OwnedPath>();
  for (const { path, result, since } of files) {
    if (since === undefined) {
      continue;
    }
    for (const each of result.packages.filter(isOsPackage)) {
      const { type, name, version, architecture } = each;
      if (!names.has(name)) {
        continue;
      }
      const versions = [version, ...(each.source === undefined ? [] : [each.source.version])];
      const layerIndex = since.get(packageKey(each, path))?.layerIndex ?? 0;
      for (const known of [{}, { version }, { architecture }, { version, architecture }]) {
        const key = keyOf({ type, name, ...known });
        if (!installed.has(key)) {
          installed.set(key, { owner: { type, name, version }, versions, layerIndex });
        }
      }
    }
  }
  return installed;
}

function keyOf(known: {
  type: OsPackageType;
  name: string;
  version?: string;
  architecture?: string | undefined;
}): string {
  return JSON.stringify([known.type, known.name, known.version ?? "", known.architecture ?? ""]);
}

/** The path under the root for one under usr and the other way round, where the folder is a link. */
function otherNameOf(path: string, merged: ReadonlySet<string>): string | undefined {
  const isInUsr = path.startsWith("usr/");
  const other = isInUsr ? path.slice("usr/".length) : `usr/${path}`;
  const first = (isInUsr ? other : path).split("/", 1)[0] ?? "";
  return merged.has(first) ? other : undefined;
}

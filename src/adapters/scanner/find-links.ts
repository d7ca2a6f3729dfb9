// SPDX-License-Identifier: Apache-2.0
import { posix } from "node:path";
import type { Analyzer } from "#packages";
import { AnalyzerIndex } from "./analyzer-index.ts";
import type { LayerListing } from "./layer-listing.ts";
import type { SquashedView } from "./squashed-view.ts";

/** A file that is reached through links and has to be read as if it lay at `asPath`. */
export interface LinkedFile {
  /** The path that analyzers ask for. */
  readonly asPath: string;
  /** Where the content lies. */
  readonly path: string;
  /** The highest layer whose link leads there; the file is listed there or higher. */
  readonly linkLayer: number;
  /** Layers that may have the content, the first that has it counts. */
  readonly layers: readonly number[];
  /**
   * Whether it is a problem when no layer has it: not when only a folder on the way is a link, nor when a symbolic link
   * stands where a file may lie or not; then there is no file.
   */
  readonly isExpected: boolean;
}

/** A folder that is reached through a link: files below `path` are read as if they lay below `asPath`. */
export interface LinkedFolder {
  readonly asPath: string;
  readonly path: string;
  readonly linkLayer: number;
  readonly layers: readonly number[];
}

export interface FoundLinks {
  readonly files: readonly LinkedFile[];
  readonly folders: readonly LinkedFolder[];
  /** Paths whose links lead nowhere, and why. */
  readonly unresolved: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * The links on which files of analyzers depend: at their fixed paths, at the folders of these, and at any path that an
 * analyzer wants.
 */
export function findLinks(
  analyzers: readonly Analyzer[],
  listings: readonly (LayerListing | undefined)[],
  view: SquashedView,
): FoundLinks {
  const index = new AnalyzerIndex(analyzers);
  const naming = new NamingFolders(analyzers, index);
  function wants(path: string): boolean {
    return index.analyzersFor(path).some((analyzer) => analyzer.wants(path) === true);
  }
  const fixedPaths = new Set(analyzers.flatMap((analyzer) => analyzer.fixedPaths));
  const folders = new Set([...fixedPaths].map(folderOf));
  const namingFolders = new Set<string>();
  const symlinks = new Set(fixedPaths);
  const files: LinkedFile[] = [];
  for (const [layer, listing] of listings.entries()) {
    for (const [path, link] of listing?.links ?? []) {
      if (wants(path) && !view.isHiddenAbove(layer, path)) {
        symlinks.add(path);
        files.push(...(link.kind === "hardlink" ? hardLinkedFile(view, layer, path) : []));
      } else if (link.kind === "symlink" && naming.has(path, writtenTarget(path, link.target))) {
        namingFolders.add(path);
      }
    }
  }
  const unresolved: { path: string; reason: string }[] = [];
  for (const path of symlinks) {
    const target = view.resolve(path);
    const isFixed = fixedPaths.has(path);
    if (target.kind === "unresolved") {
      unresolved.push(...(isFixed ? [{ path, reason: target.reason }] : []));
    } else if (target.path !== path && (isFixed || isNewAt(analyzers, path, target.path))) {
      const isExpected = isFixed && !endsInSameName(view, path, target.path);
      files.push({ asPath: path, ...target, layers: view.layersOf(target.path), isExpected });
    }
  }
  const linked = [
    ...[...folders].flatMap((path) => linkedFolder(view, listings, path)),
    ...[...namingFolders]
      .filter((path) => !folders.has(path))
      .flatMap((path) => linkedFolder(view, listings, path))
      .filter(({ asPath, path }) => naming.has(asPath, path)),
  ];
  return { files, folders: linked, unresolved };
}

/** Whether an analyzer that finds its files by name would read the file only under the link's name. */
function isNewAt(analyzers: readonly Analyzer[], link: string, target: string): boolean {
  return analyzers.some((analyzer) => analyzer.wants(link) === true && analyzer.wants(target) !== true);
}

/**
 * Where a link leads as it is written. pnpm links thousands of folders that have the right name there, too, and are found there;
 * were it a link again, that one would be followed. "" where `..` behind a name may lead out of a link: nothing can be told then.
 */
function writtenTarget(path: string, target: string): string {
  const components = target.split("/");
  const firstName = components.findIndex((each) => each !== "" && each !== "." && each !== "..");
  if (firstName >= 0 && components.indexOf("..", firstName) >= 0) {
    return "";
  }
  return posix.join("/", target.startsWith("/") ? target : `${folderOf(path)}/${target}`).slice(1);
}

/** Folders below which an analyzer wants files for the name of the folder. An image may have many thousands of links to ask about. */
class NamingFolders {
  readonly #index: AnalyzerIndex;
  readonly #probing: readonly Analyzer[];

  constructor(analyzers: readonly Analyzer[], index: AnalyzerIndex) {
    this.#index = index;
    this.#probing = analyzers.filter(({ probes = [] }) => probes.length > 0);
  }

  /** Whether such files are wanted below the path, and not for the name that the folder has elsewhere. */
  has(path: string, elsewhere: string): boolean {
    const [anyFile, anyFileElsewhere] = [within(path, "x"), within(elsewhere, "x")];
    return (
      this.#index.analyzersFor(anyFile).some((analyzer) => wantsOnly(analyzer, anyFile, anyFileElsewhere)) ||
      this.#probing.some((analyzer) =>
        (analyzer.probes ?? []).some((probe) => wantsOnly(analyzer, within(path, probe), within(elsewhere, probe))),
      )
    );
  }
}

function wantsOnly(analyzer: Analyzer, path: string, other: string): boolean {
  return analyzer.wants(path) === true && analyzer.wants(other) !== true;
}

function within(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

function hardLinkedFile(view: SquashedView, layer: number, path: string): readonly LinkedFile[] {
  const target = view.hardLinkTarget(layer, path);
  const layers = target === undefined ? [] : [layer, ...view.layersOf(target, layer - 1)];
  return [{ asPath: path, path: target ?? path, linkLayer: layer, layers, isExpected: true }];
}

function linkedFolder(
  view: SquashedView,
  listings: readonly (LayerListing | undefined)[],
  path: string,
): readonly LinkedFolder[] {
  const target = view.resolve(path);
  if (target.kind === "unresolved" || target.path === path) {
    return [];
  }
  const layers = listings.flatMap((_, layer) => (view.hasFolder(layer, target.path) ? [layer] : []));
  return layers.length === 0 ? [] : [{ asPath: path, path: target.path, linkLayer: target.linkLayer, layers }];
}

/** Whether only folders on the way were links. */
function endsInSameName(view: SquashedView, path: string, target: string): boolean {
  const folder = view.resolve(folderOf(path));
  const name = path.slice(path.lastIndexOf("/") + 1);
  return folder.kind === "resolved" && (folder.path === "" ? name : `${folder.path}/${name}`) === target;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

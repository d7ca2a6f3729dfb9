// SPDX-License-Identifier: Apache-2.0
import type { LayerAnalysis, LayerFile } from "./layer-analysis.ts";
import { isOsPackage, packageKey } from "./package-order.ts";

/** A file that is still there when all layers lie on each other, with the layer it comes from. */
export interface VisibleFile extends LayerFile {
  readonly from: LayerAnalysis;
  /**
   * For each package of a package database (`packageKey`), the layer since which the database has had it in this version:
   * every later layer that installs anything writes the whole database again.
   */
  readonly since?: ReadonlyMap<string, LayerAnalysis>;
}

/** What is seen from above: the analyzed files, and the problems of the layers that still matter. */
export interface LayersSeenFromAbove {
  /** Sorted by path, then analyzer. */
  readonly files: readonly VisibleFile[];
  /** Files with observations that a layer above hides, in the same order, the lower layer first. */
  readonly hidden: readonly VisibleFile[];
  readonly problems: readonly LayerAnalysis["problems"][number][];
}

type LayerProblem = LayerAnalysis["problems"][number];

/** Problems about one file: they go away with the file. */
const FILE_PROBLEMS: ReadonlySet<string> = new Set([
  "FILE_MALFORMED",
  "FILE_TOO_LARGE",
  "FILE_UNREADABLE",
  "ENTRY_MALFORMED",
  "LINK_UNRESOLVED",
]);

/**
 * Lays the layers (bottom to top) on each other. A layer first hides what lies below (whiteouts, opaque folders,
 * replaced paths), then adds its own files: its whiteouts never touch its own content (OCI image-spec, layer.md).
 */
export function lookFromAbove(layers: readonly LayerAnalysis[]): LayersSeenFromAbove {
  const files = new Map<string, VisibleFile[]>();
  const fileProblems = new Map<string, LayerProblem[]>();
  const hidden: VisibleFile[] = [];
  const problems: LayerProblem[] = [];
  for (const [index, layer] of layers.entries()) {
    const hides = hiddenBy(layer);
    if (index > 0 && layer.opaqueFolders.includes("")) {
      // The kernel merges the roots of all layers, whatever they say; runtimes that unpack into one folder empty it.
      const message = "layer hides all below it, which some runtimes do and others do not";
      problems.push({ code: "ENTRY_MALFORMED", message, layer: layer.layer });
    }
    const added = layer.files.map((file): [string, VisibleFile] => [
      file.path,
      withOrigins(file, layer, files.get(file.path)),
    ]);
    for (const gone of deleteHidden(files, hides).flat()) {
      if (gone.result.observations !== undefined) {
        hidden.push(gone);
      }
    }
    deleteHidden(fileProblems, hides);
    for (const [path, file] of added) {
      appendTo(files, path, file);
    }
    for (const problem of layer.problems) {
      if (problem.path !== undefined && FILE_PROBLEMS.has(problem.code)) {
        appendTo(fileProblems, problem.path, problem);
      } else {
        problems.push(problem);
      }
    }
  }
  return {
    files: [...files.values()].flat().toSorted(byPath),
    hidden: hidden.toSorted(byPath),
    problems: [...problems, ...[...fileProblems.values()].flat()],
  };
}

/** Whether a path of a lower layer is hidden by this one. Costs the path's depth, not the layer's size. */
function hiddenBy(layer: LayerAnalysis): (path: string) => boolean {
  const deleted = new Set(layer.whiteouts.map(withoutTrailingSlash));
  const opaque = new Set(layer.opaqueFolders.map(withoutTrailingSlash));
  const replaced = new Set(layer.files.map((file) => file.path));
  // Files share their folders; asked for each file anew, a million of them in a deep folder would take an hour.
  const known = new Map<string, boolean>();
  return (path) =>
    replaced.has(path) ||
    layer.nonFolders.has(path) ||
    deleted.has(path) ||
    opaque.has("") ||
    isFolderHidden(folderOf(path));

  function isFolderHidden(asked: string): boolean {
    let isHidden = false;
    const onTheWay: string[] = [];
    for (let folder = asked; folder !== "" && !isHidden; folder = folderOf(folder)) {
      const answer = known.get(folder);
      if (answer !== undefined) {
        isHidden = answer;
        break;
      }
      onTheWay.push(folder);
      isHidden = opaque.has(folder) || deleted.has(folder) || layer.nonFolders.has(folder);
    }
    for (const folder of onTheWay) {
      known.set(folder, isHidden);
    }
    return isHidden;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** The file with the layers that its packages come from, given what it replaces. */
function withOrigins(file: LayerFile, layer: LayerAnalysis, replaced: readonly VisibleFile[] = []): VisibleFile {
  if (!file.result.packages.some(isOsPackage)) {
    return { ...file, from: layer };
  }
  const before = replaced.find(({ analyzer }) => analyzer === file.analyzer)?.since;
  const since = new Map(
    file.result.packages.map((each): [string, LayerAnalysis] => {
      const key = packageKey(each, file.path);
      return [key, before?.get(key) ?? layer];
    }),
  );
  return { ...file, from: layer, since };
}

function deleteHidden<Value>(entries: Map<string, Value>, isHidden: (path: string) => boolean): readonly Value[] {
  const gone: Value[] = [];
  for (const [path, value] of entries) {
    if (isHidden(path)) {
      entries.delete(path);
      gone.push(value);
    }
  }
  return gone;
}

function appendTo<Value>(entries: Map<string, Value[]>, path: string, value: Value): void {
  const list = entries.get(path);
  if (list === undefined) {
    entries.set(path, [value]);
  } else {
    list.push(value);
  }
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function byPath(a: VisibleFile, b: VisibleFile): number {
  if (a.path !== b.path) {
    return a.path < b.path ? -1 : 1;
  }
  return a.analyzer < b.analyzer ? -1 : Number(a.analyzer > b.analyzer);
}

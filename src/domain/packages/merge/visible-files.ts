// SPDX-License-Identifier: Apache-2.0
import type { LayerAnalysis, LayerFile } from "./layer-analysis.ts";

/** A file that is still there when all layers lie on each other, with the layer it comes from. */
export interface VisibleFile extends LayerFile {
  readonly from: LayerAnalysis;
}

/** What is seen from above: the analyzed files, and the problems of the layers that still matter. */
export interface LayersSeenFromAbove {
  /** Sorted by path, then analyzer. */
  readonly files: readonly VisibleFile[];
  readonly problems: readonly LayerAnalysis["problems"][number][];
}

type LayerProblem = LayerAnalysis["problems"][number];

/** Problems about one file: they go away with the file. */
const FILE_PROBLEMS: ReadonlySet<string> = new Set([
  "FILE_MALFORMED",
  "FILE_TOO_LARGE",
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
  const problems: LayerProblem[] = [];
  for (const layer of layers) {
    const hides = hiddenBy(layer);
    deleteHidden(files, hides);
    deleteHidden(fileProblems, hides);
    for (const file of layer.files) {
      appendTo(files, file.path, { ...file, from: layer });
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
    problems: [...problems, ...[...fileProblems.values()].flat()],
  };
}

/** Whether a path of a lower layer is hidden by this one. Costs the path's depth, not the layer's size. */
function hiddenBy(layer: LayerAnalysis): (path: string) => boolean {
  const deleted = new Set(layer.whiteouts.map(withoutTrailingSlash));
  const opaque = new Set(layer.opaqueFolders.map(withoutTrailingSlash));
  const replaced = new Set(layer.files.map((file) => file.path));
  return (path) => {
    if (replaced.has(path) || layer.nonFolders.has(path) || deleted.has(path) || opaque.has("")) {
      return true;
    }
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const folder = path.slice(0, slash);
      if (opaque.has(folder) || deleted.has(folder) || layer.nonFolders.has(folder)) {
        return true;
      }
    }
    return false;
  };
}

function deleteHidden(entries: Map<string, unknown>, isHidden: (path: string) => boolean): void {
  for (const path of [...entries.keys()]) {
    if (isHidden(path)) {
      entries.delete(path);
    }
  }
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

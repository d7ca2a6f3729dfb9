// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { AnalyzerResult } from "../analyzer.ts";
import type { Problem } from "../inventory.ts";

/** What one analyzer said about one file of a layer. Paths have no leading slash and no `.` or `..`. */
export interface LayerFile {
  readonly path: string;
  /** Name of the analyzer. */
  readonly analyzer: string;
  readonly result: AnalyzerResult;
}

/** What was found in one layer alone. Depends on the layer's bytes and the analyzers only, so that it can be kept by diffID. */
export interface LayerAnalysis {
  /** diffID. */
  readonly layer: Digest;
  /** Place in the image, counted from the base (0). */
  readonly layerIndex: number;
  /**
   * Analyzed files. A file that was reached through a link is listed under the path that was asked for; when a lower
   * layer made the link and this one changes its target, it is listed again here.
   */
  readonly files: readonly LayerFile[];
  /** Paths (files or whole folders) that the layer deletes from the layers below (OCI image-spec, layer.md, "Whiteouts"). */
  readonly whiteouts: readonly string[];
  /** Folders whose content in the layers below is hidden (layer.md, "Opaque Whiteout"); "" is the root. */
  readonly opaqueFolders: readonly string[];
  /** Paths of all entries that are not folders: each replaces what the layers below have at that path, and below it. */
  readonly nonFolders: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

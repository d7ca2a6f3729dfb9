// SPDX-License-Identifier: Apache-2.0
import type { Distribution, FoundPackage, Problem } from "./inventory.ts";

/** One file of an image: path without a leading slash, whole content. */
export interface AnalyzedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What an analyzer got out of one file. Never throws for bad content: it says so in `problems`. */
export interface AnalyzerResult {
  readonly packages: readonly FoundPackage[];
  readonly problems: readonly Omit<Problem, "layer">[];
  readonly distribution?: Distribution;
}

/**
 * Reads one file format. `wants` decides by path alone and is called for every file of every layer, so it must be
 * cheap; `analyze` is pure.
 */
export interface Analyzer {
  readonly name: string;
  /** Increased when the same bytes would give another result. */
  readonly version: string;
  /** Paths at which the file always lies, so that links along the way can be followed; empty when found by pattern. */
  readonly fixedPaths: readonly string[];
  wants(path: string): boolean;
  analyze(file: AnalyzedFile): AnalyzerResult;
}

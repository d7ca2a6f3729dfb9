// SPDX-License-Identifier: Apache-2.0
import type { Distribution, FoundPackage, Observation, OsPackageType, Problem } from "./inventory.ts";

/** One file of an image: path without a leading slash, whole content. */
export interface AnalyzedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What the archive says about a file before its content is read. */
export interface FileFacts {
  /** In bytes. */
  readonly size: number;
  /** Permission bits with setuid (0o4000), setgid (0o2000) and sticky (0o1000). */
  readonly mode: number;
  readonly uid: number;
}

/** The files that one operating system package installed. */
export interface OwnedFiles {
  readonly type: OsPackageType;
  readonly name: string;
  /** Absent where the record does not say: there is only one of the name then. */
  readonly version?: string;
  readonly architecture?: string;
  /** Paths in the image without a leading slash; only those that `AnalysisContext.isOfInterest` wanted. */
  readonly paths: readonly string[];
}

/** Licences of one operating system package, where a file beside the package database tells them (Debian's copyright files). */
export interface PackageLicenses {
  readonly type: OsPackageType;
  readonly name: string;
  readonly licenses: readonly string[];
}

/** What an analyzer got out of one file. Never throws for bad content: it says so in `problems`. */
export interface AnalyzerResult {
  readonly packages: readonly FoundPackage[];
  readonly problems: readonly Omit<Problem, "layer">[];
  readonly distribution?: Distribution;
  readonly owned?: readonly OwnedFiles[];
  readonly packageLicenses?: readonly PackageLicenses[];
  readonly observations?: readonly Observation[];
}

/** What an analyzer may ask about the rest of the image. */
export interface AnalysisContext {
  /** Whether ownership of the path matters, as another analyzer may find a package there. */
  isOfInterest(path: string): boolean;
}

/**
 * Reads one file format. `wants` decides by path and facts and is called for every file of every layer, so it must be
 * cheap; `analyze` is pure.
 */
export interface Analyzer {
  readonly name: string;
  /** Increased when the same bytes would give another result. */
  readonly version: string;
  /** Paths at which the file always lies, so that links along the way can be followed; empty when found by pattern. */
  readonly fixedPaths: readonly string[];
  /**
   * Endings of at least four characters; files whose path has none of them are never wanted nor does their owner matter, and
   * `wants` and `ownsMatter` need not be asked. Absent: any path may be wanted.
   */
  readonly endings?: readonly string[];
  /**
   * Paths within a folder which are wanted only for what the folder or the one above it is called (`package.json` in
   * `node_modules/x`): where such a folder is a link, the files behind it are read under its name.
   */
  readonly probes?: readonly string[];
  /** `"sniff"`: its first bytes decide, see `accepts`. Facts are absent when only the path is known (links). */
  wants(path: string, facts?: FileFacts): boolean | "sniff";
  /** Asked after `"sniff"` with the first 512 bytes, or all of a smaller file; absent: nothing is accepted. */
  accepts?(path: string, head: Uint8Array): boolean;
  /** Whether owners of such paths matter, see `AnalysisContext`; absent: they do not. */
  ownsMatter?(path: string): boolean;
  analyze(file: AnalyzedFile, context?: AnalysisContext): AnalyzerResult;
  /** Looks at an entry without its content, e.g. for its mode; called for every regular file. */
  inspect?(path: string, facts: FileFacts): readonly Observation[];
}

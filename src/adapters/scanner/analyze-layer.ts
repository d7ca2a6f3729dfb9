// SPDX-License-Identifier: Apache-2.0
import { type Limits, messageOf } from "#base";
import type { TarEntry, TarProblem } from "#oci";
import type { Analyzer, AnalyzerResult, LayerFile, Problem } from "#packages";
import { ListingCollector } from "./layer-listing.ts";
import type { LayerVisitor } from "./read-layer.ts";

/** The first reading of a layer: what analyzers say about its files, and its listing. */
export class LayerAnalyzer implements LayerVisitor {
  readonly listing: ListingCollector;
  readonly problems: Problem[] = [];
  analyzedBytes = 0;
  entries = 0;
  readonly #analyzers: readonly Analyzer[];
  readonly #limits: Limits;
  readonly #files: Map<string, readonly LayerFile[]> = new Map();

  constructor(options: {
    readonly analyzers: readonly Analyzer[];
    readonly limits: Limits;
    /** Whether nothing lies below. */
    readonly isLowest: boolean;
  }) {
    this.#analyzers = options.analyzers;
    this.#limits = options.limits;
    this.listing = new ListingCollector(options.isLowest);
  }

  /** In the order of the archive; of a path that occurs more than once, the last. */
  get files(): readonly LayerFile[] {
    return [...this.#files.values()].flat();
  }

  onEntry(entry: TarEntry): void {
    this.entries += 1;
    this.#reportHidingPlace(entry.path);
    if (this.listing.add(entry) === "malformed") {
      this.#report("ENTRY_MALFORMED", "whiteout names nothing", entry.path);
    }
    if (this.#files.size > 0) {
      this.#files.delete(entry.path);
    }
    if (entry.kind === "sparse" && this.#isWanted(entry.path)) {
      this.#report("FILE_MALFORMED", "sparse files are not read", entry.path);
    }
  }

  select(entry: TarEntry): boolean {
    return this.#isWanted(entry.path) && this.admit(entry.path, entry.size);
  }

  onFile(entry: TarEntry, bytes: Uint8Array): void {
    this.#files.set(entry.path, analyzeFile(this.#analyzers, entry.path, bytes));
  }

  onTarProblem(problem: TarProblem): void {
    this.#report(problem.isLimit ? "LIMIT_EXCEEDED" : "ENTRY_MALFORMED", problem.message, problem.path);
  }

  /** Whether a file of this size may be read; if not, a problem says so. */
  admit(path: string, size: number): boolean {
    if (size > this.#limits.maxAnalyzedFileBytes) {
      this.#report("FILE_TOO_LARGE", `file is larger than ${this.#limits.maxAnalyzedFileBytes} bytes`, path);
      return false;
    }
    if (this.analyzedBytes + size > this.#limits.maxAnalyzedBytes) {
      this.#report("LIMIT_EXCEEDED", `files to analyze have more than ${this.#limits.maxAnalyzedBytes} bytes`, path);
      return false;
    }
    this.analyzedBytes += size;
    return true;
  }

  /** Lists files under `path` beside those that are listed there already. */
  addFiles(path: string, files: readonly LayerFile[]): void {
    this.#files.set(path, [...(this.#files.get(path) ?? []), ...files]);
  }

  filesAt(path: string): readonly LayerFile[] | undefined {
    return this.#files.get(path);
  }

  /** Files that a runtime would find elsewhere than where we see them: what is said of them would be wrong. */
  #reportHidingPlace(path: string): void {
    const place = this.listing.placeOf(path, this.#limits.maxLinkHops);
    if (place !== path && (place === undefined || this.#isWanted(place) || this.#isWanted(path))) {
      this.#report("ENTRY_MALFORMED", `${path} lies behind a link of its own layer`, place ?? "");
    }
    // Two such names can look the same to us, so that one would hide the other.
    if (path.includes("\ufffd") && this.#isWanted(path)) {
      this.#report("ENTRY_MALFORMED", "the name of a file to analyze is not UTF-8", "");
    }
  }

  #isWanted(path: string): boolean {
    for (const analyzer of this.#analyzers) {
      if (analyzer.wants(path)) {
        return true;
      }
    }
    return false;
  }

  #report(code: Problem["code"], message: string, path: string): void {
    // One more than the limit, so that mergeLayers can say that there are more.
    if (this.problems.length <= this.#limits.maxProblems) {
      this.problems.push({ code, message, ...(path === "" ? {} : { path }) });
    }
  }
}

/** What the analyzers that want `path` say about these bytes, wherever the bytes lie. */
export function analyzeFile(analyzers: readonly Analyzer[], path: string, bytes: Uint8Array): readonly LayerFile[] {
  return analyzers
    .filter((analyzer) => analyzer.wants(path))
    .map((analyzer) => ({ path, analyzer: analyzer.name, result: analyze(analyzer, path, bytes) }));
}

/** Analyzers do not throw; should one have a bug, the scan goes on and says what it missed. */
function analyze(analyzer: Analyzer, path: string, bytes: Uint8Array): AnalyzerResult {
  try {
    return analyzer.analyze({ path, bytes });
  } catch (error) {
    const message = `analyzer ${analyzer.name} failed: ${messageOf(error)}`;
    return { packages: [], problems: [{ code: "FILE_MALFORMED", message, path }] };
  }
}

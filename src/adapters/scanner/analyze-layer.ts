// SPDX-License-Identifier: Apache-2.0
import { type Limits, messageOf } from "#base";
import { OciError, type TarEntry, type TarProblem } from "#oci";
import type {
  AnalysisContext,
  AnalyzedFile,
  Analyzer,
  AnalyzerResult,
  LayerFile,
  Observation,
  Problem,
} from "#packages";
import { AnalyzerIndex } from "./analyzer-index.ts";
import { ListingCollector } from "./layer-listing.ts";
import type { LayerVisitor } from "./read-layer.ts";

/** The first reading of a layer: what analyzers say about its files, and its listing. */
export class LayerAnalyzer implements LayerVisitor {
  readonly listing: ListingCollector;
  readonly problems: Problem[] = [];
  analyzedBytes = 0;
  entries = 0;
  /** Packages, problems, owned paths and observations of all files: each file has limits, and there may be many of them. */
  found = 0;
  readonly #analyzers: readonly Analyzer[];
  readonly #index: AnalyzerIndex;
  readonly #limits: Limits;
  readonly #files: Map<string, readonly LayerFile[]> = new Map();
  readonly #context: AnalysisContext;
  readonly #inspectors: readonly Analyzer[];
  #observations = 0;
  /** The analyzers that want the current file, and those that want to see its first bytes before. */
  readonly #takers: Analyzer[] = [];
  readonly #sniffers: Analyzer[] = [];

  constructor(options: {
    readonly analyzers: readonly Analyzer[];
    readonly limits: Limits;
    /** Whether nothing lies below. */
    readonly isLowest: boolean;
    /** What is known already. */
    readonly listing?: ListingCollector;
  }) {
    this.#analyzers = options.analyzers;
    this.#index = new AnalyzerIndex(options.analyzers);
    this.#context = contextOf(options.analyzers);
    this.#inspectors = options.analyzers.filter((analyzer) => analyzer.inspect !== undefined);
    this.#limits = options.limits;
    this.listing = options.listing ?? new ListingCollector(options.isLowest);
  }

  /** In the order of the archive; of a path that occurs more than once, the last. */
  get files(): readonly LayerFile[] {
    return [...this.#files.values()].flat();
  }

  onEntry(entry: TarEntry): void {
    this.entries += 1;
    this.#reportHidingPlace(entry.path);
    if (this.listing.keptBytes > this.#limits.maxListingBytes) {
      throw new OciError("LIMIT_EXCEEDED", `paths of the layer take more than ${this.#limits.maxListingBytes} bytes`);
    }
    if (this.listing.add(entry) === "malformed") {
      this.#report("ENTRY_MALFORMED", "whiteout names nothing", entry.path);
    }
    if (this.#files.size > 0) {
      this.#files.delete(entry.path);
    }
    if (this.#inspectors.length > 0 && (entry.kind === "file" || entry.kind === "sparse")) {
      this.#inspect(entry);
    }
  }

  select(entry: TarEntry): boolean | "sniff" {
    this.#takers.length = 0;
    this.#sniffers.length = 0;
    for (const analyzer of this.#index.analyzersFor(entry.path)) {
      const answer = this.#ask(analyzer, entry);
      if (answer === "sniff") {
        this.#sniffers.push(analyzer);
      } else if (answer) {
        this.#takers.push(analyzer);
      }
    }
    if (this.#sniffers.length > 0) {
      return "sniff";
    }
    return this.#takers.length > 0 && this.admit(entry.path, entry.size);
  }

  accepts(entry: TarEntry, head: Uint8Array): boolean {
    for (const analyzer of this.#sniffers) {
      try {
        if (analyzer.accepts?.(entry.path, head) === true) {
          this.#takers.push(analyzer);
        }
      } catch (error) {
        this.#reportBug(analyzer, error, entry.path);
      }
    }
    return this.#takers.length > 0 && this.admit(entry.path, entry.size);
  }

  onFile(entry: TarEntry, bytes: Uint8Array): void {
    const file = { path: entry.path, bytes };
    const read = this.#takers.flatMap((analyzer) => {
      const found = analyze(analyzer, file, this.#context);
      return saysAnything(analyzer, found) ? [found] : [];
    });
    if (read.length > 0) {
      this.addFiles(entry.path, read);
    }
  }

  onTarProblem(problem: TarProblem): void {
    const code = problem.isLimit ? "LIMIT_EXCEEDED" : problem.isUnreadable ? "FILE_UNREADABLE" : "ENTRY_MALFORMED";
    this.#report(code, problem.message, problem.path);
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

  /** Lists files under `path` beside those that are listed there already; if that is too much, a problem says so. */
  addFiles(path: string, files: readonly LayerFile[]): void {
    const found = files.reduce((sum, { result }) => sum + countFound(result), 0);
    // what crosses the limit is cut off when layers are merged; what comes after it is not kept until then
    if (found > 0 && this.found > this.#limits.maxPackages) {
      this.#report("LIMIT_EXCEEDED", `files of the layer tell more than ${this.#limits.maxPackages} things`, path);
      return;
    }
    this.found += found;
    this.listing.keep(path);
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

  /** Ownership and modes are read without content; a layer of millions of odd modes must not fill the memory. */
  #inspect(entry: TarEntry): void {
    for (const analyzer of this.#inspectors) {
      const observations = this.#observe(analyzer, entry);
      if (observations.length === 0) {
        continue;
      }
      this.#observations += observations.length;
      if (this.#observations > this.#limits.maxObservations) {
        if (this.#observations - observations.length <= this.#limits.maxObservations) {
          this.#report(
            "LIMIT_EXCEEDED",
            `layer gives rise to more than ${this.#limits.maxObservations} observations`,
            "",
          );
        }
        continue;
      }
      const result = { packages: [], problems: [], observations };
      this.addFiles(entry.path, [{ path: entry.path, analyzer: analyzer.name, result }]);
    }
  }

  // Analyzers do not throw; should one have a bug, the scan goes on and says what it missed.
  #ask(analyzer: Analyzer, entry: TarEntry): boolean | "sniff" {
    try {
      return analyzer.wants(entry.path, entry);
    } catch (error) {
      this.#reportBug(analyzer, error, entry.path);
      return false;
    }
  }

  #observe(analyzer: Analyzer, entry: TarEntry): readonly Observation[] {
    try {
      return analyzer.inspect?.(entry.path, entry) ?? [];
    } catch (error) {
      this.#reportBug(analyzer, error, entry.path);
      return [];
    }
  }

  #reportBug(analyzer: Analyzer, error: unknown, path: string): void {
    this.#report("FILE_MALFORMED", bugOf(analyzer, error), path);
  }

  #isWanted(path: string): boolean {
    for (const analyzer of this.#analyzers) {
      if (analyzer.wants(path) === true) {
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

/** What the analyzers that want `path` by its name say about these bytes, wherever the bytes lie. */
export function analyzeFile(analyzers: readonly Analyzer[], file: AnalyzedFile): readonly LayerFile[] {
  const context = contextOf(analyzers);
  return analyzers
    .filter((analyzer) => analyzer.wants(file.path) === true)
    .map((analyzer) => analyze(analyzer, file, context));
}

/** Package databases name each file of the image, so each of them is asked about. */
function contextOf(analyzers: readonly Analyzer[]): AnalysisContext {
  // Analyzers of programs share one test. Whose owner matters is a file that the analyzer reads, so it has its ending too.
  const owners = new Map(analyzers.flatMap((each) => (each.ownsMatter === undefined ? [] : [[each.ownsMatter, each]])));
  const index = new AnalyzerIndex([...owners.values()]);
  return { isOfInterest: (path) => index.analyzersFor(path).some((analyzer) => analyzer.ownsMatter?.(path) === true) };
}

/**
 * Most texts have no secret and most programs no package, and there are very many of them. That a file at a fixed path was
 * read, however, says something: it is not looked for behind links.
 */
function saysAnything(analyzer: Analyzer, { result }: LayerFile): boolean {
  return (
    analyzer.fixedPaths.length > 0 ||
    Object.values(result).some((part) => part !== undefined && (!Array.isArray(part) || part.length > 0))
  );
}

function countFound({ packages, problems, observations = [], owned = [] }: AnalyzerResult): number {
  const paths = owned.reduce((sum, each) => sum + each.paths.length, owned.length);
  return packages.length + problems.length + observations.length + paths;
}

function bugOf(analyzer: Analyzer, error: unknown): string {
  return `analyzer ${analyzer.name} failed: ${messageOf(error)}`;
}

/** Analyzers do not throw; should one have a bug, the scan goes on and says what it missed. */
function analyze(analyzer: Analyzer, file: AnalyzedFile, context: AnalysisContext): LayerFile {
  const { path } = file;
  let result: AnalyzerResult;
  try {
    result = analyzer.analyze(file, context);
  } catch (error) {
    result = { packages: [], problems: [{ code: "FILE_MALFORMED", message: bugOf(analyzer, error), path }] };
  }
  return { path, analyzer: analyzer.name, result };
}

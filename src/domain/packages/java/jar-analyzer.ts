// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { LIMITS, type Limits } from "#base";
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { decodeText, isCleanText, quoteText } from "../untrusted-text.ts";
import { identifyJar, type MavenCoordinates } from "./identify-jar.ts";
import { isJarPath, parseJarName } from "./jar-name.ts";
import { parseManifest, parseProperties } from "./parse-properties.ts";
import { pomVersion } from "./pom-version.ts";
import { readZipDirectory, readZipEntry, type ZipEntry } from "./read-zip-directory.ts";

/** Java archives, also within each other: the Maven artifacts in them. */
export const jarAnalyzer: Analyzer = {
  name: "jar",
  version: "1",
  fixedPaths: [],
  wants(path, facts) {
    return isJarPath(path) && facts?.size !== 0;
  },
  ownsMatter: isJarPath,
  analyze: (file) => analyzeJar(file),
};

/** The limits of the archives within one file together. */
type JarLimits = Pick<
  Limits,
  | "maxNestedBytes"
  | "maxNestedArchives"
  | "maxNestingDepth"
  | "maxArchiveEntries"
  | "maxCompressionRatio"
  | "minRatioBytes"
>;

const MAX_TEXT_BYTES = 1024 * 1024;
/** What reading an entry costs, however short it is. */
const MIN_COST_BYTES = 4096;

const MANIFEST = "META-INF/MANIFEST.MF";
const POM = /^META-INF\/maven\/([^/]+)\/([^/]+)\/pom\.(properties|xml)$/;

/** What is in a Java archive and the archives in it. */
export function analyzeJar(file: AnalyzedFile, limits: JarLimits = LIMITS): AnalyzerResult {
  const reader = new JarReader(file.path, limits);
  reader.read(file.bytes, file.path, 0);
  return reader.collector.result();
}

/** Reads one file with all archives in it; what is left of the limits is counted over all of them. */
class JarReader {
  readonly collector: AnalysisCollector;
  readonly #path: string;
  readonly #limits: JarLimits;
  #bytesLeft: number;
  #archivesLeft: number;
  #entriesLeft: number;

  constructor(path: string, limits: JarLimits) {
    this.collector = new AnalysisCollector(path);
    this.#path = path;
    this.#limits = limits;
    this.#bytesLeft = limits.maxNestedBytes;
    this.#archivesLeft = limits.maxNestedArchives;
    this.#entriesLeft = limits.maxArchiveEntries;
  }

  read(bytes: Uint8Array, path: string, depth: number): void {
    const directory = readZipDirectory(bytes, { maxEntries: this.#entriesLeft, wants: isOfUse });
    if (directory === undefined) {
      this.#report("FILE_MALFORMED", path, "is not a zip archive");
      return;
    }
    if (directory.isCut) {
      this.#report("FILE_MALFORMED", path, "has a directory that is broken or too long");
    }
    this.#entriesLeft -= directory.count;
    this.#addArtifacts(bytes, path, directory.entries);
    for (const entry of directory.entries) {
      if (isJarPath(entry.name)) {
        this.#readNested(bytes, entry, `${path}!/${entry.name}`, depth + 1);
      }
    }
  }

  #readNested(bytes: Uint8Array, entry: ZipEntry, path: string, depth: number): void {
    const { maxNestingDepth, maxNestedArchives, maxCompressionRatio, minRatioBytes } = this.#limits;
    if (depth > maxNestingDepth) {
      this.#report("LIMIT_EXCEEDED", path, `is nested deeper than ${maxNestingDepth}`);
      return;
    }
    if (this.#archivesLeft === 0) {
      this.#report("LIMIT_EXCEEDED", path, `is one of more than ${maxNestedArchives} archives`);
      return;
    }
    this.#archivesLeft -= 1;
    const credible = Math.max(minRatioBytes, entry.compressedSize * maxCompressionRatio);
    const content = this.#content(bytes, entry, path, Math.min(this.#bytesLeft, credible));
    if (content !== undefined) {
      this.read(content, path, depth);
    }
  }

  #addArtifacts(bytes: Uint8Array, path: string, entries: readonly ZipEntry[]): void {
    const manifestEntry = entries.find(({ name }) => name === MANIFEST);
    const manifest = parseManifest(this.#text(bytes, manifestEntry, path));
    const coordinates = this.#mavenCoordinates(bytes, path, entries, manifest);
    const { artifact, version } = parseJarName(path);
    const isNamed = coordinates.some((each) => each.artifact === artifact);
    // Coordinates of something else in it must not make a jar anonymous that has none of its own and is named as Maven does.
    const byName = isNamed
      ? []
      : identifyJar(path, manifest).filter(
          ({ group }) => coordinates.length === 0 || (group !== undefined && version !== undefined),
        );
    // A jar that carries others in itself has their coordinates too; its checksum is that of its own.
    const own = new Set([
      ...byName,
      ...coordinates.filter((each) => each.artifact === artifact || (coordinates.length === 1 && byName.length === 0)),
    ]);
    const sha1 = own.size === 0 ? undefined : sha1Of(bytes);
    for (const each of [...byName, ...coordinates]) {
      this.#add(each, own.has(each) ? sha1 : undefined);
    }
  }

  #mavenCoordinates(
    bytes: Uint8Array,
    path: string,
    entries: readonly ZipEntry[],
    manifest: ReadonlyMap<string, string>,
  ): readonly MavenCoordinates[] {
    const found = new Map<string, MavenCoordinates>();
    // What properties elsewhere in the archive say must neither replace these nor stand for a pom.xml.
    const told = new Set<string>();
    for (const entry of entries) {
      const [, folderGroup = "", folderArtifact = "", kind] = POM.exec(entry.name) ?? [];
      if (kind === "properties") {
        const properties = parseProperties(this.#text(bytes, entry, path));
        const [group, artifact, version] = ["groupId", "artifactId", "version"].map((key) => properties.get(key) ?? "");
        if (group && artifact && version) {
          told.add(`${folderGroup}:${folderArtifact}`);
          found.set(`${group}:${artifact}:${version}`, { group, artifact, version });
        }
      }
    }
    for (const entry of entries) {
      const [, group = "", artifact = "", kind] = POM.exec(entry.name) ?? [];
      if (kind === "xml" && !told.has(`${group}:${artifact}`)) {
        const named = parseJarName(path);
        const version =
          (named.artifact === artifact ? named.version : undefined) ??
          pomVersion(this.#text(bytes, entry, path)) ??
          manifest.get("Implementation-Version");
        if (version !== undefined && version !== "") {
          found.set(`${group}:${artifact}:${version}`, { group, artifact, version });
        }
      }
    }
    return [...found.values()];
  }

  #text(bytes: Uint8Array, entry: ZipEntry | undefined, path: string): string {
    const content =
      entry && this.#content(bytes, entry, `${path}!/${entry.name}`, Math.min(this.#bytesLeft, MAX_TEXT_BYTES));
    return content === undefined ? "" : decodeText(content);
  }

  #content(bytes: Uint8Array, entry: ZipEntry, path: string, maxBytes: number): Uint8Array | undefined {
    const content = readZipEntry(bytes, entry, maxBytes);
    if ("failure" in content) {
      switch (content.failure) {
        case "tooLarge":
          // What was inflated until then is counted too: a thousand entries just over a limit are a bomb as well.
          this.#bytesLeft = Math.max(0, this.#bytesLeft - maxBytes);
          this.#report("LIMIT_EXCEEDED", path, `has more than ${maxBytes} bytes`);
          break;
        case "malformed":
          this.#report("ENTRY_MALFORMED", path, "cannot be inflated");
          break;
        case "encrypted":
          this.#report("ENTRY_MALFORMED", path, "is encrypted");
          break;
        case "unsupported":
          this.#report("ENTRY_MALFORMED", path, "is compressed in a way that Java does not read");
          break;
      }
      return undefined;
    }
    // Stored ones too: any number of entries may stand for the same bytes, and each is read for its checksum.
    this.#bytesLeft = Math.max(0, this.#bytesLeft - Math.max(content.bytes.length, MIN_COST_BYTES));
    return content.bytes;
  }

  #add({ group, artifact, version }: MavenCoordinates, sha1: string | undefined): void {
    const name = group === undefined ? artifact : `${group}:${artifact}`;
    if (isCleanText(name) && isCleanText(version)) {
      this.collector.addPackage({ type: "maven", name, version, ...(sha1 !== undefined && { sha1 }) });
    } else {
      this.#report("ENTRY_MALFORMED", this.#path, `names ${quoteText(name)} in version ${quoteText(version)}`);
    }
  }

  #report(code: "FILE_MALFORMED" | "ENTRY_MALFORMED" | "LIMIT_EXCEEDED", path: string, what: string): void {
    const nested = path.slice(this.#path.length);
    this.collector.addProblem(code, nested === "" ? `the file ${what}` : `${quoteText(nested, 200)} ${what}`);
  }
}

function isOfUse(name: string): boolean {
  return isJarPath(name) || name === MANIFEST || POM.test(name);
}

/** Maven Central finds a file by it; nothing is trusted for it. */
function sha1Of(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

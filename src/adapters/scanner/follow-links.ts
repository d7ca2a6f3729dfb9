// SPDX-License-Identifier: Apache-2.0
import { type Limits, messageOf } from "#base";
import { OciError, type TarEntry } from "#oci";
import type { Analyzer, LayerFile, Problem } from "#packages";
import { analyzeFile, type LayerAnalyzer } from "./analyze-layer.ts";
import { type FoundLinks, findLinks, type LinkedFile, type LinkedFolder } from "./find-links.ts";
import type { LayerReading, LayerVisitor } from "./read-layer.ts";
import { SquashedView } from "./squashed-view.ts";

/** An honest image has some hundred files behind links; thousands of links to one folder would multiply what is in it. */
const MAX_LINKED_FILES = 100_000;
/** Names that the entries of a layer may have through links to folders above them. */
const MAX_LINKED_NAMES = 20_000_000;

export interface FollowLinksOptions {
  readonly analyzers: readonly Analyzer[];
  readonly limits: Limits;
  /** The first reading of each layer, `undefined` where it failed. Files found through links are added to them. */
  readonly layers: readonly (LayerAnalyzer | undefined)[];
  /** Reads a layer again. */
  readLayer(layer: number, visitor: LayerVisitor): Promise<LayerReading>;
}

/**
 * Finds files of analyzers that are links, or lie behind links, across layers; layers are read a second time only for
 * content that the first reading passed over. Returns what could not be found.
 */
export async function followLinks(options: FollowLinksOptions): Promise<readonly Problem[]> {
  const listings = options.layers.map((layer) => layer?.listing);
  const view = new SquashedView(listings, options.limits);
  const problems: Problem[] = [];
  try {
    const found = findLinks(options.analyzers, listings, view);
    for (const { path, reason } of found.unresolved) {
      problems.push({ code: "LINK_UNRESOLVED", message: reason, path });
    }
    for (const problem of await readLinked(found, view, options)) {
      problems.push(problem);
    }
  } catch (error) {
    if (!(error instanceof OciError)) {
      throw error;
    }
    problems.push({ code: "LIMIT_EXCEEDED", message: messageOf(error) });
  }
  return problems;
}

async function readLinked(
  found: FoundLinks,
  view: SquashedView,
  options: FollowLinksOptions,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  let folders = found.folders;
  let searches = found.files.map((file) => throughHardLinks(file, view));
  let readings = 0;
  const maxReadings = options.layers.length + options.limits.maxLinkHops;
  for (;;) {
    searches = searches.map((search) => withKnown(search, options)).filter((search) => search !== undefined);
    const lost = searches.filter((search) => search.layers.length === 0);
    // One by one: as arguments of one call, a million would not fit on the stack.
    for (const search of lost.filter(({ isExpected }) => isExpected)) {
      problems.push(unresolved(search.asPath));
    }
    const layer = highest([...searches, ...folders]);
    if (layer < 0) {
      return problems;
    }
    readings += 1;
    if (readings > maxReadings) {
      throw new OciError("LIMIT_EXCEEDED", "the links of the image would have its layers read too often");
    }
    const here = searches.filter((search) => search.layers[0] === layer);
    const elsewhere = searches.filter((search) => search.layers.length > 0 && search.layers[0] !== layer);
    const linked = folders.filter((folder) => folder.layers.includes(layer));
    const reader = new LinkReader({ layer, view, options, searches: here, folders: linked });
    const reading = await options.readLayer(layer, reader);
    if (reader.isCut) {
      throw new OciError("LIMIT_EXCEEDED", "the links of the image lead to more files than can be read");
    }
    if (reading.isVerified) {
      reader.commit();
      const missed = here.filter((search) => !reader.hasFound(search));
      searches = [...elsewhere, ...missed.map((search) => throughHardLinks(below(search), view))];
    } else {
      problems.push(...reading.problems);
      for (const search of here) {
        problems.push(unresolved(search.asPath));
      }
      searches = elsewhere;
    }
    folders = folders.map((folder) => ({ ...folder, layers: folder.layers.filter((each) => each !== layer) }));
  }
}

function highest(searches: readonly { readonly layers: readonly number[] }[]): number {
  return searches.reduce((layer, search) => Math.max(layer, search.layers[0] ?? -1), -1);
}

function below(search: LinkedFile): LinkedFile {
  return { ...search, layers: search.layers.slice(1) };
}

/** When the layer to look in has a hard link at the path, the content lies at its target, there or further down. */
function throughHardLinks(search: LinkedFile, view: SquashedView): LinkedFile {
  const [layer] = search.layers;
  const target = layer === undefined ? undefined : view.hardLinkTarget(layer, search.path);
  return layer === undefined || target === undefined
    ? search
    : { ...search, path: target, layers: [layer, ...view.layersOf(target, layer - 1)] };
}

/**
 * When the analyzers of the link always look at its target too, the first reading has found the target or it is not
 * there: uses what was found (`undefined`: nothing left to do) or leaves no layer to look in.
 */
function withKnown(search: LinkedFile, { analyzers, layers }: FollowLinksOptions): LinkedFile | undefined {
  const wanting = analyzers.filter((analyzer) => analyzer.wants(search.asPath) === true);
  if (!wanting.every(({ fixedPaths }) => fixedPaths.includes(search.asPath) && fixedPaths.includes(search.path))) {
    return search;
  }
  const at = search.layers.find((layer) => layers[layer]?.filesAt(search.path) !== undefined);
  if (at === undefined) {
    return { ...search, layers: [] };
  }
  const known = (layers[at]?.filesAt(search.path) ?? [])
    .filter((file) => wanting.some((analyzer) => analyzer.name === file.analyzer))
    .map((file) => ({ ...file, path: search.asPath }));
  layers[Math.max(at, search.linkLayer)]?.addFiles(search.asPath, known);
  return undefined;
}

function unresolved(path: string): Problem {
  return { code: "LINK_UNRESOLVED", message: "link leads to a file that is not in the image", path };
}

interface LinkReaderOptions {
  readonly layer: number;
  readonly view: SquashedView;
  readonly options: FollowLinksOptions;
  readonly searches: readonly LinkedFile[];
  readonly folders: readonly LinkedFolder[];
}

/** A second reading of a layer, for the content behind links. What it found counts once the layer is verified. */
class LinkReader implements LayerVisitor {
  readonly #from: LinkReaderOptions;
  readonly #searchesByPath: ReadonlyMap<string, readonly LinkedFile[]>;
  readonly #foldersByPath: ReadonlyMap<string, readonly LinkedFolder[]>;
  /** Linked folders above the folder that was asked for last: neighbours in an archive mostly share theirs. */
  #asked: { readonly folder: string; readonly linked: readonly LinkedFolder[] } | undefined;
  #linkedFiles = 0;
  #linkedNames = 0;
  /** By path asked for; a later entry of the same path replaces an earlier one. */
  readonly #found: Map<string, { readonly linkLayer: number; readonly files: readonly LayerFile[] }> = new Map();

  constructor(from: LinkReaderOptions) {
    this.#from = from;
    this.#searchesByPath = Map.groupBy(from.searches, (search) => search.path);
    this.#foldersByPath = Map.groupBy(from.folders, (folder) => folder.path);
  }

  onEntry(): void {
    // the first reading has listed them
  }

  onTarProblem(): void {
    // the first reading has reported them
  }

  /** Whether there was more than may be read. */
  get isCut(): boolean {
    return this.#linkedFiles > MAX_LINKED_FILES || this.#linkedNames > MAX_LINKED_NAMES;
  }

  select(entry: TarEntry): boolean {
    if (this.isCut) {
      return false;
    }
    const asPaths = this.#asPaths(entry.path);
    this.#linkedFiles += asPaths.length;
    // Under each of its names the file is read anew.
    return asPaths.length > 0 && !this.isCut && asPaths.every(() => this.#target.admit(entry.path, entry.size));
  }

  onFile(entry: TarEntry, bytes: Uint8Array): void {
    for (const { asPath, linkLayer } of this.#asPaths(entry.path)) {
      this.#found.set(asPath, { linkLayer, files: analyzeFile(this.#from.options.analyzers, { path: asPath, bytes }) });
    }
  }

  hasFound(search: LinkedFile): boolean {
    return this.#found.has(search.asPath);
  }

  commit(): void {
    for (const [asPath, { linkLayer, files }] of this.#found) {
      this.#from.options.layers[Math.max(linkLayer, this.#from.layer)]?.addFiles(asPath, files);
    }
  }

  get #target(): LayerAnalyzer {
    return this.#from.options.layers[this.#from.layer] as LayerAnalyzer;
  }

  #asPaths(path: string): readonly { readonly asPath: string; readonly linkLayer: number }[] {
    const searches = this.#searchesByPath.get(path) ?? [];
    if (this.#from.folders.length === 0) {
      return searches;
    }
    const linked = this.#linkedAbove(path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
    this.#linkedNames += linked.length;
    const inFolders = linked.flatMap((folder) => {
      const asPath = `${folder.asPath}/${path.slice(folder.path === "" ? 0 : folder.path.length + 1)}`;
      return this.#isNewlyWanted(path, asPath) ? [{ asPath, linkLayer: folder.linkLayer }] : [];
    });
    return [...searches, ...inFolders];
  }

  #linkedAbove(folder: string): readonly LinkedFolder[] {
    if (this.#asked?.folder !== folder) {
      const linked = [this.#foldersByPath.get("") ?? []];
      for (let above = folder; above !== ""; above = above.slice(0, Math.max(above.lastIndexOf("/"), 0))) {
        linked.push(this.#foldersByPath.get(above) ?? []);
      }
      this.#asked = { folder, linked: linked.flat() };
    }
    return this.#asked.linked;
  }

  #isNewlyWanted(path: string, asPath: string): boolean {
    const { options, view, layer } = this.#from;
    return (
      options.analyzers.some(
        (each) => each.wants(asPath) === true && each.wants(path) !== true && !each.fixedPaths.includes(asPath),
      ) && !view.isHiddenAbove(layer, path)
    );
  }
}

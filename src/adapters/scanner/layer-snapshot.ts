// SPDX-License-Identifier: Apache-2.0
import type { Limits } from "#base";
import type { Analyzer, LayerFile, Problem } from "#packages";
import { LayerAnalyzer } from "./analyze-layer.ts";
import { type LayerLink, ListingCollector } from "./layer-listing.ts";

/** A layer as it was read: what analyzers said, and the problems of reading it. */
export interface ReadLayer {
  readonly analyzer: LayerAnalyzer;
  readonly problems: readonly Problem[];
}

/** Layers with more paths are read again: writing them down would cost more memory than reading them. */
const MAX_PATHS = 300_000;

/** The form in which a layer is kept; JSON, as its paths are the most of it. */
interface Snapshot {
  readonly files: readonly LayerFile[];
  readonly problems: readonly Problem[];
  readonly readingProblems: readonly Problem[];
  readonly analyzedBytes: number;
  readonly entries: number;
  readonly keptBytes: number;
  readonly found: number;
  readonly links: readonly (readonly [string, LayerLink["kind"], string])[];
  readonly folders: readonly string[];
  /** Folders without an entry of their own. */
  readonly impliedFolders: readonly string[];
  readonly nonFolders: readonly string[];
  readonly whiteouts: readonly string[];
  readonly opaqueFolders: readonly string[];
}

/** What a layer cache keeps of a layer; `undefined` when the layer is too large for that. */
export function encodeLayer({ analyzer, problems }: ReadLayer): Uint8Array | undefined {
  const { listing } = analyzer;
  if (listing.links.size + listing.folders.size + listing.nonFolders.size > MAX_PATHS) {
    return undefined;
  }
  const folders = [...listing.folders];
  const snapshot: Snapshot = {
    files: analyzer.files,
    problems: analyzer.problems,
    readingProblems: problems,
    analyzedBytes: analyzer.analyzedBytes,
    entries: analyzer.entries,
    keptBytes: listing.keptBytes,
    found: analyzer.found,
    links: [...listing.links].map(([path, { kind, target }]) => [path, kind, target]),
    folders: folders.filter(([, hasEntry]) => hasEntry).map(([path]) => path),
    impliedFolders: folders.filter(([, hasEntry]) => !hasEntry).map(([path]) => path),
    nonFolders: [...listing.nonFolders],
    whiteouts: listing.whiteouts,
    opaqueFolders: listing.opaqueFolders,
  };
  return Buffer.from(JSON.stringify(snapshot));
}

/** The layer that was kept. The bytes are our own: the cache has compared them with their digest. */
export function decodeLayer(
  bytes: Uint8Array,
  options: { readonly analyzers: readonly Analyzer[]; readonly limits: Limits; readonly isLowest: boolean },
): ReadLayer {
  const snapshot = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")) as Snapshot;
  const listing = new ListingCollector(options.isLowest);
  for (const [path, kind, target] of snapshot.links) {
    listing.links.set(path, { kind, target });
  }
  for (const path of snapshot.folders) {
    listing.folders.set(path, true);
  }
  for (const path of snapshot.impliedFolders) {
    listing.folders.set(path, false);
  }
  for (const path of snapshot.nonFolders) {
    listing.nonFolders.add(path);
  }
  appendAll(listing.whiteouts, snapshot.whiteouts);
  appendAll(listing.opaqueFolders, snapshot.opaqueFolders);
  const analyzer = new LayerAnalyzer({ ...options, listing });
  for (const [path, files] of Map.groupBy(snapshot.files, (file) => file.path)) {
    analyzer.addFiles(path, files);
  }
  appendAll(analyzer.problems, snapshot.problems);
  analyzer.analyzedBytes = snapshot.analyzedBytes;
  analyzer.entries = snapshot.entries;
  analyzer.found = snapshot.found;
  listing.keptBytes = snapshot.keptBytes;
  return { analyzer, problems: snapshot.readingProblems };
}

/** One by one: as arguments of one call, a million would not fit on the stack. */
function appendAll<Item>(list: Item[], items: readonly Item[]): void {
  for (const item of items) {
    list.push(item);
  }
}

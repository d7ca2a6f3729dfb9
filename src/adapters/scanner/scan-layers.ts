// SPDX-License-Identifier: Apache-2.0
import type { Digest, Limits } from "#base";
import { type Descriptor, type ImageSource, layerCompression, ROOT_FILESYSTEM } from "#oci";
import type { Analyzer, LayerAnalysis, Problem } from "#packages";
import { LayerAnalyzer } from "./analyze-layer.ts";
import { followLinks } from "./follow-links.ts";
import { type LayerCache, layerKey } from "./layer-cache.ts";
import { decodeLayer, encodeLayer } from "./layer-snapshot.ts";
import { type LayerReading, type LayerVisitor, readLayer } from "./read-layer.ts";

/** A layer of an image: where it is, and what its content must be. */
export interface ImageLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
}

export interface ScanLayersOptions {
  readonly source: ImageSource;
  /** From the base up. */
  readonly layers: readonly ImageLayer[];
  readonly analyzers: readonly Analyzer[];
  readonly limits: Limits;
  /** How many layers are read at once. */
  readonly concurrency: number;
  readonly cache?: LayerCache | undefined;
  onBytes(layer: number, bytes: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** What was found in each layer, and the problems that belong to no single layer. */
export interface LayersScan {
  readonly layers: readonly LayerAnalysis[];
  readonly problems: readonly Problem[];
  /** False when there are layers and the content of none could be used. */
  readonly isReadable: boolean;
}

/** The first reading of a layer; `analyzer` is absent when its content must not be used. */
interface FirstReading {
  readonly analyzer: LayerAnalyzer | undefined;
  readonly problems: readonly Problem[];
}

/** Reads all layers. Throws only when `signal` is aborted. */
export async function scanLayers(options: ScanLayersOptions): Promise<LayersScan> {
  const readings = await readAll(options);
  const { kept, problems } = withinImageLimits(readings, options.limits);
  const linkProblems = await followLinks({
    analyzers: options.analyzers,
    limits: options.limits,
    layers: kept,
    readLayer: (layer, visitor) => readOne(options, layer, visitor),
  });
  return {
    layers: options.layers.map(({ diffId }, layerIndex) => ({
      layer: diffId,
      layerIndex,
      files: kept[layerIndex]?.files ?? [],
      whiteouts: kept[layerIndex]?.listing.whiteouts ?? [],
      opaqueFolders: kept[layerIndex]?.listing.opaqueFolders ?? [],
      nonFolders: kept[layerIndex]?.listing.nonFolders ?? new Set<string>(),
      problems: [
        ...(readings[layerIndex]?.problems ?? []),
        ...(kept[layerIndex]?.problems.map((problem) => ({ ...problem, layer: diffId })) ?? []),
      ],
    })),
    problems: [...problems, ...linkProblems],
    isReadable: kept.length === 0 || kept.some((analyzer) => analyzer !== undefined),
  };
}

/** Reads layers from the base up, at most `concurrency` at once. */
async function readAll(options: ScanLayersOptions): Promise<readonly FirstReading[]> {
  const readings: FirstReading[] = [];
  let next = 0;
  let entries = 0;
  let keptBytes = 0;
  let found = 0;
  async function work(): Promise<void> {
    while (next < options.layers.length) {
      const layer = next;
      next += 1;
      // What comes after the limit is left out below; there is no need to read it.
      const isBeyondLimit =
        entries > options.limits.maxTarEntries ||
        keptBytes > options.limits.maxListingBytes ||
        found > options.limits.maxPackages;
      readings[layer] = isBeyondLimit ? { analyzer: undefined, problems: [] } : await readFirst(options, layer);
      entries += readings[layer].analyzer?.entries ?? 0;
      keptBytes += readings[layer].analyzer?.listing.keptBytes ?? 0;
      found += readings[layer].analyzer?.found ?? 0;
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, options.concurrency) }, work));
  return readings;
}

async function readFirst(options: ScanLayersOptions, layer: number): Promise<FirstReading> {
  const { analyzers, limits, cache } = options;
  const { descriptor, diffId } = options.layers[layer] as ImageLayer;
  const identity = { diffId, digest: descriptor.digest, isLowest: layer === 0, analyzers, limits };
  // A folder has no content of which its digest is.
  const key = cache === undefined || descriptor.mediaType === ROOT_FILESYSTEM ? undefined : layerKey(identity);
  const kept = key === undefined ? undefined : await cache?.read(key);
  if (kept !== undefined) {
    options.onBytes(layer, descriptor.size);
    return decodeLayer(kept, identity);
  }
  const analyzer = new LayerAnalyzer(identity);
  const { isVerified, problems } = await readOne(options, layer, analyzer);
  const content = key !== undefined && isVerified ? encodeLayer({ analyzer, problems }) : undefined;
  if (key !== undefined && content !== undefined) {
    await cache?.write(key, content);
  }
  return { analyzer: isVerified ? analyzer : undefined, problems };
}

async function readOne(options: ScanLayersOptions, layer: number, visitor: LayerVisitor): Promise<LayerReading> {
  const { descriptor, diffId } = options.layers[layer] as ImageLayer;
  if (descriptor.mediaType === ROOT_FILESYSTEM && options.source.readFiles !== undefined) {
    return await readFolder(options, descriptor, visitor);
  }
  const compression = layerCompression(descriptor.mediaType);
  if (compression === undefined) {
    const message = `layer has the media type ${descriptor.mediaType}, which is not read`;
    return { isVerified: false, problems: [{ code: "LAYER_UNSUPPORTED", message, layer: diffId }] };
  }
  if (descriptor.size > options.limits.maxLayerBytes) {
    const message = `layer has ${descriptor.size} bytes, more than ${options.limits.maxLayerBytes}`;
    return { isVerified: false, problems: [{ code: "LIMIT_EXCEEDED", message, layer: diffId }] };
  }
  const { source, limits, signal } = options;
  return readLayer({
    source,
    descriptor,
    compression,
    diffId,
    limits,
    visitor,
    onBytes: (bytes) => options.onBytes(layer, bytes),
    signal,
  });
}

/** A folder has no bytes of its own, and so nothing to verify. */
async function readFolder(
  { source, signal }: ScanLayersOptions,
  descriptor: Descriptor,
  visitor: LayerVisitor,
): Promise<LayerReading> {
  await source.readFiles?.(
    descriptor,
    {
      onEntry: (entry) => visitor.onEntry(entry),
      select: (entry) => visitor.select(entry),
      accepts: (entry, head) => visitor.accepts?.(entry, head) === true,
      onFile: (entry, bytes) => visitor.onFile(entry, bytes),
      onProblem: (problem) => visitor.onTarProblem(problem),
    },
    signal,
  );
  return { isVerified: true, problems: [] };
}

/**
 * Limits that hold for the image as a whole are applied from the base up, so that the result does not depend on which
 * layer was read first.
 */
function withinImageLimits(
  readings: readonly FirstReading[],
  limits: Limits,
): { readonly kept: readonly (LayerAnalyzer | undefined)[]; readonly problems: readonly Problem[] } {
  let entries = 0;
  let analyzedBytes = 0;
  let keptBytes = 0;
  let found = 0;
  const kept = readings.map(({ analyzer }) => {
    entries += analyzer?.entries ?? 0;
    analyzedBytes += analyzer?.analyzedBytes ?? 0;
    const isWithin =
      entries <= limits.maxTarEntries &&
      analyzedBytes <= limits.maxAnalyzedBytes &&
      // A layer that reached the limit by itself was cut off there.
      keptBytes <= limits.maxListingBytes &&
      found <= limits.maxPackages;
    found += analyzer?.found ?? 0;
    keptBytes += analyzer?.listing.keptBytes ?? 0;
    return isWithin ? analyzer : undefined;
  });
  const problems: Problem[] = [];
  if (entries > limits.maxTarEntries) {
    problems.push({ code: "LIMIT_EXCEEDED", message: `image has more than ${limits.maxTarEntries} entries` });
  }
  if (analyzedBytes > limits.maxAnalyzedBytes) {
    problems.push({
      code: "LIMIT_EXCEEDED",
      message: `files to analyze have more than ${limits.maxAnalyzedBytes} bytes`,
    });
  }
  if (keptBytes > limits.maxListingBytes) {
    problems.push({ code: "LIMIT_EXCEEDED", message: `paths take more than ${limits.maxListingBytes} bytes` });
  }
  if (found > limits.maxPackages) {
    problems.push({ code: "LIMIT_EXCEEDED", message: `files tell more than ${limits.maxPackages} things` });
  }
  return { kept, problems };
}

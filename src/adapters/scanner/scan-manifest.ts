// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest, type Limits, messageOf } from "#base";
import type { ScanReport } from "#findings";
import {
  type Descriptor,
  type ImageConfig,
  type ImageManifest,
  type ImageSource,
  isImageConfig,
  type Platform,
  parseImageConfig,
} from "#oci";
import { type Analyzer, type Inventory, mergeLayers, type Problem } from "#packages";
import { ScanError } from "./errors.ts";
import { type ImageLayer, scanLayers } from "./scan-layers.ts";

/** An image manifest that was selected for scanning. */
export interface SelectedImage {
  readonly digest: Digest;
  readonly manifest: ImageManifest;
}

/** What was found in one image, ready to become a report. */
export interface ScannedImage {
  readonly image: ScanReport["image"];
  readonly inventory: Inventory;
  /** What the image's configuration says, for policies; absent when it could not be read. */
  readonly config?: { readonly user?: string };
}

export interface ScanManifestOptions {
  readonly analyzers: readonly Analyzer[];
  readonly limits: Limits;
  readonly concurrency: number;
  onBytes(layer: number, bytes: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** A platform that nobody named. */
const NO_PLATFORM: Platform = { os: "unknown", architecture: "unknown" };

/** Scans one image. Throws `NOT_AN_IMAGE` for an artifact, and when `signal` is aborted; all else is in the inventory. */
export async function scanManifest(
  source: ImageSource,
  { digest, manifest }: SelectedImage,
  options: ScanManifestOptions,
): Promise<ScannedImage> {
  const { mediaType } = manifest;
  if (!isImageConfig(manifest.config.mediaType)) {
    throw new ScanError(
      "NOT_AN_IMAGE",
      `config has the media type ${manifest.config.mediaType}: not a container image`,
      {
        details: { mediaType: manifest.artifactType ?? manifest.config.mediaType },
      },
    );
  }
  const sizeBytes = manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
  const config = await readConfig(source, manifest.config, options);
  if ("code" in config) {
    const image = { digest, mediaType, platform: NO_PLATFORM, sizeBytes, layers: [] };
    return { image, inventory: failedInventory([config], options.analyzers) };
  }
  const image: ScanReport["image"] = {
    digest,
    mediaType,
    platform: config.platform,
    ...(config.created === undefined ? {} : { created: config.created }),
    sizeBytes,
    layers: describeLayers(manifest, config),
  };
  const { user } = config;
  const said = { image, config: user === undefined ? {} : { user } };
  const problem = checkConfig(manifest, config);
  if (problem !== undefined) {
    return { ...said, inventory: failedInventory([problem], options.analyzers) };
  }
  const layers = manifest.layers.map(
    (descriptor, index): ImageLayer => ({ descriptor, diffId: config.diffIds[index] ?? descriptor.digest }),
  );
  const scan = await scanLayers({ source, layers, ...options });
  const { analyzers, limits } = options;
  const inventory = mergeLayers(scan.layers, { problems: scan.problems, analyzers, limits });
  return { ...said, inventory: scan.isReadable ? inventory : { ...inventory, status: "failed" } };
}

/** An inventory about which nothing is known but why. */
export function failedInventory(problems: readonly Problem[], analyzers: readonly Analyzer[]): Inventory {
  return { ...mergeLayers([], { problems, analyzers }), status: "failed" };
}

async function readConfig(
  source: ImageSource,
  descriptor: Descriptor,
  { limits, signal }: ScanManifestOptions,
): Promise<ImageConfig | Problem> {
  if (descriptor.size > limits.maxConfigBytes) {
    return { code: "CONFIG_MALFORMED", message: `image configuration is larger than ${limits.maxConfigBytes} bytes` };
  }
  try {
    const parts: Uint8Array[] = [];
    for await (const chunk of await source.openBlob(descriptor, signal)) {
      parts.push(Buffer.from(chunk));
    }
    return parseImageConfig(Buffer.concat(parts), limits);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CodedError) {
      return { code: "CONFIG_MALFORMED", message: messageOf(error) };
    }
    throw error;
  }
}

function checkConfig(manifest: ImageManifest, config: ImageConfig): Problem | undefined {
  if (config.platform.os !== "linux") {
    const os = config.platform.os.slice(0, 100);
    return { code: "PLATFORM_UNSUPPORTED", message: `images for the operating system ${os} are not read` };
  }
  if (config.diffIds.length !== manifest.layers.length) {
    const counts = `${config.diffIds.length} layers, the manifest ${manifest.layers.length}`;
    return { code: "CONFIG_MALFORMED", message: `image configuration names ${counts}` };
  }
  return undefined;
}

function describeLayers(manifest: ImageManifest, config: ImageConfig): ScanReport["image"]["layers"] {
  const history = config.history.filter((entry) => !entry.isEmptyLayer);
  const isHistoryComplete = history.length === manifest.layers.length;
  return manifest.layers.flatMap(({ digest, size }, index) => {
    const diffId = config.diffIds[index];
    const createdBy = isHistoryComplete ? history[index]?.createdBy : undefined;
    return diffId === undefined ? [] : [{ digest, diffId, sizeBytes: size, ...(createdBy ? { createdBy } : {}) }];
  });
}

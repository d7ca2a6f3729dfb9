// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest, type Limits, messageOf } from "#base";
import { guessBaseImage, type ScanReport } from "#findings";
import {
  type Descriptor,
  type ImageConfig,
  type ImageManifest,
  type ImageSource,
  isImageConfig,
  type Platform,
  parseImageConfig,
  ROOT_FILESYSTEM,
} from "#oci";
import {
  type Analyzer,
  type ImageObservation,
  type Inventory,
  type MalwareScanner,
  mergeLayers,
  type Package,
  type Problem,
  withObservations,
} from "#packages";
import { hideSecrets } from "#secrets";
import { ScanError } from "./errors.ts";
import type { LayerCache } from "./layer-cache.ts";
import { type ImageLayer, type LayersScan, scanLayers } from "./scan-layers.ts";
import { scanMalware } from "./scan-malware.ts";

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
  inspectConfig?(config: ImageConfig): readonly ImageObservation[];
  judgePackages?(packages: readonly Package[]): readonly ImageObservation[];
  /** Absent: no malware is looked for; `"missing"`: it should be, and there is nobody to ask. */
  readonly malware?: MalwareScanner | "missing" | undefined;
  readonly limits: Limits;
  readonly concurrency: number;
  readonly cache?: LayerCache | undefined;
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
    ...baseOf(manifest, config),
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
  const read = await scanLayers({ source, layers, ...options });
  const { scan, malwareVersion } = await withMalware(read, { source, layers, options });
  const { analyzers, limits } = options;
  // The configuration of a folder is our own.
  const isFolder = manifest.layers[0]?.mediaType === ROOT_FILESYSTEM && source.readFiles !== undefined;
  const observations = isFolder ? [] : (options.inspectConfig?.(config) ?? []);
  const merged = mergeLayers(scan.layers, { problems: scan.problems, observations, analyzers, limits });
  // one that does not answer has looked at nothing, which the problems say
  const malware =
    typeof options.malware === "object"
      ? await options.malware.describe(options.signal).catch(() => undefined)
      : undefined;
  const looked = malware === undefined ? merged : { ...merged, analyzers: { ...merged.analyzers, malware } };
  const inventory = withObservations(looked, options.judgePackages?.(merged.packages) ?? [], limits.maxObservations);
  const named =
    malwareVersion === undefined
      ? inventory
      : { ...inventory, analyzers: { ...inventory.analyzers, malware: malwareVersion } };
  return { ...said, inventory: scan.isReadable ? named : { ...named, status: "failed" } };
}

/** The scan with what a malware scanner says about the same layers, and the version of that scanner, when it answers. */
async function withMalware(
  scan: LayersScan,
  { source, layers, options }: { source: ImageSource; layers: readonly ImageLayer[]; options: ScanManifestOptions },
): Promise<{ readonly scan: LayersScan; readonly malwareVersion?: string }> {
  const { malware, limits, signal } = options;
  if (malware === undefined) {
    return { scan };
  }
  if (malware === "missing") {
    return { scan: unchecked(scan, "no malware scanner is configured (malware.clamd)") };
  }
  try {
    const malwareVersion = await malware.describe(signal);
    const { files, problems } = await scanMalware({ source, layers, scanner: malware, limits, signal });
    return {
      scan: {
        ...scan,
        layers: scan.layers.map((layer, index) => ({ ...layer, files: [...layer.files, ...(files[index] ?? [])] })),
        problems: [...scan.problems, ...problems],
      },
      malwareVersion,
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CodedError) {
      return { scan: unchecked(scan, messageOf(error)) };
    }
    throw error;
  }
}

function unchecked(scan: LayersScan, message: string): LayersScan {
  return { ...scan, problems: [...scan.problems, { code: "MALWARE_UNCHECKED", message }] };
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

function baseOf(manifest: ImageManifest, config: ImageConfig): Pick<ScanReport["image"], "base"> {
  const { annotations } = manifest;
  const base = guessBaseImage({ ...config, ...(annotations === undefined ? {} : { annotations }) });
  return base === undefined ? {} : { base };
}

function describeLayers(manifest: ImageManifest, config: ImageConfig): ScanReport["image"]["layers"] {
  const history = config.history.filter((entry) => !entry.isEmptyLayer);
  const isHistoryComplete = history.length === manifest.layers.length;
  return manifest.layers.flatMap(({ digest, size }, index) => {
    const diffId = config.diffIds[index];
    const createdBy = isHistoryComplete ? history[index]?.createdBy : undefined;
    return diffId === undefined
      ? []
      : [{ digest, diffId, sizeBytes: size, ...(createdBy ? { createdBy: hideSecrets(createdBy) } : {}) }];
  });
}

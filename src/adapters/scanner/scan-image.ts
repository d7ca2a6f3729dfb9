// SPDX-License-Identifier: Apache-2.0
import { LIMITS, type Limits, messageOf } from "#base";
import { type Descriptor, type ImageConfig, type ImageSource, type Platform, parseManifest } from "#oci";
import type { Analyzer, ImageObservation, MalwareScanner } from "#packages";
import { DEFAULT_SCANNERS, planScan, type Scanner } from "./default-analyzers.ts";
import { ScanError } from "./errors.ts";
import type { LayerCache } from "./layer-cache.ts";
import { failedInventory, type ScannedImage, type SelectedImage, scanManifest } from "./scan-manifest.ts";
import { selectImages, type UnreadableImage } from "./select-images.ts";

/** How far a scan is. Bytes are those of layers as transferred, over all images that are scanned. */
export interface ScanProgress {
  readonly phase: "layers" | "done";
  /** Place of the layer in its image, counted from the base (0). */
  readonly layer: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ScanImageOptions {
  /** A child of the source's index to scan instead of all that it stands for. */
  readonly descriptor?: Descriptor;
  /** Which children of an index: every one that can run (default), those for this machine, or for a platform. */
  readonly platforms?: "all" | "host" | Platform;
  readonly limits?: Limits;
  /** Layers read at once; default 2. */
  readonly concurrency?: number;
  /** Layers that are kept there are not read. */
  readonly cache?: LayerCache;
  onProgress?(progress: ScanProgress): void;
  readonly signal?: AbortSignal;
  /** What to look for; default: `DEFAULT_SCANNERS`. Without `"secret"` no text is read for secrets. */
  readonly scanners?: readonly Scanner[];
  /** Asked when the scanners have `"malware"`; without it nobody can tell, and the inventory says so. */
  readonly malware?: MalwareScanner;
  /** Instead of those that serve the scanners. */
  readonly analyzers?: readonly Analyzer[];
  /** Instead of what the scanners say about the configuration of an image. */
  inspectConfig?(config: ImageConfig): readonly ImageObservation[];
}

/** Node's names of architectures where OCI has others. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** The platform of images for this machine: containers are Linux, whatever runs around them. */
export function hostPlatform(): Platform {
  return { os: "linux", architecture: ARCHITECTURES[process.arch] ?? process.arch };
}

/**
 * Scans the image that the source stands for: one result for each image, in the order of the index. What is wrong with an
 * image is in its inventory. Throws `ScanError` when there is nothing to scan, `OciError` when the root manifest is
 * malformed, errors of the source about it, and the reason of `signal` when aborted.
 */
export async function scanImage(source: ImageSource, options: ScanImageOptions = {}): Promise<readonly ScannedImage[]> {
  const { limits = LIMITS, concurrency = 2, platforms = "all", signal } = options;
  const plan = await planScan(options.scanners ?? DEFAULT_SCANNERS);
  const analyzers = options.analyzers ?? plan.analyzers;
  const inspectConfig = options.inspectConfig ?? plan.inspectConfig;
  const root = await readRoot(source, options.descriptor, limits);
  const platform = platforms === "all" ? undefined : platforms === "host" ? hostPlatform() : platforms;
  const selected = await selectImages(source, root, { platform, limits });
  const totalBytes = selected.reduce((sum, each) => sum + layerBytes(each), 0);
  let doneBytes = 0;
  const scanned: ScannedImage[] = [];
  for (const each of selected) {
    signal?.throwIfAborted();
    const image =
      "problem" in each
        ? unreadableImage(each, analyzers)
        : await scanManifest(source, each, {
            analyzers,
            ...(inspectConfig === undefined ? {} : { inspectConfig }),
            ...(plan.judgePackages === undefined ? {} : { judgePackages: plan.judgePackages }),
            malware: options.scanners?.includes("malware") === true ? (options.malware ?? "missing") : undefined,
            limits,
            concurrency,
            cache: options.cache,
            signal,
            onBytes: (layer, bytes) => {
              // Layers that are read twice because of links would count twice.
              doneBytes = Math.min(doneBytes + bytes, totalBytes);
              options.onProgress?.({ phase: "layers", layer, doneBytes, totalBytes });
            },
          }).catch((error: unknown) => {
            if (error instanceof ScanError && selected.length > 1) {
              return unreadableImage(notAnImage(each, error), analyzers);
            }
            throw error;
          });
    scanned.push(image);
  }
  options.onProgress?.({ phase: "done", layer: 0, doneBytes: totalBytes, totalBytes });
  return scanned;
}

async function readRoot(
  source: ImageSource,
  descriptor: Descriptor | undefined,
  limits: Limits,
): Promise<{ readonly manifest: ReturnType<typeof parseManifest>; readonly digest: SelectedImage["digest"] }> {
  if (descriptor === undefined || descriptor.digest === source.root.digest) {
    const { bytes, mediaType, digest } = source.root;
    return { manifest: parseManifest(bytes, mediaType, limits), digest };
  }
  const bytes = await source.readManifest(descriptor);
  return { manifest: parseManifest(bytes, descriptor.mediaType, limits), digest: descriptor.digest };
}

function layerBytes(selected: SelectedImage | UnreadableImage): number {
  return "problem" in selected ? 0 : selected.manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
}

/** A child that is an artifact does not keep its siblings from being scanned, and is not silently left out. */
function notAnImage({ digest, manifest }: SelectedImage, error: ScanError): UnreadableImage {
  return {
    descriptor: { digest, mediaType: manifest.mediaType, size: 0 },
    problem: { code: "CONFIG_MALFORMED", message: messageOf(error) },
  };
}

function unreadableImage({ descriptor, problem }: UnreadableImage, analyzers: readonly Analyzer[]): ScannedImage {
  const { digest, mediaType, platform = { os: "unknown", architecture: "unknown" } } = descriptor;
  return {
    image: { digest, mediaType, platform, sizeBytes: 0, layers: [] },
    inventory: failedInventory([problem], analyzers),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { digestOf, LIMITS } from "#base";
import { openImageSource, type RegistryOptions } from "#image-source";
import {
  type Descriptor,
  type ImageReference,
  isSamePlatform,
  OCI_INDEX,
  type Platform,
  parseImageReference,
  renderPlatform,
} from "#oci";
import type { Sbom } from "#sbom";
import { hostPlatform, openLayerCache, ScanError, type ScannedImage, type Scanner, scanImage } from "#scanner";
import type { CommandContext } from "../command.ts";
import { createProgressBar } from "../progress-bar.ts";
import { limitYoungGeneration } from "./limit-young-generation.ts";
import { readSubjectFile } from "./read-subject-file.ts";

/** How a subject is looked at. */
export interface SubjectScan {
  readonly platforms: "host" | "all" | Platform;
  readonly scanners?: readonly Scanner[];
  readonly hasProgress: boolean;
  /** Where what was found in layers is kept; absent: nowhere. */
  readonly cacheDir?: string;
}

/** What a location names, opened. */
export interface ScanSubject extends AsyncDisposable {
  /** For people, without credentials. */
  readonly location: string;
  /** The image or index; of a bill of materials what it says of itself. */
  readonly root: Pick<Descriptor, "digest" | "mediaType">;
  /** The name under which a registry has it. */
  readonly reference?: ImageReference;
  scan(options: SubjectScan): Promise<readonly ScannedImage[]>;
}

const SBOM = "sbom:";

/** Whether a location names a bill of materials. */
export function isSbom(location: string): boolean {
  return location.startsWith(SBOM);
}

/** Opens a location: what `#image-source` reads, or a bill of materials (`sbom:FILE`). Throws as these do. */
export async function openSubject(
  location: string,
  access: RegistryOptions,
  context: CommandContext,
): Promise<ScanSubject> {
  return isSbom(location) ? await openSbom(location) : await openImage(location, access, context);
}

async function openImage(location: string, access: RegistryOptions, context: CommandContext): Promise<ScanSubject> {
  const source = await openImageSource(location, { ...access, signal: context.signal });
  return {
    location: source.location,
    root: source.root,
    ...(location.startsWith("docker://") ? { reference: parseImageReference(location.slice("docker://".length)) } : {}),
    async scan({ platforms, scanners, hasProgress, cacheDir }) {
      const clamd = scanners?.includes("malware") === true ? context.configuration().malware.clamd : undefined;
      const malware =
        clamd === undefined ? undefined : (await import("#malware")).createClamdScanner({ address: clamd });
      const bar = createProgressBar(context.stderr, hasProgress);
      return await scanImage(source, {
        platforms,
        ...(scanners === undefined ? {} : { scanners }),
        ...(malware === undefined ? {} : { malware }),
        ...(cacheDir === undefined ? {} : { cache: openLayerCache({ folder: cacheDir }) }),
        signal: context.signal,
        onProgress: ({ doneBytes, totalBytes }) => {
          bar.update(mebibytes(doneBytes, totalBytes), doneBytes, totalBytes);
          limitYoungGeneration(totalBytes);
        },
      }).finally(() => bar.clear());
    },
    [Symbol.asyncDispose]: async () => await source[Symbol.asyncDispose](),
  };
}

async function openSbom(location: string): Promise<ScanSubject> {
  const bytes = await readSubjectFile(location.slice(SBOM.length), LIMITS.maxSbomBytes);
  const { parseSbom } = await import("#sbom");
  const { images } = parseSbom(bytes);
  const [only] = images;
  return {
    location,
    root:
      images.length === 1 && only !== undefined
        ? { digest: only.image.digest, mediaType: only.image.mediaType }
        : { digest: digestOf(bytes), mediaType: OCI_INDEX },
    scan: ({ platforms }) => Promise.resolve(imagesFor(images, platforms)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function imagesFor(images: Sbom["images"], platforms: SubjectScan["platforms"]): Sbom["images"] {
  if (platforms === "all" || images.length === 1) {
    return images;
  }
  const wanted = platforms === "host" ? hostPlatform() : platforms;
  const found = images.filter(({ image }) => isSamePlatform(image.platform, wanted));
  if (found.length === 0) {
    const offered = images.map(({ image }) => renderPlatform(image.platform)).join(", ");
    throw new ScanError("PLATFORM_NOT_FOUND", `expected an image for ${renderPlatform(wanted)}, found ${offered}`);
  }
  return found;
}

function mebibytes(done: number, total: number): string {
  return `${(done / 2 ** 20).toFixed(0)} / ${(total / 2 ** 20).toFixed(0)} MiB`;
}

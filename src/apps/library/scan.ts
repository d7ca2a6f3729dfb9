// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { AdvisorySource } from "#advisories";
import { ensureBundledDatabase, openAdvisoryDatabase } from "#advisory-db";
import { LIMITS } from "#base";
import { createScanReport, expiredStatements, type ScanReport, type SuppressionStatement } from "#findings";
import { openImageSource, type RegistryOptions } from "#image-source";
import { type Platform, parseImageReference } from "#oci";
import { openLayerCache, type ScannedImage, type Scanner, type ScanProgress, scanImage } from "#scanner";
import { parseIgnoreFile, parseVex } from "#suppressions";

/** How an image is scanned from code; everything has a default. */
export interface ScanOptions {
  /** The advisories: an open source, or the path of a database. Default: those that come with the program, built in `cacheFolder`. */
  readonly advisories?: AdvisorySource | string;
  /** For the bundled advisories and, with `keepLayers`, for layers. Default `.cache/haechi` in the home folder. */
  readonly cacheFolder?: string;
  /** Whether what was found in layers is kept there, so that the next image on the same base costs only its own layers. Default false. */
  readonly keepLayers?: boolean;
  /** What to look for; default: vulnerabilities, secrets, configuration, licences. */
  readonly scanners?: readonly Scanner[];
  /** Which images of an index; default: all that can run. */
  readonly platforms?: "all" | "host" | Platform;
  /** Files of VEX documents that are trusted, and the ignore file. Nothing is looked for where it was not named. */
  readonly vexFiles?: readonly string[];
  readonly ignoreFile?: string;
  /** Statements that were read already, e.g. of attestations. */
  readonly statements?: readonly SuppressionStatement[];
  /** When ignored findings are judged to have ended; default: now. */
  readonly now?: Date;
  /** How registries are reached: credentials, CAs, proxies. Nothing is taken from the environment. */
  readonly registry?: RegistryOptions;
  readonly signal?: AbortSignal;
  onProgress?(progress: ScanProgress): void;
}

/** What came of a scan. */
export interface ScanResult {
  /** One for each image of the location, in the order of the index. */
  readonly reports: readonly ScanReport[];
  /** Entries of the ignore file that ended and suppress nothing. */
  readonly expired: readonly SuppressionStatement[];
}

/**
 * Scans the image at a location (`docker://REFERENCE`, `oci:FOLDER`, `oci-archive:FILE`, `docker-archive:FILE`, `dir:FOLDER`). What is wrong
 * with the image stands in its report (`inventory.status`, `inventory.problems`, `coverageGaps`). Throws a `CodedError` when there is nothing to
 * scan, and for a database, VEX document or ignore file that cannot be used, all of which are read before the image.
 */
export async function scan(location: string, options: ScanOptions = {}): Promise<ScanResult> {
  const statements = await readStatements(options);
  const now = options.now ?? new Date();
  await using advisories = await openAdvisories(options);
  await using source = await openImageSource(location, {
    ...options.registry,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const scanned = await scanImage(source, {
    ...(options.platforms === undefined ? {} : { platforms: options.platforms }),
    ...(options.scanners === undefined ? {} : { scanners: options.scanners }),
    ...(options.keepLayers === true ? { cache: openLayerCache({ folder: join(cacheFolder(options), "layers") }) } : {}),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress.bind(options) }),
  });
  const references = referencesOf(location);
  const reports = scanned.map((each) => {
    const image = { digests: [each.image.digest, source.root.digest], references };
    return report(each, advisories.source, { statements, now, image });
  });
  return { reports, expired: expiredStatements(statements, now) };
}

/** The report on an image whose inventory was stored: the same that a new scan would give, without the image's bytes. */
export function report(
  scanned: Pick<ScannedImage, "image" | "inventory">,
  source: AdvisorySource,
  suppressions?: Parameters<typeof createScanReport>[0]["suppressions"],
): ScanReport {
  const { image, inventory } = scanned;
  return createScanReport({ image, inventory, source, ...(suppressions === undefined ? {} : { suppressions }) });
}

function cacheFolder(options: ScanOptions): string {
  return options.cacheFolder ?? join(homedir(), ".cache/haechi");
}

async function openAdvisories(options: ScanOptions): Promise<AsyncDisposable & { readonly source: AdvisorySource }> {
  const given = options.advisories;
  if (given !== undefined && typeof given !== "string") {
    return { source: given, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const database = openAdvisoryDatabase(given ?? (await ensureBundledDatabase(cacheFolder(options))));
  return {
    source: database,
    [Symbol.asyncDispose]: () => {
      database[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

async function readStatements(options: ScanOptions): Promise<readonly SuppressionStatement[]> {
  const statements: SuppressionStatement[] = [...(options.statements ?? [])];
  if (options.ignoreFile !== undefined) {
    const text = await readBounded(options.ignoreFile, LIMITS.maxPolicyBytes);
    statements.push(...parseIgnoreFile(new TextDecoder().decode(text), options.ignoreFile));
  }
  for (const name of options.vexFiles ?? []) {
    for (const statement of parseVex(await readBounded(name, LIMITS.maxVexBytes), { name }).statements) {
      statements.push(statement);
    }
  }
  return statements;
}

/** One byte more than allowed is enough for the parser to say so. */
async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.min(size, maxBytes + 1));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  return buffer.subarray(0, bytesRead);
}

function referencesOf(location: string): readonly { readonly repository: string; readonly tag?: string }[] {
  if (!location.startsWith("docker://")) {
    return [];
  }
  const { registry, repository, tag } = parseImageReference(location.slice("docker://".length));
  return [{ repository: `${registry}/${repository}`, ...(tag === undefined ? {} : { tag }) }];
}

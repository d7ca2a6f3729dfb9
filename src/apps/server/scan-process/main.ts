// SPDX-License-Identifier: Apache-2.0
import { AdvisoryDatabaseError, openAdvisoryDatabase } from "#advisory-db";
import { CodedError, messageOf } from "#base";
import { createScanReport } from "#findings";
import { openImageSource } from "#image-source";
import type { ImageSource } from "#oci";
import {
  type LayerCache,
  openLayerCache,
  ScanError,
  type ScannedImage,
  type Scanner,
  type ScanProgress,
  scanImage,
} from "#scanner";
import { describeUnscanned } from "./describe-unscanned.ts";
import type { RematchRequest, RemoteScan, ScanAnswer, ScanProgressMessage, ScanRequest } from "./protocol.ts";
import { watchSource } from "./watch-source.ts";

const PROGRESS_INTERVAL_MS = 250;

/** Scans one image. Whatever is wrong with the image is in the answer; a bug ends the process, and the job is tried again. */
async function scan(request: ScanRequest): Promise<ScanAnswer> {
  try {
    if ("layoutDir" in request) {
      await using source = await openImageSource(`oci:${request.layoutDir}@${request.digest}`);
      const { layerCache } = request;
      return await scanSource(source, {
        ...request,
        ...(layerCache === undefined ? {} : { cache: openLayerCache(layerCache) }),
      });
    }
    return await scanRemote(request);
  } catch (error) {
    // a database that cannot be opened says nothing about the image: the job is tried again
    if (error instanceof CodedError && !(error instanceof AdvisoryDatabaseError)) {
      return { state: "failed", message: error.message };
    }
    throw error;
  }
}

async function scanRemote(request: RemoteScan & ScanSettings): Promise<ScanAnswer> {
  const { registry, repository, digest, options } = request;
  await using opened = await openImageSource(`docker://${registry}/${repository}@${digest}`, options);
  const { source, failure } = watchSource(opened);
  const answer = await scanSource(source, request);
  const error = failure();
  return error === undefined ? answer : { state: "failed", message: messageOf(error) };
}

interface ScanSettings {
  readonly advisoryFile: string;
  readonly scanners?: readonly Scanner[];
  readonly clamd?: string;
  readonly cache?: LayerCache;
}

async function scanSource(source: ImageSource, settings: ScanSettings): Promise<ScanAnswer> {
  const { scanners, clamd, cache } = settings;
  const isMalwareAsked = scanners?.includes("malware") === true && clamd !== undefined;
  const malware = isMalwareAsked ? (await import("#malware")).createClamdScanner({ address: clamd }) : undefined;
  let scanned: ScannedImage | undefined;
  try {
    [scanned] = await scanImage(source, {
      ...(scanners === undefined ? {} : { scanners }),
      ...(cache === undefined ? {} : { cache }),
      ...(malware === undefined ? {} : { malware }),
      onProgress: createProgress(),
    });
  } catch (error) {
    if (error instanceof ScanError && error.code === "NOT_AN_IMAGE") {
      return await describeUnscanned(source, error);
    }
    throw error;
  }
  if (scanned === undefined) {
    return { state: "failed", message: "the manifest holds no image" };
  }
  using advisories = openAdvisoryDatabase(settings.advisoryFile);
  return { state: "done", report: createScanReport({ ...scanned, source: advisories }) };
}

/** Tells the server how far the scan is, not more often than anybody looks. */
function createProgress(): (progress: ScanProgress) => void {
  let toldMs = 0;
  return ({ doneBytes, totalBytes }) => {
    const nowMs = performance.now();
    if (nowMs - toldMs >= PROGRESS_INTERVAL_MS) {
      toldMs = nowMs;
      tell({ state: "progress", doneBytes, totalBytes });
    }
  };
}

function tell(message: ScanAnswer | ScanProgressMessage, onSent?: () => void): void {
  process.send?.(message, () => onSent?.());
}

/** Stored inventories are matched one after the other, with the advisories opened once. */
function rematch(request: RematchRequest): void {
  advisories ??= openAdvisoryDatabase(request.advisoryFile);
  tell({ state: "done", report: createScanReport({ ...request.rematch, source: advisories }) });
}

let advisories: ReturnType<typeof openAdvisoryDatabase> | undefined;

function end(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

process.on("message", (message: ScanRequest | RematchRequest) => {
  if ("rematch" in message) {
    try {
      rematch(message);
    } catch (error) {
      end(error);
    }
    return;
  }
  scan(message).then((answer) => tell(answer, () => process.disconnect()), end);
});
// without its parent nobody waits for the answer
process.once("disconnect", () => process.exit(0));

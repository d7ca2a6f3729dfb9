// SPDX-License-Identifier: Apache-2.0
import { openAdvisoryDatabase } from "#advisory-db";
import { CodedError, messageOf } from "#base";
import { createScanReport } from "#findings";
import { openImageSource } from "#image-source";
import type { ImageSource } from "#oci";
import { ScanError, type ScannedImage, scanImage } from "#scanner";
import { describeUnscanned } from "./describe-unscanned.ts";
import type { RemoteScan, ScanAnswer, ScanRequest } from "./protocol.ts";
import { watchSource } from "./watch-source.ts";

/** Scans one image of the blob store. Whatever is wrong with the image is in the answer; a bug ends the process, and the job is tried again. */
async function scan(request: ScanRequest): Promise<ScanAnswer> {
  try {
    if ("layoutDir" in request) {
      await using source = await openImageSource(`oci:${request.layoutDir}@${request.digest}`);
      return await scanSource(source, request.advisoryFile);
    }
    return await scanRemote(request);
  } catch (error) {
    if (error instanceof CodedError) {
      return { state: "failed", message: error.message };
    }
    throw error;
  }
}

async function scanRemote(request: RemoteScan & { readonly advisoryFile: string }): Promise<ScanAnswer> {
  const { registry, repository, digest, options } = request;
  await using opened = await openImageSource(`docker://${registry}/${repository}@${digest}`, options);
  const { source, failure } = watchSource(opened);
  const answer = await scanSource(source, request.advisoryFile);
  const error = failure();
  return error === undefined ? answer : { state: "failed", message: messageOf(error) };
}

async function scanSource(source: ImageSource, advisoryFile: string): Promise<ScanAnswer> {
  let scanned: ScannedImage | undefined;
  try {
    [scanned] = await scanImage(source);
  } catch (error) {
    if (error instanceof ScanError && error.code === "NOT_AN_IMAGE") {
      return await describeUnscanned(source, error);
    }
    throw error;
  }
  if (scanned === undefined) {
    return { state: "failed", message: "the manifest holds no image" };
  }
  using advisories = openAdvisoryDatabase(advisoryFile);
  return { state: "done", report: createScanReport({ ...scanned, source: advisories }) };
}

process.once("message", (message) => {
  scan(message as ScanRequest).then(
    (answer) => process.send?.(answer, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
});
// without its parent nobody waits for the answer
process.once("disconnect", () => process.exit(0));

// SPDX-License-Identifier: Apache-2.0
import { openAdvisoryDatabase } from "#advisory-db";
import { CodedError } from "#base";
import { createScanReport } from "#findings";
import { openImageSource } from "#image-source";
import { ScanError, scanImage } from "#scanner";
import type { ScanAnswer, ScanRequest } from "./protocol.ts";

/** Scans one image of the blob store. Whatever is wrong with the image is in the answer; a bug ends the process, and the job is tried again. */
async function scan(request: ScanRequest): Promise<ScanAnswer> {
  try {
    await using source = await openImageSource(`oci:${request.layoutDir}@${request.digest}`);
    const [scanned] = await scanImage(source);
    if (scanned === undefined) {
      return { state: "failed", message: "the manifest holds no image" };
    }
    using advisories = openAdvisoryDatabase(request.advisoryFile);
    return { state: "done", report: createScanReport({ ...scanned, source: advisories }) };
  } catch (error) {
    if (error instanceof ScanError && error.code === "NOT_AN_IMAGE") {
      return {
        state: "unsupported",
        message: typeof error.details["mediaType"] === "string" ? error.details["mediaType"] : error.message,
      };
    }
    if (error instanceof CodedError) {
      return { state: "failed", message: error.message };
    }
    throw error;
  }
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

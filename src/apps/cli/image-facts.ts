// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import { renderPlatform } from "#oci";
import type { ImageFacts, PlatformFacts } from "#policy";

/** The facts of a scan that was made just now: of one image, or of the children of the index `root`. */
export function imageFactsOf(root: Digest, reports: readonly ScanReport[], now: Date): ImageFacts {
  const children = reports.map(
    (report): PlatformFacts => ({
      digest: report.image.digest,
      platform: renderPlatform(report.image.platform),
      scan: { state: "done", report, scannedAt: now.toISOString() },
    }),
  );
  const [only] = children;
  // the one child that was chosen of an index is what would run here, so it is judged as the image itself
  return children.length === 1 && only !== undefined
    ? { kind: "image", ...only }
    : { kind: "index", digest: root, children };
}

// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestOf } from "#base";
import type { ManifestRecord } from "#database";
import type { ScanReport } from "#findings";

/** A digest made up from a word. */
export function testDigest(word: string): Digest {
  return digestOf(word);
}

/** A record of an image with one config and one layer. */
export function testManifest(changes: Partial<ManifestRecord> = {}): ManifestRecord {
  return {
    repository: "team/app",
    digest: testDigest("manifest"),
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    kind: "image",
    sizeBytes: 500,
    platform: "linux/amd64",
    references: [
      { digest: testDigest("config"), kind: "blob", sizeBytes: 100 },
      { digest: testDigest("layer"), kind: "blob", sizeBytes: 10_000 },
    ],
    pushedBy: "alice",
    pushedAt: "2026-11-22T01:02:03.456Z",
    ...changes,
  };
}

/** A finished report without packages. */
export function testReport(digest: Digest, databaseDigest = "database-1"): ScanReport {
  return {
    image: {
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      platform: { os: "linux", architecture: "amd64" },
      sizeBytes: 10_000,
      layers: [],
    },
    inventory: {
      status: "complete",
      distribution: { id: "debian", versionId: "12" },
      // NUL is legal in JSON and in a package name that a scan finds, and illegal in jsonb and text.
      packages: [],
      problems: [{ code: "ENTRY_MALFORMED", message: "name \0 \uD800" }],
      analyzers: { dpkg: "1" },
    },
    findings: [],
    coverageGaps: [],
    database: { digest: databaseDigest, date: "2026-11-01T00:00:00Z", advisories: 0, isBundled: true, ecosystems: {} },
  };
}

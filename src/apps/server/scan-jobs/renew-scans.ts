// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { analyzerFingerprint, type Database } from "#database";
import { analyzerVersions, type Scanner } from "#scanner";

/** Scans that wait in the background at once: whatever else is asked for goes before them. */
const MAX_WAITING = 8;

/** Asks for scans, a few at a time, of images that were read by other analyzers than those of this version. */
export interface ScanRenewal {
  /** Asks for as many as may wait; returns their digests. */
  renew(): Promise<readonly Digest[]>;
}

export async function createScanRenewal(
  { scans, scanJobs }: Pick<Database, "scans" | "scanJobs">,
  { scanners, clamd }: { readonly scanners: readonly Scanner[]; readonly clamd: string | undefined },
): Promise<ScanRenewal> {
  const fingerprint = analyzerFingerprint({
    ...(await analyzerVersions(scanners)),
    ...(scanners.includes("malware") && clamd !== undefined ? { malware: "" } : {}),
  });
  // Each once in the life of this process: one that fails stays as it is, and two versions of us that share a database
  // (while one replaces the other) must not scan by turns for ever.
  const asked = new Set<Digest>();
  return {
    async renew() {
      const waiting = await scanJobs.listBackground();
      const free = MAX_WAITING - waiting.size;
      if (free <= 0) {
        return [];
      }
      const listed = await scans.listMadeWithOtherAnalyzers(fingerprint, asked.size + free);
      const digests = listed.filter((digest) => !asked.has(digest)).slice(0, free);
      for (const digest of digests) {
        asked.add(digest);
        await scans.request(digest, { reason: "analyzers" });
      }
      return digests;
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

/** Its version is that of its signatures, of which there are new ones every day. */
const MALWARE = "malware";

/** A short name for a set of analyzers and their versions: images that others read are scanned again. */
export function analyzerFingerprint(versions: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(versions)
    .map(([name, version]) => [name, name === MALWARE ? "" : version] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 32);
}

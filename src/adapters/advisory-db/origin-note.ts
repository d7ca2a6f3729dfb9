// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestHex, digestOf, isDigest } from "#base";

/** The name of the index document in a database folder. */
export const INDEX_FILE = "index.json";

/** Where a database was fetched from, and why it was trusted; lies beside the index that it is about. */
export interface OriginNote {
  /** Location without credentials. */
  readonly location: string;
  /** Digest of the artifact's manifest. */
  readonly manifest: Digest;
  /** Who signed it, or `digest` when it was pinned. */
  readonly trustedBy: "digest" | "signature";
  readonly signers: readonly string[];
}

/** The name of the note about one index. */
export function originPath(index: Uint8Array): string {
  return `origin-${digestHex(digestOf(index)).slice(0, 16)}.json`;
}

export function renderOrigin(note: OriginNote): string {
  return `${JSON.stringify(note, undefined, 1)}\n`;
}

/** The note about the index in use; `undefined` when it was made here, or the note is not one of ours. */
export function readOrigin(folder: string, index: Uint8Array): OriginNote | undefined {
  try {
    // most databases have none: then nothing is loaded that computes digests
    if (!readdirSync(folder).some((name) => name.startsWith("origin-"))) {
      return undefined;
    }
    const note = JSON.parse(readFileSync(join(folder, originPath(index)), "utf8")) as Partial<OriginNote> | null;
    const { location, manifest, trustedBy, signers } = note ?? {};
    const isValid =
      typeof location === "string" &&
      typeof manifest === "string" &&
      isDigest(manifest) &&
      (trustedBy === "digest" || trustedBy === "signature") &&
      Array.isArray(signers) &&
      signers.every((each) => typeof each === "string");
    return isValid ? { location, manifest, trustedBy, signers } : undefined;
  } catch {
    // it only says where the database came from; nothing is decided by it
    return undefined;
  }
}

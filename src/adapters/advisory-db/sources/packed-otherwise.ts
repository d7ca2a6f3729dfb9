// SPDX-License-Identifier: Apache-2.0
import { AdvisoryDatabaseError } from "../errors.ts";

/**
 * Why a source that is packed with bzip2 or xz is not read, and what to do: no library for either is kept well enough to give
 * it bytes of others.
 */
export function packedOtherwise(label: string, kind: "bzip2" | "xz"): AdvisoryDatabaseError {
  const tool = kind === "xz" ? "unxz" : "bunzip2";
  return new AdvisoryDatabaseError(
    "ADVISORY_SOURCE_MALFORMED",
    `${label} is packed with ${kind}, which is not read here; unpack it first (${tool}) and import the file`,
  );
}

/** Throws for an address whose name says that it is packed so, before anything is fetched. */
export function assertReadable(path: string, label: string): void {
  const ending = /\.(bz2|tbz2?|xz|txz)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending !== undefined) {
    throw packedOtherwise(label, ending.includes("xz") ? "xz" : "bzip2");
  }
}

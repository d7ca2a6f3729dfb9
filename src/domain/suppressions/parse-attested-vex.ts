// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { parseVex, type VexDocument } from "./parse-vex.ts";

/** Predicate types of attestations that are VEX documents. */
export const VEX_PREDICATE_TYPES: readonly string[] = ["https://openvex.dev/ns", "https://cyclonedx.org/vex"];

/**
 * The document in an attestation that is attached to an image. The caller has verified who signed it: whoever may push to a repository
 * can attach anything. `name` is where it lies. Throws as `parseVex`.
 */
export function parseAttestedVex(
  statement: { readonly predicate: unknown },
  attached: { readonly name: string; readonly subject: Digest },
): VexDocument {
  return parseVex(JSON.stringify(statement.predicate ?? null), attached);
}

// SPDX-License-Identifier: Apache-2.0
import { readLookasideStore } from "./lookaside-store.ts";
import { readRegistrySignatures } from "./registry-signatures.ts";
import type { SimpleSignatureSearch, SimpleSignatures } from "./simple-signatures.ts";

/**
 * The simple signatures of the image from the requirement's lookaside store, or without one from its registry's
 * signature extension. Never throws for what it cannot reach; that is a problem, and `isComplete` is false.
 */
export async function collectSimpleSignatures(search: SimpleSignatureSearch): Promise<SimpleSignatures> {
  return search.requirement.store === undefined
    ? await readRegistrySignatures(search)
    : await readLookasideStore(search, search.requirement.store);
}

// SPDX-License-Identifier: Apache-2.0
import { canonicalize } from "@tufjs/canonical-json";
import { type Digest, digestOf } from "#base";

/**
 * Names the policy documents that a verdict rests on: SHA-256 over their canonical JSON. Independent of spelling and
 * comments of the files, not of the order of the documents, since the order may decide.
 */
export function policyDigest(documents: readonly object[]): Digest {
  return digestOf(canonicalize(JSON.parse(JSON.stringify(documents))));
}

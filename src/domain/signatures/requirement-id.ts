// SPDX-License-Identifier: Apache-2.0
import { canonicalize } from "@tufjs/canonical-json";
import { digestOf } from "#base";
import type { TrustRequirement } from "./signature-requirement.ts";

/**
 * Names a requirement by its content, trust material included: equal requirements share a result, and one that differs in
 * a single character of a key does not. A SHA-256 digest over canonical JSON.
 */
export function requirementId(requirement: TrustRequirement): string {
  return digestOf(canonicalize(JSON.parse(JSON.stringify(requirement))));
}

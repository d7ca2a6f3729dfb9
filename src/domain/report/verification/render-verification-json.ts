// SPDX-License-Identifier: Apache-2.0
import { toJsonText } from "../json/json-text.ts";
import type { VerificationOutcome } from "./verification-outcome.ts";

/**
 * The outcome of a verification for programs, version 1: fields are only added. `requirement` names what was asked by its
 * content, `kind` says which sort it is; keys and identities are those of the question. Ends with a line feed.
 */
export function renderVerificationJson(outcome: VerificationOutcome): string {
  const document = {
    version: 1,
    reference: outcome.reference,
    digest: outcome.digest,
    isIndex: outcome.isIndex,
    state: outcome.state,
    askedBy: outcome.askedBy,
    ...(outcome.policy === undefined ? {} : { policy: outcome.policy }),
    subjects: outcome.subjects.map(({ digest, platform, requirements }) => ({
      digest,
      ...(platform === undefined ? {} : { platform }),
      requirements: requirements.map(({ requirement, result }) => ({
        kind: requirement.kind,
        requirement: result.requirement,
        state: result.state,
        signatures: result.signatures,
        problems: result.problems,
        ...(result.validUntil === undefined ? {} : { validUntil: result.validUntil }),
      })),
    })),
    ...(outcome.found === undefined ? {} : { found: outcome.found }),
  };
  return toJsonText(document);
}

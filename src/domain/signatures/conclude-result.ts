// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { SignatureProblem, SignatureResult, SignatureState, VerifiedSignature } from "./signature-result.ts";

/** What was found out about the candidates of one image under one requirement. */
export interface SignatureFindings {
  readonly requirement: string;
  readonly digest: Digest;
  readonly signatures: readonly VerifiedSignature[];
  readonly problems: readonly SignatureProblem[];
  /** Whether every place where signatures of this kind could lie was read to its end. */
  readonly isComplete: boolean;
  readonly validUntil?: string | undefined;
}

/**
 * The one place where findings become a state. One signature that holds is enough; without one, whatever could not be
 * read outweighs what is bad, since it might have held; `none` needs the certainty that nothing was overlooked.
 */
export function concludeResult(findings: SignatureFindings): SignatureResult {
  const state = stateOf(findings);
  return {
    requirement: findings.requirement,
    digest: findings.digest,
    state,
    signatures: state === "verified" ? findings.signatures : [],
    problems: findings.problems,
    ...(findings.validUntil === undefined ? {} : { validUntil: findings.validUntil }),
  };
}

function stateOf({ signatures, problems, isComplete }: SignatureFindings): SignatureState {
  if (signatures.length > 0) {
    return "verified";
  }
  if (!isComplete || problems.some((problem) => problem.effect === "unknown")) {
    return "unknown";
  }
  return problems.length > 0 ? "bad" : "none";
}

// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { concludeResult } from "./conclude-result.ts";
import type { SignatureProblem, SignatureResult, VerifiedSignature } from "./signature-result.ts";

/**
 * The result of alternatives: at least `atLeast` of them verified, by as many different keys, so that one signer who is
 * named twice counts once.
 */
export function combineAlternatives(
  asked: { readonly requirement: string; readonly digest: Digest; readonly atLeast: number },
  results: readonly SignatureResult[],
): SignatureResult {
  const verified = results.filter((result) => result.state === "verified");
  const keys = new Set(verified.flatMap((result) => result.signatures.map((each) => each.keyId)));
  const isEnough = asked.atLeast > 0 && verified.length >= asked.atLeast && keys.size >= asked.atLeast;
  const problems = results.flatMap((result) => result.problems);
  return concludeResult({
    requirement: asked.requirement,
    digest: asked.digest,
    signatures: isEnough ? verified.flatMap((result) => result.signatures) : [],
    problems: isEnough || verified.length === 0 ? problems : [...problems, tooFew(asked.atLeast, verified)],
    isComplete: results.every((result) => result.state !== "unknown"),
    validUntil: earliest(verified),
  });
}

function tooFew(atLeast: number, verified: readonly SignatureResult[]): SignatureProblem {
  const signatures: readonly VerifiedSignature[] = verified.flatMap((result) => result.signatures);
  return {
    kind: signatures[0]?.kind ?? "cosign",
    code: "TOO_FEW_SIGNERS",
    effect: "bad",
    location: "policy",
    message: `expected signatures by ${atLeast} different signers, found ${new Set(signatures.map((each) => each.keyId)).size}`,
  };
}

function earliest(results: readonly SignatureResult[]): string | undefined {
  return results.flatMap((result) => result.validUntil ?? []).toSorted()[0];
}

// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { concludeResult } from "./conclude-result.ts";
import type { SignatureProblem, SignatureResult } from "./signature-result.ts";

/**
 * The result of alternatives: at least `atLeast` of them verified, each by a key of its own, so that one signer who is
 * named twice counts once.
 */
export function combineAlternatives(
  asked: { readonly requirement: string; readonly digest: Digest; readonly atLeast: number },
  results: readonly SignatureResult[],
): SignatureResult {
  const verified = results.filter((result) => result.state === "verified");
  const count = countDifferentSigners(verified);
  const isEnough = asked.atLeast > 0 && count >= asked.atLeast;
  const problems = results.flatMap((result) => result.problems);
  return concludeResult({
    requirement: asked.requirement,
    digest: asked.digest,
    signatures: isEnough ? verified.flatMap((result) => result.signatures) : [],
    problems: isEnough || verified.length === 0 ? problems : [...problems, tooFew(asked.atLeast, count, verified)],
    isComplete: results.every((result) => result.state !== "unknown"),
    validUntil: earliest(verified),
  });
}

/**
 * How many alternatives can each have a key that no other one uses: a maximum matching of alternatives and keys, found
 * by augmenting paths. Counting keys alone would let one alternative's second key stand in for another's signer.
 */
function countDifferentSigners(verified: readonly SignatureResult[]): number {
  const takenBy = new Map<string, SignatureResult>();
  function assign(result: SignatureResult, tried: Set<string>): boolean {
    for (const { keyId } of result.signatures) {
      if (!tried.has(keyId)) {
        tried.add(keyId);
        const holder = takenBy.get(keyId);
        if (holder === undefined || assign(holder, tried)) {
          takenBy.set(keyId, result);
          return true;
        }
      }
    }
    return false;
  }
  return verified.filter((result) => assign(result, new Set())).length;
}

function tooFew(atLeast: number, count: number, verified: readonly SignatureResult[]): SignatureProblem {
  return {
    kind: verified[0]?.signatures[0]?.kind ?? "cosign",
    code: "TOO_FEW_SIGNERS",
    effect: "bad",
    location: "policy",
    message: `expected signatures by ${atLeast} different signers, found ${count}`,
  };
}

function earliest(results: readonly SignatureResult[]): string | undefined {
  return results.flatMap((result) => result.validUntil ?? []).toSorted()[0];
}

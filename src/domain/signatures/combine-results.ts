// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { concludeResult } from "./conclude-result.ts";
import type { SignatureProblem, SignatureResult, VerifiedSignature } from "./signature-result.ts";

/**
 * The result of alternatives: at least `atLeast` of them verified, each by a signer of its own, so that one signer who is
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
 * How many alternatives can each have a signer whom no other one uses: a maximum matching of alternatives and signers,
 * found by augmenting paths. Counting signers alone would let one alternative's second one stand in for another's.
 */
function countDifferentSigners(verified: readonly SignatureResult[]): number {
  const takenBy = new Map<string, SignatureResult>();
  function assign(result: SignatureResult, tried: Set<string>): boolean {
    for (const signer of result.signatures.map(signerOf)) {
      if (!tried.has(signer)) {
        tried.add(signer);
        const holder = takenBy.get(signer);
        if (holder === undefined || assign(holder, tried)) {
          takenBy.set(signer, result);
          return true;
        }
      }
    }
    return false;
  }
  return verified.filter((result) => assign(result, new Set())).length;
}

/** Who signed. Whoever has a certificate is its identity and not its key: keyless signing makes a new key each time. */
function signerOf({ kind, certificate, issuer, identity, keyId }: VerifiedSignature): string {
  return certificate === undefined ? keyId : JSON.stringify([kind, issuer ?? certificate.issuer, identity]);
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

// SPDX-License-Identifier: Apache-2.0
import type { InTotoStatement } from "#attestations";
import type { AttestationRequirement, SignatureProblem, SignedImage } from "#signatures";
import { ImageCandidates } from "./candidates/image-candidates.ts";
import { resolveTrustRoot } from "./requirement-findings.ts";
import { DEFAULT_DEADLINE_MS, type SignatureVerifierOptions } from "./signature-verifier-options.ts";
import { Verifiers } from "./verifiers.ts";

/** What trusted signers said about an image. */
export interface AttestedStatements {
  /** Each with where it lies. */
  readonly statements: readonly { readonly location: string; readonly statement: InTotoStatement }[];
  /** What was attached and does not count, and what could not be read. */
  readonly problems: readonly SignatureProblem[];
  /** False when something could not be read: there may be more. */
  readonly isComplete: boolean;
}

/**
 * The attestations attached to an image that fulfil a requirement: of its predicate type, about this digest, signed by one of its
 * signers. Everything else is a problem and says nothing, whoever attached it. Throws `TrustSourceError` for trust material that cannot be had.
 */
export async function readAttestedStatements(
  image: SignedImage,
  requirement: AttestationRequirement,
  options: Pick<SignatureVerifierOptions, "http" | "state" | "trustRoots" | "deadlineMs"> & {
    readonly now: Date;
    readonly signal?: AbortSignal;
  },
): Promise<AttestedStatements> {
  const deadline = AbortSignal.timeout(options.deadlineMs ?? DEFAULT_DEADLINE_MS);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  const subject = { digest: image.digest, reference: image.reference, now: options.now };
  const [collected, roots] = await Promise.all([
    new ImageCandidates(image, signal).attestations(),
    Promise.all(requirement.by.map((signer) => resolveTrustRoot(signer.trustRoot, { options, subject, signal }))),
  ]);
  const verifier = await new Verifiers().attestation(requirement, roots);
  const { statements, signatures, problems } = verifier.verify(collected.candidates, subject);
  return {
    statements: statements.map((statement, index) => ({
      location: signatures[index]?.location ?? "attestation",
      statement,
    })),
    problems: [...collected.problems, ...problems],
    isComplete: collected.isComplete,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { LIMITS, messageOf } from "#base";
import {
  type CosignKeylessRequirement,
  type CosignKeyRequirement,
  type SignatureFindings,
  type SignatureProblem,
  SignatureRejected,
  type VerificationSubject,
  type VerifiedSignature,
} from "#signatures";
import type { CandidateSigner } from "./candidate-signer.ts";
import type { CosignCandidate } from "./cosign-candidate.ts";
import { CosignError } from "./errors.ts";
import { createKeySigner } from "./key-signer.ts";
import { createKeylessSigner } from "./keyless-signer.ts";
import { parseCandidate, sizeOf, tooLarge } from "./parse-candidate.ts";
import { assertSigns, readClaims } from "./signed-claims.ts";
import { parseTrustedRoot, type SigstoreTrustRoot } from "./trust-root.ts";

/** What the candidates of one kind came to. */
export type KindFindings = Pick<SignatureFindings, "signatures" | "problems" | "validUntil">;

/** A DSSE envelope whose signature holds, or why it does not. */
export type EnvelopeFinding =
  | {
      readonly ok: true;
      readonly signature: VerifiedSignature;
      readonly payloadType: string;
      readonly payload: Uint8Array;
    }
  | { readonly ok: false; readonly problem: SignatureProblem };

/** Verifies by one requirement, whose keys or trust root are parsed once. Never throws for what candidates contain. */
export interface CosignVerifier {
  /**
   * Signatures of the subject itself: simple signing payloads, and statements of the predicate type
   * `https://sigstore.dev/cosign/sign/v1`. Attestations among the candidates are passed over. At most
   * `LIMITS.maxSignatures` candidates are looked at, signatures of at most `LIMITS.maxSignatureBytes`; more is a problem
   * of effect `unknown`.
   */
  verifySignatures(candidates: readonly CosignCandidate[], subject: VerificationSubject): KindFindings;
  /**
   * Who signed the envelope, of at most `LIMITS.maxAttestationBytes`; what its payload says, and about which digest, is
   * the caller's to judge. A candidate that is no envelope is a problem `PREDICATE_MISMATCH`.
   */
  verifyEnvelope(candidate: CosignCandidate, subject: VerificationSubject): EnvelopeFinding;
}

/**
 * A verifier for the requirement; make one and keep it. `trustRoot` stands for `requirement.trustRoot`, which is read
 * from its own JSON when the argument is absent. Throws `CosignError` when keys or trust root cannot be used.
 */
export function createCosignVerifier(
  requirement: CosignKeyRequirement | CosignKeylessRequirement,
  trustRoot?: SigstoreTrustRoot,
): CosignVerifier {
  const signer = createSigner(requirement, trustRoot ?? readOwnTrustRoot(requirement));
  return {
    verifySignatures: (candidates, subject) => verifySignatures(signer, candidates, subject),
    verifyEnvelope: (candidate, subject) => verifyEnvelope(signer, candidate, subject),
  };
}

function createSigner(
  requirement: CosignKeyRequirement | CosignKeylessRequirement,
  trustRoot: SigstoreTrustRoot | undefined,
): CandidateSigner {
  if (requirement.kind === "cosign-key") {
    return createKeySigner(requirement, trustRoot);
  }
  if (trustRoot === undefined) {
    throw new CosignError("TRUST_ROOT_MISSING", "expected a trust root for signatures with certificates, found none");
  }
  return createKeylessSigner(requirement, trustRoot);
}

function readOwnTrustRoot(requirement: CosignKeyRequirement | CosignKeylessRequirement): SigstoreTrustRoot | undefined {
  const json = requirement.trustRoot?.json;
  return json === undefined ? undefined : parseTrustedRoot(json);
}

function verifySignatures(
  signer: CandidateSigner,
  candidates: readonly CosignCandidate[],
  subject: VerificationSubject,
): KindFindings {
  const signatures: VerifiedSignature[] = [];
  const problems: SignatureProblem[] = [];
  const large = { bytesLeft: LIMITS.maxAttestationBytes };
  for (const candidate of candidates.slice(0, LIMITS.maxSignatures)) {
    try {
      const signature = verifySignature(signer, candidate, { subject, large });
      if (signature !== undefined) {
        signatures.push(signature);
      }
    } catch (error) {
      problems.push(toProblem(error, candidate));
    }
  }
  const left = candidates.slice(LIMITS.maxSignatures);
  if (left[0] !== undefined) {
    const message = `expected at most ${LIMITS.maxSignatures} signatures, found ${candidates.length}`;
    problems.push(toProblem(new SignatureRejected("LIMIT_EXCEEDED", message), left[0]));
  }
  return { signatures, problems };
}

/** `undefined` for an attestation, which says nothing about whether the image is signed. */
function verifySignature(
  signer: CandidateSigner,
  candidate: CosignCandidate,
  { subject, large }: { readonly subject: VerificationSubject; readonly large: { bytesLeft: number } },
): VerifiedSignature | undefined {
  const size = sizeOf(candidate);
  const isLarge = size > LIMITS.maxSignatureBytes;
  const maxBytes = isLarge ? Math.max(large.bytesLeft, 0) : LIMITS.maxSignatureBytes;
  // the inventory of a large image, most likely: it is read to see that it is no signature, all of them within one limit
  large.bytesLeft -= isLarge ? size : 0;
  const parsed = parseCandidate(candidate, maxBytes);
  const claims = readClaims(parsed.content, subject.digest);
  if (claims.type === "attestation") {
    return undefined;
  }
  if (isLarge) {
    throw tooLarge(size, LIMITS.maxSignatureBytes);
  }
  const found = signer(parsed, subject);
  assertSigns(claims.digests, subject.digest);
  return { ...found, location: candidate.location, checks: [...found.checks, "digest"] };
}

function verifyEnvelope(
  signer: CandidateSigner,
  candidate: CosignCandidate,
  subject: VerificationSubject,
): EnvelopeFinding {
  try {
    const parsed = parseCandidate(candidate, LIMITS.maxAttestationBytes);
    const { payload, payloadType } = parsed.content;
    if (payloadType === undefined) {
      throw new SignatureRejected("PREDICATE_MISMATCH", "expected a DSSE envelope, found a signature of bytes");
    }
    const signature = { ...signer(parsed, subject), location: candidate.location };
    return { ok: true, signature, payloadType, payload };
  } catch (error) {
    return { ok: false, problem: toProblem(error, candidate) };
  }
}

/**
 * The one place where a reason becomes a problem. Anything else that was thrown came from a reader that met bytes which
 * it did not expect: such a candidate does not count, and must not keep those beside it from counting.
 */
function toProblem(error: unknown, { location }: CosignCandidate): SignatureProblem {
  const { code, effect, message } =
    error instanceof SignatureRejected
      ? error
      : new SignatureRejected("MALFORMED", `cannot be read: ${messageOf(error).slice(0, 160)}`);
  return { kind: "cosign", code, effect, location, message };
}

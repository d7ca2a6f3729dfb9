// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { type ProblemEffect, type SignatureProblem, SignatureRejected, type VerifiedSignature } from "#signatures";
import { checkAuthenticity, refuseUnknownAttributes } from "./check-authenticity.ts";
import { checkRevocationOfSigner } from "./check-revocation-status.ts";
import { checkExpiry, checkTime, type SigningTime } from "./check-time.ts";
import { parseEnvelope } from "./envelope/parse-envelope.ts";
import { assertPayloadNames } from "./envelope/payload.ts";
import { assertSignature } from "./envelope/signing-algorithm.ts";
import { enforceOrLog, type Verification, type VerificationContext } from "./verification.ts";
import { describeCertificate, keyIdOf } from "./x509/certificate.ts";
import { type CertificateChain, findInvalidAt } from "./x509/certificate-chain.ts";
import { renderDistinguishedName } from "./x509/distinguished-name.ts";

/** One signature envelope as it lay in a registry. */
export interface NotationCandidate {
  /** e.g. `referrer sha256:…`. */
  readonly location: string;
  /** Of the layer: `application/jose+json` or `application/cose`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What became of a candidate; `signature` is there when it counts, and then every problem is a warning. */
export interface CandidateOutcome {
  readonly signature?: VerifiedSignature;
  readonly problems: readonly SignatureProblem[];
  /** Milliseconds; when the outcome may change by itself. */
  readonly validUntil?: number;
}

/**
 * The steps of the specification in its order ("Signature Verification, Steps"): integrity, which no level goes
 * without, then authenticity, expiry, timestamp and revocation, each enforced or logged.
 */
export async function verifyCandidate(
  candidate: NotationCandidate,
  context: VerificationContext,
): Promise<CandidateOutcome> {
  let verification: Verification | undefined;
  try {
    verification = await verifyIntegrity(candidate, context);
    const isTrusted = enforceOrLog(verification, "authenticity", checkAuthenticity);
    refuseUnknownAttributes(verification, isTrusted);
    enforceOrLog(verification, "expiry", checkExpiry);
    const signedAt = await checkTime(verification);
    await checkRevocationOfSigner(verification, isTrusted, signedAt.trusted);
    return toOutcome(candidate, verification, signedAt);
  } catch (error) {
    if (error instanceof SignatureRejected) {
      return refuse(candidate, error, verification);
    }
    throw error;
  }
}

/** The signature holds, by a chain that keeps the rules, over the digest. Which chain it is does not matter yet. */
async function verifyIntegrity(candidate: NotationCandidate, context: VerificationContext): Promise<Verification> {
  if (candidate.bytes.length > LIMITS.maxSignatureBytes) {
    throw new SignatureRejected("LIMIT_EXCEEDED", `the envelope has more than ${LIMITS.maxSignatureBytes} bytes`);
  }
  const envelope = await parseEnvelope(candidate.mediaType, candidate.bytes);
  const chain = context.chains.codeSigning.read(envelope.certificates);
  assertSignature(envelope, chain[0].publicKey);
  const outside = findInvalidAt(chain, envelope.attributes.signingTime);
  if (outside !== undefined) {
    throw new SignatureRejected(
      "EXPIRED",
      `the signing time lies outside of the validity of the certificate of ${renderDistinguishedName(outside.subject)}`,
    );
  }
  assertPayloadNames(context.subject.digest, envelope);
  return { context, envelope, chain, checks: ["signature", "digest"], warnings: [], ends: [] };
}

function toOutcome(
  candidate: NotationCandidate,
  { envelope, chain, context, checks, warnings, ends }: Verification,
  { timestamp }: SigningTime,
): CandidateOutcome {
  const certificate = describeCertificate(chain[0]);
  const { signingTime } = envelope.attributes;
  const later = ends.filter((end) => end > context.subject.now.getTime());
  return {
    signature: {
      kind: "notation",
      identity: certificate.subject,
      issuer: certificate.issuer,
      keyId: keyIdOf(chain[0]),
      certificate,
      signedAt: new Date(timestamp?.from ?? signingTime).toISOString(),
      timeSource: timestamp === undefined ? "signer" : "timestamp-authority",
      location: candidate.location,
      checks,
    },
    problems: warnings.map((warning) => toProblem(candidate, warning, "warning", chain)),
    ...(later.length === 0 ? {} : { validUntil: Math.min(...later) }),
  };
}

/** What nobody can decide; everything else that is wrong is bad. */
const UNKNOWN_CODES: ReadonlySet<string> = new Set([
  "UNSUPPORTED",
  "REVOCATION_UNKNOWN",
  "LIMIT_EXCEEDED",
  "TRUST_MATERIAL_INVALID",
]);

function refuse(
  candidate: NotationCandidate,
  error: SignatureRejected,
  verification: Verification | undefined,
): CandidateOutcome {
  const warnings = verification?.warnings ?? [];
  return {
    problems: [
      ...warnings.map((warning) => toProblem(candidate, warning, "warning", verification?.chain)),
      toProblem(candidate, error, UNKNOWN_CODES.has(error.code) ? "unknown" : "bad", verification?.chain),
    ],
  };
}

function toProblem(
  { location }: NotationCandidate,
  error: SignatureRejected,
  effect: ProblemEffect,
  chain: CertificateChain | undefined,
): SignatureProblem {
  return {
    kind: "notation",
    code: error.code,
    effect,
    location,
    message: error.message,
    ...(chain === undefined ? {} : { claimedIdentity: renderDistinguishedName(chain[0].subject) }),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { LIMITS, messageOf } from "#base";
import type {
  GpgRequirement,
  SignatureFindings,
  SignatureProblem,
  SignatureProblemCode,
  VerificationSubject,
  VerifiedSignature,
} from "#signatures";
import { checkSignature, type SigningCheck } from "./check-signature.ts";
import { SimpleSigningError, type SimpleSigningErrorCode } from "./errors.ts";
import { matchesIdentity } from "./match-identity.ts";
import { parseSignedMessage } from "./parse-signed-message.ts";
import { parseSimpleSigningPayload } from "./payload.ts";
import type { KeyRing } from "./read-key-ring.ts";

/** What may be a simple signature, and where it lay. */
export interface GpgCandidate {
  /** A URL without credentials, or the like. */
  readonly location: string;
  /** A signed OpenPGP message, binary or armoured. */
  readonly bytes: Uint8Array;
}

/** What simple signatures come to; `concludeResult` makes a state of it. */
export type GpgFindings = Pick<SignatureFindings, "signatures" | "problems" | "validUntil">;

/** Verifies simple signatures under one requirement; holds its parsed keys. */
export interface GpgVerifier {
  verify(candidates: readonly GpgCandidate[], subject: VerificationSubject): Promise<GpgFindings>;
}

/** What nobody can judge; everything else is certain not to count. */
const UNKNOWN: ReadonlySet<SignatureProblemCode> = new Set([
  "UNSUPPORTED",
  "LIMIT_EXCEEDED",
  "TRUST_MATERIAL_INVALID",
] satisfies SimpleSigningErrorCode[]);

const CHECKS = ["signature", "expiry", "revocation", "digest", "identity"];

/**
 * A verifier of GPG simple signing (containers-signature(5)) for the requirement. Make one and keep it: the key rings are
 * parsed at the first signature and only once. Never throws for what a candidate or a key ring holds; that is a problem.
 */
export function createGpgVerifier(requirement: GpgRequirement): GpgVerifier {
  let ring: Promise<KeyRing> | undefined;
  return {
    async verify(candidates, subject): Promise<GpgFindings> {
      if (candidates.length === 0) {
        return { signatures: [], problems: [] };
      }
      // openpgp is large: whoever finds no signature need not load it
      ring ??= import("./read-key-ring.ts").then(({ readKeyRing }) => readKeyRing(requirement.keys));
      const keys = await ring;
      const looked = candidates.slice(0, LIMITS.maxSignatures);
      const judged = await Promise.all(looked.map((each) => verifyCandidate(each, { requirement, subject, keys })));
      const ends = judged.flatMap(({ validUntil }) => validUntil ?? []);
      return {
        signatures: judged.flatMap(({ signatures }) => signatures),
        problems: [...judged.flatMap(({ problems }) => problems), ...describeRest(candidates, keys)],
        ...(ends.length === 0 ? {} : { validUntil: ends.toSorted()[0] }),
      };
    },
  };
}

function describeRest(candidates: readonly GpgCandidate[], keys: KeyRing): readonly SignatureProblem[] {
  const problems = keys.problems.map((problem) =>
    toProblem(new SimpleSigningError("TRUST_MATERIAL_INVALID", problem), "policy"),
  );
  const first = candidates[LIMITS.maxSignatures];
  if (first === undefined) {
    return problems;
  }
  const tooMany = new SimpleSigningError("LIMIT_EXCEEDED", `more than ${LIMITS.maxSignatures} signatures`);
  return [...problems, toProblem(tooMany, first.location)];
}

interface Verification {
  readonly requirement: GpgRequirement;
  readonly subject: VerificationSubject;
  readonly keys: KeyRing;
}

async function verifyCandidate(candidate: GpgCandidate, verification: Verification): Promise<GpgFindings> {
  try {
    if (candidate.bytes.length > LIMITS.maxSignatureBytes) {
      throw new SimpleSigningError("LIMIT_EXCEEDED", `a signature of ${candidate.bytes.length} bytes`);
    }
    const message = parseSignedMessage(candidate.bytes);
    const checks = await Promise.all(
      message.signatures.map((each) => checkSignature(each, message.content, verification.keys, verification.subject)),
    );
    const problems = checks.flatMap((check) =>
      check.isGood ? [] : [toProblem(check.error, candidate.location, check.claimedIdentity)],
    );
    const good = checks.filter((check) => check.isGood);
    return good.length === 0
      ? { signatures: [], problems }
      : { ...judgeContent(message.content, good, candidate, verification), problems };
  } catch (error) {
    return { signatures: [], problems: [toProblem(error, candidate.location)] };
  }
}

type GoodCheck = Extract<SigningCheck, { readonly isGood: true }>;

/** Only behind a signature that holds: "the parsing of the JSON payload MUST NOT start before" (containers-signature(5)). */
function judgeContent(
  content: Uint8Array,
  checks: readonly GoodCheck[],
  { location }: GpgCandidate,
  { requirement, subject }: Verification,
): Omit<GpgFindings, "problems"> {
  const payload = parseSimpleSigningPayload(content);
  if (payload.digest !== subject.digest) {
    throw new SimpleSigningError("DIGEST_MISMATCH", `expected ${subject.digest}, signed is ${payload.digest}`);
  }
  if (!matchesIdentity(requirement.identity, subject.reference, payload.reference)) {
    const reference = JSON.stringify(payload.reference.slice(0, 256));
    throw new SimpleSigningError(
      "REFERENCE_MISMATCH",
      `signed is ${reference}, which ${requirement.identity.type} does not accept for this image`,
    );
  }
  const ends = checks.flatMap(({ validUntil }) => validUntil?.toISOString() ?? []).toSorted();
  return {
    signatures: checks.map((check) => toVerified(check, location)),
    ...(ends[0] === undefined ? {} : { validUntil: ends[0] }),
  };
}

function toVerified({ key, userId, createdAt }: GoodCheck, location: string): VerifiedSignature {
  const subkey = key.fingerprint === key.primaryFingerprint ? "" : `, subkey ${key.fingerprint}`;
  return {
    kind: "gpg",
    identity: `${userId} (${key.primaryFingerprint}${subkey})`.trimStart(),
    keyId: key.primaryFingerprint,
    signedAt: createdAt.toISOString(),
    timeSource: "signer",
    location,
    checks: CHECKS,
  };
}

function toProblem(error: unknown, location: string, claimedIdentity?: string): SignatureProblem {
  const code = error instanceof SimpleSigningError ? error.code : "UNSUPPORTED";
  return {
    kind: "gpg",
    code,
    effect: UNKNOWN.has(code) ? "unknown" : "bad",
    location,
    message: messageOf(error),
    ...(claimedIdentity === undefined ? {} : { claimedIdentity }),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { ProblemEffect, SignatureProblem, VerificationSubject, VerifiedSignature } from "#signatures";
import type { Envelope } from "./envelope/envelope.ts";
import { parseEnvelope } from "./envelope/parse-envelope.ts";
import { assertPayloadNames } from "./envelope/payload.ts";
import { assertSignature } from "./envelope/signing-algorithm.ts";
import { NotationError, quote } from "./errors.ts";
import { type ChainRevocation, checkRevocation } from "./revocation/check-revocation.ts";
import type { RevocationSource } from "./revocation/revocation-source.ts";
import { type VerifiedTimestamp, verifyTimestamp } from "./timestamp/verify-timestamp.ts";
import { isPartOf } from "./trust-policy/subject-pattern.ts";
import type { Enforcement, TrustPolicyStatement } from "./trust-policy/trust-policy.ts";
import { describeCertificate, keyIdOf } from "./x509/certificate.ts";
import {
  type CertificateChain,
  type ChainCache,
  endOfChain,
  findInvalidAt,
  findTrusted,
} from "./x509/certificate-chain.ts";
import { attributesByType, renderDistinguishedName } from "./x509/distinguished-name.ts";
import type { TrustStores } from "./x509/trust-stores.ts";

/** One signature envelope as it lay in a registry. */
export interface NotationCandidate {
  /** e.g. `referrer sha256:…`. */
  readonly location: string;
  /** Of the layer: `application/jose+json` or `application/cose`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a candidate is verified against. */
export interface VerificationContext {
  readonly statement: TrustPolicyStatement;
  readonly stores: TrustStores;
  readonly chains: { readonly codeSigning: ChainCache; readonly timeStamping: ChainCache };
  readonly subject: VerificationSubject;
  readonly revocation: RevocationSource;
}

/** What became of a candidate; `signature` is there when it counts, and then every problem is a warning. */
export interface CandidateOutcome {
  readonly signature?: VerifiedSignature;
  readonly problems: readonly SignatureProblem[];
  /** Milliseconds; when the outcome may change by itself. */
  readonly validUntil?: number;
}

/** One candidate while it is being verified. */
interface Verification {
  readonly context: VerificationContext;
  readonly envelope: Envelope;
  readonly chain: CertificateChain;
  /** What was checked and held. */
  readonly checks: string[];
  /** Problems that the level only logs. */
  readonly warnings: NotationError[];
  readonly ends: number[];
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
    await checkRevocationOfSigner(verification, isTrusted, signedAt);
    return toOutcome(candidate, verification, signedAt);
  } catch (error) {
    if (error instanceof NotationError) {
      return refuse(candidate, error, verification);
    }
    throw error;
  }
}

/** The signature holds, by a chain that keeps the rules, over the digest. Which chain it is does not matter yet. */
async function verifyIntegrity(candidate: NotationCandidate, context: VerificationContext): Promise<Verification> {
  if (candidate.bytes.length > LIMITS.maxSignatureBytes) {
    throw new NotationError("LIMIT_EXCEEDED", `the envelope has more than ${LIMITS.maxSignatureBytes} bytes`);
  }
  const envelope = await parseEnvelope(candidate.mediaType, candidate.bytes);
  const chain = context.chains.codeSigning.read(envelope.certificates);
  assertSignature(envelope, chain[0].publicKey);
  const outside = findInvalidAt(chain, envelope.attributes.signingTime);
  if (outside !== undefined) {
    throw new NotationError(
      "EXPIRED",
      `the signing time lies outside of the validity of the certificate of ${renderDistinguishedName(outside.subject)}`,
    );
  }
  assertPayloadNames(context.subject.digest, envelope);
  return { context, envelope, chain, checks: ["signature", "digest"], warnings: [], ends: [] };
}

/** The chain leads to a trust store of the signing scheme, and the signer is one of the trusted identities. */
function checkAuthenticity({ context, envelope, chain, checks }: Verification): void {
  const { statement, stores } = context;
  const kind = envelope.attributes.scheme === "notary.x509" ? "ca:" : "signingAuthority:";
  const trusted = statement.trustStores
    .filter((name) => name.startsWith(kind))
    .flatMap((name) => stores.get(name) ?? []);
  if (findTrusted(chain, trusted) === undefined) {
    throw new NotationError(
      "CERTIFICATE_UNTRUSTED",
      `the certificate chain of ${renderDistinguishedName(chain[0].subject)} leads to no ${kind} trust store of trust policy ${quote(statement.name)}`,
    );
  }
  checks.push("certificate-chain");
  const { trustedIdentities } = statement;
  const attributes = attributesByType(chain[0].subject);
  const isTrusted =
    trustedIdentities === "*" ||
    (attributes !== undefined && trustedIdentities.some((pattern) => isPartOf(pattern, attributes)));
  if (!isTrusted) {
    throw new NotationError(
      "IDENTITY_MISMATCH",
      `the subject ${renderDistinguishedName(chain[0].subject)} is none of the trusted identities of trust policy ${quote(statement.name)}`,
    );
  }
  checks.push("identity");
}

/**
 * Critical attributes that we cannot process, such as those of notation's plug-ins, make it impossible to tell whether
 * a trusted signature counts. One that is not trusted is bad: otherwise anybody could turn "no valid signature" into
 * "cannot tell" by attaching an envelope of their own.
 */
function refuseUnknownAttributes({ envelope }: Verification, isTrusted: boolean): void {
  const [name] = envelope.attributes.unknownCritical;
  if (name !== undefined) {
    throw new NotationError(
      isTrusted ? "UNSUPPORTED" : "CERTIFICATE_UNTRUSTED",
      `the signature has the critical attribute ${quote(name)}, which is not known`,
    );
  }
}

function checkExpiry({ context, envelope, checks, ends }: Verification): void {
  const { expiry } = envelope.attributes;
  if (expiry === undefined) {
    return;
  }
  if (context.subject.now.getTime() >= expiry) {
    throw new NotationError("EXPIRED", `the signature ended on ${new Date(expiry).toISOString()}`);
  }
  ends.push(expiry);
  checks.push("expiry");
}

/** When it was signed. `trusted` is the latest moment that somebody else than the signer vouches for, in milliseconds. */
interface SigningTime {
  readonly timestamp?: VerifiedTimestamp;
  readonly trusted?: number;
}

/** The chain held when the signature was made, by a trusted time, or holds now. */
async function checkTime(verification: Verification): Promise<SigningTime> {
  const { context, envelope, chain, checks, ends } = verification;
  const { scheme, signingTime } = envelope.attributes;
  if (scheme === "notary.x509.signingAuthority") {
    // That the chain held at this time was checked with the integrity; the authority vouches for it.
    return { trusted: signingTime };
  }
  let found: VerifiedTimestamp | undefined;
  const isTimely = enforceOrLog(verification, "authenticTimestamp", () => {
    const roots = timestampRoots(verification);
    if (roots === undefined) {
      assertValidAt(chain, context.subject.now.getTime());
      ends.push(endOfChain(chain));
      return;
    }
    if (envelope.timestamp === undefined) {
      throw new NotationError("TIMESTAMP_INVALID", "the trust policy asks for a timestamp, and there is none");
    }
    found = verifyTimestamp(envelope.timestamp, envelope.signature, { roots, chains: context.chains.timeStamping });
    assertValidAt(chain, found.from, found.to);
  });
  if (found === undefined || !isTimely) {
    return {};
  }
  // Without its own time: whoever has the key of a revoked authority writes any time into a timestamp.
  const revocation = await revocationOf(verification, found.chain, undefined);
  if (enforceOrLog(verification, "authenticTimestamp", () => assertNotRevoked(revocation, ends))) {
    checks.push("timestamp");
    return { timestamp: found, trusted: found.to };
  }
  return {};
}

/** The roots that a timestamp must lead to; `undefined` when the policy wants none here, and the chain must hold now. */
function timestampRoots({ context, chain }: Verification): CertificateChain[0][] | undefined {
  const { statement, stores, subject } = context;
  const names = statement.trustStores.filter((name) => name.startsWith("tsa:"));
  const isExpired = endOfChain(chain) < subject.now.getTime();
  if (names.length === 0 || (statement.verifyTimestamp === "afterCertExpiry" && !isExpired)) {
    return undefined;
  }
  return names.flatMap((name) => stores.get(name) ?? []);
}

function assertValidAt(chain: CertificateChain, from: number, to: number = from): void {
  const outside = findInvalidAt(chain, from, to);
  if (outside !== undefined) {
    throw new NotationError(
      "EXPIRED",
      `the certificate of ${renderDistinguishedName(outside.subject)} holds from ${new Date(outside.notBefore).toISOString()} to ${new Date(outside.notAfter).toISOString()}, and not on ${new Date(to).toISOString()}`,
    );
  }
}

async function checkRevocationOfSigner(
  verification: Verification,
  isTrusted: boolean,
  { trusted }: SigningTime,
): Promise<void> {
  const { context, chain, checks, ends } = verification;
  // Level audit goes on with any certificate. Whoever made it would choose which hosts we connect to.
  const revocation: ChainRevocation = isTrusted
    ? await revocationOf(verification, chain, trusted)
    : { state: "unknown", message: "revocation was not looked up for a certificate that is not trusted" };
  const isGood = enforceOrLog(verification, "revocation", () => assertNotRevoked(revocation, ends));
  if (isGood && context.statement.enforcement.revocation !== "skip") {
    checks.push("revocation");
  }
}

async function revocationOf(
  { context }: Verification,
  chain: CertificateChain,
  signedAt: number | undefined,
): Promise<ChainRevocation> {
  const { statement, subject, revocation } = context;
  return statement.enforcement.revocation === "skip"
    ? { state: "good" }
    : await checkRevocation(chain, { source: revocation, now: subject.now.getTime(), signedAt });
}

function assertNotRevoked(revocation: ChainRevocation, ends: number[]): void {
  if (revocation.state !== "good") {
    throw new NotationError(revocation.state === "revoked" ? "REVOKED" : "REVOCATION_UNKNOWN", revocation.message);
  }
  if (revocation.until !== undefined) {
    ends.push(revocation.until);
  }
}

/** Whether the check held; one that failed ends the verification or becomes a warning, as the level has it. */
function enforceOrLog(
  verification: Verification,
  kind: keyof Enforcement,
  check: (verification: Verification) => void,
): boolean {
  try {
    check(verification);
    return true;
  } catch (error) {
    if (error instanceof NotationError && verification.context.statement.enforcement[kind] === "log") {
      verification.warnings.push(error);
      return false;
    }
    throw error;
  }
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
  error: NotationError,
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
  error: NotationError,
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

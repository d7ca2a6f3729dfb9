// SPDX-License-Identifier: Apache-2.0
import { LIMITS, messageOf, parseDurationMs, quote } from "#base";
import type { CosignCandidate, CosignVerifier, EnvelopeFinding, KindFindings } from "#cosign";
import type {
  AttestationRequirement,
  SignatureProblem,
  SignatureProblemCode,
  VerificationSubject,
  VerifiedSignature,
} from "#signatures";
import { readClaim } from "./claimed-predicate-type.ts";
import { type CompiledConditions, compileConditions } from "./conditions/compile-conditions.ts";
import { CONDITION_LIMITS } from "./conditions/condition-limits.ts";
import { AttestationError } from "./errors.ts";
import { IN_TOTO_PAYLOAD_TYPE, type InTotoStatement, isAbout, parseStatement } from "./in-toto-statement.ts";
import { SCAN_PREDICATE_TYPE, VERDICT_PREDICATE_TYPE } from "./predicate-types.ts";

/** An attestation that counts: who signed it, and the statement. */
export interface VerifiedAttestation {
  readonly signature: VerifiedSignature;
  readonly statement: InTotoStatement;
}

/** Findings of a verification, with the statements of those that count, in the order of `signatures`. */
export interface AttestationFindings extends KindFindings {
  readonly statements: readonly InTotoStatement[];
}

/** Verifies attestations by one requirement, whose keys and conditions were read once. */
export interface AttestationVerifier {
  /**
   * Attestations among the candidates that are of the type, about the subject, by a signer, fulfil all conditions and are
   * young enough. Signatures, and attestations that claim another type, are passed over. Never throws for what
   * candidates contain.
   */
  verify(candidates: readonly CosignCandidate[], subject: VerificationSubject): AttestationFindings;
}

/** The rules of one requirement, read once. */
interface Rules {
  readonly predicateType: string;
  readonly verifiers: readonly CosignVerifier[];
  readonly conditions: CompiledConditions;
  readonly maxAgeMs: number | undefined;
}

type Judged = { readonly attestation: VerifiedAttestation } | { readonly problem: SignatureProblem };

/** Differences between clocks of the signer's witnesses and ours. */
const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000;

/**
 * A verifier for the requirement; `verifiers` are those of `requirement.by`, any of which may have signed. Throws
 * `CONDITION_INVALID` for conditions or an age that cannot be used.
 */
export function createAttestationVerifier(
  requirement: AttestationRequirement,
  verifiers: readonly CosignVerifier[],
): AttestationVerifier {
  const { predicateType, maxAge } = requirement;
  const maxAgeMs = maxAge === undefined ? undefined : parseDurationMs(maxAge);
  if (maxAge !== undefined && maxAgeMs === undefined) {
    throw new AttestationError("CONDITION_INVALID", `expected maxAge such as 30d, found ${JSON.stringify(maxAge)}`);
  }
  const rules: Rules = { predicateType, verifiers, conditions: compileConditions(requirement.conditions), maxAgeMs };
  return { verify: (candidates, subject) => verifyAll(candidates, subject, rules) };
}

function verifyAll(
  candidates: readonly CosignCandidate[],
  subject: VerificationSubject,
  rules: Rules,
): AttestationFindings {
  const work = { left: CONDITION_LIMITS.maxWork };
  const relevant = candidates.filter((candidate) => isRelevant(candidate, rules.predicateType));
  const judged = relevant.slice(0, LIMITS.maxSignatures).map((each) => judge(each, subject, { rules, work }));
  const attestations = judged.flatMap((each) => ("attestation" in each ? [each.attestation] : []));
  const problems = judged.flatMap((each) => ("problem" in each ? [each.problem] : []));
  const validUntil = lastInstant(attestations, rules.maxAgeMs);
  return {
    signatures: attestations.map((each) => each.signature),
    statements: attestations.map((each) => each.statement),
    problems: [...problems, ...tooMany(relevant)],
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** What claims to be something else is not looked at; a label that disagrees with the content is, and is refused. */
function isRelevant(candidate: CosignCandidate, predicateType: string): boolean {
  const claim = readClaim(candidate);
  const label = candidate.kind === "legacy" ? candidate.annotations["predicateType"] : undefined;
  return (
    claim.kind === "unreadable" ||
    (claim.kind === "statement" && (claim.predicateType === predicateType || label === predicateType))
  );
}

function judge(
  candidate: CosignCandidate,
  subject: VerificationSubject,
  state: { readonly rules: Rules; readonly work: { left: number } },
): Judged {
  const { rules, work } = state;
  const size = candidate.kind === "bundle" ? candidate.bytes.length : candidate.payload.length;
  if (size > LIMITS.maxAttestationBytes) {
    return refuse(
      candidate,
      "LIMIT_EXCEEDED",
      `attestation has ${size} bytes, more than ${LIMITS.maxAttestationBytes}`,
    );
  }
  const findings = rules.verifiers.map((verifier) => verifier.verifyEnvelope(candidate, subject));
  const signed = findings.filter((finding) => finding.ok);
  const [first] = signed;
  if (first === undefined) {
    return { problem: chooseProblem(findings) ?? problemOf(candidate, "KEY_MISMATCH", "no signer is accepted") };
  }
  if (first.payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    return refuse(
      candidate,
      "MALFORMED",
      `expected payload type ${IN_TOTO_PAYLOAD_TYPE}, found ${quote(first.payloadType)}`,
    );
  }
  let statement: InTotoStatement;
  try {
    statement = parseStatement(first.payload);
  } catch (error) {
    return refuse(candidate, "MALFORMED", messageOf(error));
  }
  if (statement.predicateType !== rules.predicateType) {
    const expected = `expected predicate type ${quote(rules.predicateType)}`;
    return refuse(candidate, "PREDICATE_MISMATCH", `${expected}, found ${quote(statement.predicateType)}`);
  }
  if (!isAbout(statement, subject.digest)) {
    return refuse(candidate, "DIGEST_MISMATCH", `statement is not about ${subject.digest}`);
  }
  const ages = signed.map((each) => ({
    signature: each.signature,
    problem:
      judgeAge(each.signature, subject.now, rules.maxAgeMs) ?? judgeStatedAge(statement, subject.now, rules.maxAgeMs),
  }));
  const young = ages.find((each) => each.problem === undefined);
  if (young === undefined) {
    const problem = ages[0]?.problem;
    return refuse(candidate, problem?.code ?? "TOO_OLD", problem?.message ?? "too old");
  }
  const outcome = rules.conditions.evaluate(statement, work);
  if (outcome.state !== "true") {
    const code = outcome.state === "false" ? "CONDITION_FALSE" : "CONDITION_UNDECIDED";
    return refuse(candidate, code, `condition ${outcome.index + 1} ${outcome.message}`);
  }
  return { attestation: { signature: accepted(young.signature, rules), statement } };
}

function accepted(signature: VerifiedSignature, rules: Rules): VerifiedSignature {
  const more = [
    ...(rules.conditions.count > 0 ? ["conditions"] : []),
    ...(rules.maxAgeMs === undefined ? [] : ["age"]),
  ];
  return {
    ...signature,
    predicateType: rules.predicateType,
    checks: [...new Set([...signature.checks, "digest", "predicate-type", ...more])],
  };
}

/** The signer's own word on when it signed is worth nothing against the signer. */
function judgeAge(
  signature: VerifiedSignature,
  now: Date,
  maxAgeMs: number | undefined,
): { readonly code: SignatureProblemCode; readonly message: string } | undefined {
  if (maxAgeMs === undefined) {
    return undefined;
  }
  const signedAt = trustedTime(signature);
  if (signedAt === undefined) {
    return { code: "TIMESTAMP_INVALID", message: "expected a time from a timestamp authority or a transparency log" };
  }
  const ageMs = now.getTime() - signedAt;
  if (ageMs < -MAX_CLOCK_DIFFERENCE_MS) {
    return { code: "TIMESTAMP_INVALID", message: `signed in the future, at ${signature.signedAt ?? ""}` };
  }
  return ageMs > maxAgeMs ? { code: "TOO_OLD", message: `signed at ${signature.signedAt ?? ""}` } : undefined;
}

function trustedTime(signature: VerifiedSignature): number | undefined {
  if (signature.signedAt === undefined || signature.timeSource === undefined || signature.timeSource === "signer") {
    return undefined;
  }
  const time = Date.parse(signature.signedAt);
  return Number.isNaN(time) ? undefined : time;
}

/** Where a predicate says how old what it tells is. */
const STATED_TIMES: ReadonlyMap<string, string> = new Map([
  [VERDICT_PREDICATE_TYPE, "evaluatedAt"],
  [SCAN_PREDICATE_TYPE, "scannedAt"],
]);

/**
 * Against everybody else the signer's word counts: whoever finds an old signature by a key can have it logged or
 * timestamped once more, which makes its trusted time new, and cannot change what it signs.
 */
function judgeStatedAge(
  statement: InTotoStatement,
  now: Date,
  maxAgeMs: number | undefined,
): { readonly code: SignatureProblemCode; readonly message: string } | undefined {
  const statedAt = statedTime(statement);
  if (maxAgeMs === undefined || statedAt === undefined) {
    return undefined;
  }
  const ageMs = now.getTime() - statedAt;
  if (!(ageMs >= -MAX_CLOCK_DIFFERENCE_MS)) {
    return {
      code: "TIMESTAMP_INVALID",
      message: "expected the predicate to say when it was true, and not in the future",
    };
  }
  return ageMs > maxAgeMs
    ? { code: "TOO_OLD", message: `the predicate is of ${new Date(statedAt).toISOString()}` }
    : undefined;
}

/** `undefined` for predicates that have no such time; not a number for one that should have it and has not. */
function statedTime({ predicateType, predicate }: InTotoStatement): number | undefined {
  const field = STATED_TIMES.get(predicateType);
  if (field === undefined) {
    return undefined;
  }
  const isObject = typeof predicate === "object" && predicate !== null && Object.hasOwn(predicate, field);
  const value: unknown = isObject ? (predicate as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}

/** One attestation is enough, so the result holds as long as the youngest does. */
function lastInstant(attestations: readonly VerifiedAttestation[], maxAgeMs: number | undefined): string | undefined {
  const times = attestations.flatMap((each) => {
    const signedAt = trustedTime(each.signature);
    return signedAt === undefined ? [] : Math.min(signedAt, statedTime(each.statement) ?? signedAt);
  });
  return maxAgeMs === undefined || times.length === 0
    ? undefined
    : new Date(Math.max(...times) + maxAgeMs).toISOString();
}

/** Of several signers' answers the one that says most: "cannot tell" first, "by somebody else" last. */
function chooseProblem(findings: readonly EnvelopeFinding[]): SignatureProblem | undefined {
  const problems = findings.flatMap((finding) => (finding.ok ? [] : [finding.problem]));
  return (
    problems.find((problem) => problem.effect === "unknown") ??
    problems.find((problem) => problem.code !== "KEY_MISMATCH" && problem.code !== "IDENTITY_MISMATCH") ??
    problems[0]
  );
}

function tooMany(candidates: readonly CosignCandidate[]): readonly SignatureProblem[] {
  const first = candidates[LIMITS.maxSignatures];
  const message = `only ${LIMITS.maxSignatures} of ${candidates.length} attestations were looked at`;
  return first === undefined ? [] : [problemOf(first, "LIMIT_EXCEEDED", message)];
}

function refuse(candidate: CosignCandidate, code: SignatureProblemCode, message: string): Judged {
  return { problem: problemOf(candidate, code, message) };
}

function problemOf(candidate: CosignCandidate, code: SignatureProblemCode, message: string): SignatureProblem {
  const isUnknown = code === "CONDITION_UNDECIDED" || code === "LIMIT_EXCEEDED";
  return { kind: "cosign", code, effect: isUnknown ? "unknown" : "bad", location: candidate.location, message };
}

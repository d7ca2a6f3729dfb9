// SPDX-License-Identifier: Apache-2.0
import type { SignatureProblemCode, SignatureState } from "#signatures";
import type { VerificationOutcome, VerifiedRequirement } from "./verification-outcome.ts";

/** A state in the words for people: of what is `bad` or `none`, most is no reason to suspect anybody. */
export type RequirementHeading = SignatureState | "badAttestation" | "notSupported" | "refused" | "noAttestation";

/** Louder first. */
const LOUDEST_FIRST: readonly RequirementHeading[] = [
  "bad",
  "badAttestation",
  "refused",
  "none",
  "noAttestation",
  "notSupported",
  "unknown",
  "verified",
];
const ABSENT: ReadonlySet<SignatureProblemCode> = new Set(["NOT_SUPPORTED", "TARGET_MISSING"]);
const REFUSED: ReadonlySet<SignatureProblemCode> = new Set(["REJECTED", "POLICY_MISMATCH"]);

/**
 * How a requirement is headed. "Bad signature" is left to signatures that were there and failed; that nothing could be
 * looked up, or that this tag is not signed while others are, is `bad` as a state and says nothing about a forgery.
 */
export function headingOf({ requirement, result }: VerifiedRequirement): RequirementHeading {
  const isAttestation = requirement.kind === "attestation";
  if (result.state === "none") {
    return isAttestation ? "noAttestation" : "none";
  }
  const codes = result.problems.filter((each) => each.effect === "bad").map((each) => each.code);
  if (result.state !== "bad" || codes.length === 0) {
    return result.state;
  }
  if (isAttestation) {
    return codes.every((code) => code === "PREDICATE_MISMATCH") ? "noAttestation" : "badAttestation";
  }
  if (codes.every((code) => code === "NOT_SUPPORTED")) {
    return "notSupported";
  }
  if (codes.every((code) => ABSENT.has(code))) {
    return "none";
  }
  return codes.every((code) => REFUSED.has(code)) ? "refused" : "bad";
}

/** How the whole is headed: the loudest of those requirements that are as bad as the whole. */
export function worstHeading({ state, subjects }: VerificationOutcome): RequirementHeading {
  const headings = subjects
    .flatMap((subject) => subject.requirements)
    .filter(({ result }) => result.state === state)
    .map(headingOf);
  return LOUDEST_FIRST.find((heading) => headings.includes(heading)) ?? state;
}

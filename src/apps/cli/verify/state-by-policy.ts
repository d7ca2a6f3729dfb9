// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import type { Reason } from "#policy";
import { stateOfAll, type VerifiedRequirement, type VerifiedSubject } from "#report";
import type { SignatureState } from "#signatures";

/**
 * What a policy comes to: never better than its worst reason, and never better than the worst of what it asked for. A
 * verdict of somebody else has no reason of its own (the scan has), and a reason of an entry that only warns is a
 * warning; neither may end in "everything that was asked for holds".
 */
export function stateByPolicy(reasons: readonly Reason[], subjects: readonly VerifiedSubject[]): SignatureState {
  const asked = subjects.flatMap((subject) => subject.requirements.map((each) => ({ ...each, subject })));
  const results = asked
    .filter(({ requirement, subject }) => !isCovered(requirement, subject, subjects[0]))
    .map(({ result }) => result);
  const ofReasons = stateOfReasons(reasons);
  const states = [...(ofReasons === undefined ? [] : [ofReasons]), stateOfAll(results)];
  return results.length === 0 && ofReasons !== undefined
    ? ofReasons
    : (WORST_FIRST.find((state) => states.includes(state)) ?? "unknown");
}

/** `VERDICT_PREDICATE_TYPE` of `#attestations`, which is not loaded for this; a test compares them. */
const VERDICT_TYPE = `https://${API_GROUP}/attestation/verdict/v1`;

const WORST_FIRST: readonly SignatureState[] = ["bad", "none", "unknown", "verified"];

/** Checks that ask for nothing which could be looked up, and refuse: a missing Secret, or `reject`. */
export function isRefusal({ code }: Reason): boolean {
  return code === "SECRET_MISSING" || code === "SIGNATURE_REJECTED";
}

function stateOfReasons(reasons: readonly Reason[]): SignatureState | undefined {
  const weighty = reasons.filter((reason) => reason.effect === "deny" || reason.effect === "undecided");
  if (weighty.some(({ code }) => code === "SIGNATURE_INVALID" || code === "ATTESTATION_INVALID")) {
    return "bad";
  }
  if (reasons.some((reason) => reason.effect === "deny" || isRefusal(reason))) {
    return "none";
  }
  return weighty.length > 0 ? "unknown" : undefined;
}

/** A verdict on an index stands in for its children; that they must have their own is a reason of the policy. */
function isCovered(
  requirement: VerifiedRequirement["requirement"],
  subject: VerifiedSubject,
  root: VerifiedSubject | undefined,
): boolean {
  return (
    subject !== root &&
    requirement.kind === "attestation" &&
    requirement.predicateType === VERDICT_TYPE &&
    root?.requirements.some((each) => each.requirement === requirement && each.result.state === "verified") === true
  );
}

// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VERDICT_PREDICATE_TYPE } from "#attestations";
import { digestOf } from "#base";
import type { Reason, ReasonCode } from "#policy";
import type { VerifiedSubject } from "#report";
import { requirementId, type SignatureState, type TrustRequirement } from "#signatures";
import { stateByPolicy } from "./state-by-policy.ts";

const ROOT = digestOf("root");
const verdict: TrustRequirement = {
  kind: "attestation",
  predicateType: VERDICT_PREDICATE_TYPE,
  by: [],
  conditions: [],
};
const other: TrustRequirement = { ...verdict, predicateType: "https://example.com/review/v1" };

function subject(states: readonly SignatureState[], requirement: TrustRequirement = other): VerifiedSubject {
  const result = { requirement: requirementId(requirement), digest: ROOT, signatures: [], problems: [] };
  return { digest: ROOT, requirements: states.map((state) => ({ requirement, result: { ...result, state } })) };
}

function reason(code: ReasonCode, effect: Reason["effect"]): Reason {
  return { code, effect, params: {} };
}

describe("what a policy comes to", () => {
  it.each<{ name: string; reasons: readonly Reason[]; subjects: readonly VerifiedSubject[]; want: SignatureState }>([
    {
      name: "a verdict that is missing, and no reason",
      reasons: [],
      subjects: [subject(["none"], verdict)],
      want: "none",
    },
    { name: "a verdict that nobody can tell", reasons: [], subjects: [subject(["unknown"], verdict)], want: "unknown" },
    { name: "a verdict that does not count", reasons: [], subjects: [subject(["bad"], verdict)], want: "bad" },
    { name: "a verdict that holds", reasons: [], subjects: [subject(["verified"], verdict)], want: "verified" },
    {
      name: "a verdict on an index, for its children",
      reasons: [],
      subjects: [subject(["verified"], verdict), subject(["none"], verdict)],
      want: "verified",
    },
    {
      name: "a verdict on a child only",
      reasons: [],
      subjects: [subject(["none"], verdict), subject(["verified"], verdict)],
      want: "none",
    },
    {
      name: "another attestation of a child",
      reasons: [],
      subjects: [subject(["verified"]), subject(["none"])],
      want: "none",
    },
    { name: "nothing asked", reasons: [], subjects: [subject([])], want: "unknown" },
    { name: "no entry", reasons: [reason("NO_POLICY", "deny")], subjects: [subject([])], want: "none" },
    {
      name: "an entry that only warns of a missing signature",
      reasons: [reason("SIGNATURE_MISSING", "warn")],
      subjects: [subject(["verified", "none"])],
      want: "none",
    },
    {
      name: "an entry that only warns of a missing Secret",
      reasons: [reason("SECRET_MISSING", "warn")],
      subjects: [subject(["verified"])],
      want: "none",
    },
    {
      name: "an entry that only warns that it accepts nothing",
      reasons: [reason("SIGNATURE_REJECTED", "warn")],
      subjects: [subject(["verified"])],
      want: "none",
    },
  ])("$name: $want", ({ reasons, subjects, want }) => {
    expect(stateByPolicy(reasons, subjects)).toBe(want);
  });

  it("is verified only if something was asked and all of it is verified, whatever the reasons are", () => {
    const states = fc.array(fc.constantFrom<SignatureState>("verified", "verified", "none", "bad", "unknown"), {
      maxLength: 3,
    });
    const reasons = fc.array(
      fc.record({
        code: fc.constantFrom<ReasonCode>("SIGNATURE_MISSING", "SIGNATURE_INVALID", "SECRET_MISSING", "MORE_REASONS"),
        effect: fc.constantFrom<Reason["effect"]>("deny", "undecided", "warn"),
        params: fc.constant({}),
      }),
      { maxLength: 2 },
    );
    fc.assert(
      fc.property(fc.array(states, { maxLength: 3 }), reasons, (asked, given) => {
        const all = asked.flat();
        const isVerified =
          all.length > 0 &&
          all.every((state) => state === "verified") &&
          given.every((each) => each.effect === "warn" && each.code !== "SECRET_MISSING");
        const found = stateByPolicy(
          given,
          asked.map((each) => subject(each)),
        );
        expect(found === "verified").toBe(isVerified);
      }),
    );
  });
});

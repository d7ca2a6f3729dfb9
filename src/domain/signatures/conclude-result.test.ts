// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { concludeResult } from "./conclude-result.ts";
import type { SignatureProblem, VerifiedSignature } from "./signature-result.ts";

const DIGEST = digestOf("image");
const SIGNATURE: VerifiedSignature = {
  kind: "cosign",
  identity: "release@example.com",
  keyId: "sha256:1",
  location: "referrer",
  checks: ["signature"],
};

function problem(effect: SignatureProblem["effect"]): SignatureProblem {
  return { kind: "cosign", code: "MALFORMED", effect, location: "referrer", message: "" };
}

describe("concludeResult", () => {
  it.each([
    {
      name: "nothing found, and everything was read: none",
      signatures: [],
      problems: [],
      isComplete: true,
      want: "none",
    },
    {
      name: "nothing found, but not everything was read: unknown",
      signatures: [],
      problems: [],
      isComplete: false,
      want: "unknown",
    },
    { name: "a bad candidate: bad", signatures: [], problems: [problem("bad")], isComplete: true, want: "bad" },
    {
      name: "a bad candidate, and not everything was read: unknown",
      signatures: [],
      problems: [problem("bad")],
      isComplete: false,
      want: "unknown",
    },
    {
      name: "bad and unreadable candidates: unknown",
      signatures: [],
      problems: [problem("bad"), problem("unknown")],
      isComplete: true,
      want: "unknown",
    },
    {
      name: "a warning alone is no signature: bad",
      signatures: [],
      problems: [problem("warning")],
      isComplete: true,
      want: "bad",
    },
    {
      name: "one that holds beside bad ones: verified",
      signatures: [SIGNATURE],
      problems: [problem("bad")],
      isComplete: true,
      want: "verified",
    },
    {
      name: "one that holds, though not everything was read: verified",
      signatures: [SIGNATURE],
      problems: [problem("unknown")],
      isComplete: false,
      want: "verified",
    },
  ] as const)("$name", ({ signatures, problems, isComplete, want }) => {
    const result = concludeResult({ requirement: "r", digest: DIGEST, signatures, problems, isComplete });
    expect(result.state).toBe(want);
    expect(result.signatures).toEqual(signatures);
    expect(result.problems).toEqual(problems);
  });

  it("never says verified without a signature, whatever else was found", () => {
    const problems = fc.array(fc.constantFrom("bad", "unknown", "warning").map((effect) => problem(effect)));
    fc.assert(
      fc.property(problems, fc.boolean(), (found, isComplete) => {
        const result = concludeResult({
          requirement: "r",
          digest: DIGEST,
          signatures: [],
          problems: found,
          isComplete,
        });
        expect(result.state).not.toBe("verified");
        expect(result.state === "none").toBe(isComplete && found.length === 0);
      }),
    );
  });
});

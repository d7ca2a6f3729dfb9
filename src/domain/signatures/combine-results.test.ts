// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { combineAlternatives } from "./combine-results.ts";
import type { SignatureResult, SignatureState } from "./signature-result.ts";

const DIGEST = digestOf("image");

function result(state: SignatureState, keyIds: readonly string[] = [], validUntil?: string): SignatureResult {
  return {
    requirement: keyIds.join(),
    digest: DIGEST,
    state,
    signatures: keyIds.map((keyId) => ({ kind: "cosign", identity: keyId, keyId, location: "referrer", checks: [] })),
    problems:
      state === "bad" || state === "unknown"
        ? [{ kind: "cosign", code: "MALFORMED", effect: state, location: "referrer", message: "" }]
        : [],
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

describe("combineAlternatives", () => {
  it.each<{ name: string; atLeast: number; results: readonly SignatureResult[]; want: SignatureState }>([
    {
      name: "one of two is enough for one",
      atLeast: 1,
      results: [result("verified", ["a"]), result("none")],
      want: "verified",
    },
    {
      name: "two different signers are two",
      atLeast: 2,
      results: [result("verified", ["a"]), result("verified", ["b"])],
      want: "verified",
    },
    {
      name: "one signer named twice is one",
      atLeast: 2,
      results: [result("verified", ["a"]), result("verified", ["a"])],
      want: "bad",
    },
    {
      name: "the second key of one alternative does not sign for another",
      atLeast: 3,
      results: [result("verified", ["a", "b", "c"]), result("verified", ["a"]), result("verified", ["a"])],
      want: "bad",
    },
    {
      name: "whoever has two keys leaves the common one to the other",
      atLeast: 2,
      results: [result("verified", ["a", "b"]), result("verified", ["a"])],
      want: "verified",
    },
    {
      name: "two signatures of one alternative are one",
      atLeast: 2,
      results: [result("verified", ["a", "b"]), result("none")],
      want: "bad",
    },
    {
      name: "too few, and one could not be read: cannot tell",
      atLeast: 2,
      results: [result("verified", ["a"]), result("unknown")],
      want: "unknown",
    },
    { name: "none of them signed", atLeast: 1, results: [result("none"), result("none")], want: "none" },
    { name: "bad is louder than none", atLeast: 1, results: [result("none"), result("bad")], want: "bad" },
    { name: "no alternative at all is not verified", atLeast: 1, results: [], want: "none" },
    { name: "asking for none of them verifies nothing", atLeast: 0, results: [], want: "none" },
    {
      name: "asking for none of them verifies nothing, even when one holds",
      atLeast: 0,
      results: [result("verified", ["a"])],
      want: "bad",
    },
  ])("$name", ({ atLeast, results, want }) => {
    const combined = combineAlternatives({ requirement: "all", digest: DIGEST, atLeast }, results);
    expect(combined.state).toBe(want);
    expect(combined.signatures.length > 0).toBe(want === "verified");
  });

  it.each([
    { name: "one identity with two certificates is one signer", identities: ["a@x", "a@x"], want: "bad" },
    { name: "two identities of one issuer are two", identities: ["a@x", "b@x"], want: "verified" },
  ] as const)("$name", ({ identities, want }) => {
    const results = identities.map((identity, at): SignatureResult => {
      const certificate = {
        subject: "",
        issuer: "CN=ca",
        serialNumber: String(at),
        fingerprint: String(at),
        notBefore: "",
        notAfter: "",
      };
      const { signatures, ...rest } = result("verified", [`key ${at}`]);
      return {
        ...rest,
        signatures: signatures.map((each) => ({ ...each, identity, issuer: "https://id.example", certificate })),
      };
    });
    expect(combineAlternatives({ requirement: "all", digest: DIGEST, atLeast: 2 }, results).state).toBe(want);
  });

  it("lasts as long as the first of the results that count", () => {
    const results = [
      result("verified", ["a"], "2026-12-02T00:00:00Z"),
      result("verified", ["b"], "2026-12-01T00:00:00Z"),
    ];
    expect(combineAlternatives({ requirement: "all", digest: DIGEST, atLeast: 2 }, results).validUntil).toBe(
      "2026-12-01T00:00:00Z",
    );
  });
});

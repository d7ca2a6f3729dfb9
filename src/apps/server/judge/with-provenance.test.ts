// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { ImageFacts, PlatformFacts } from "#policy";
import type { SignatureResult, VerifiedSignature } from "#signatures";
import { withProvenance } from "./with-provenance.ts";

const DIGEST = digestOf("image");
const SLSA = "https://slsa.dev/provenance/v1";

function result(state: SignatureResult["state"], changes: Partial<VerifiedSignature> = {}): SignatureResult {
  const signature: VerifiedSignature = {
    kind: "cosign",
    identity: "builder",
    keyId: "k",
    location: "referrer",
    checks: [],
    predicateType: SLSA,
    signedAt: "2026-05-01T00:00:00Z",
    timeSource: "transparency-log",
    ...changes,
  };
  return { requirement: "r", digest: DIGEST, state, signatures: [signature], problems: [] };
}

function image(trust: readonly SignatureResult[]): PlatformFacts {
  return {
    digest: DIGEST,
    platform: "linux/amd64",
    scan: { state: "missing" },
    created: { at: "2020-01-01T00:00:00Z", from: "config" },
    trust,
  };
}

describe("withProvenance", () => {
  it.each([
    { name: "that was not verified", trust: [result("bad")] },
    { name: "of another kind", trust: [result("verified", { predicateType: "https://spdx.dev/Document" })] },
    { name: "whose time only its signer says", trust: [result("verified", { timeSource: "signer" })] },
    { name: "that nobody looked up", trust: [] },
  ])("an attestation $name says nothing about the age", ({ trust }) => {
    const facts: ImageFacts = { kind: "image", ...image(trust) };
    expect(withProvenance(facts, { created: true })).toEqual(facts);
  });

  it("the oldest verified one counts, before the word of the builder", () => {
    const trust = [result("verified", { signedAt: "2026-06-01T00:00:00Z" }), result("verified")];
    expect(withProvenance({ kind: "image", ...image(trust) }, { created: true })).toMatchObject({
      created: { at: "2026-05-01T00:00:00Z", from: "provenance" },
    });
  });

  it("that of an index counts for its children", () => {
    const facts: ImageFacts = { kind: "index", digest: DIGEST, trust: [result("verified")], children: [image([])] };
    expect(withProvenance(facts, { created: true })).toMatchObject({
      created: { from: "provenance" },
      children: [{ created: { from: "provenance" } }],
    });
  });

  it("nothing is looked at where nobody asks", () => {
    const facts: ImageFacts = { kind: "image", ...image([result("verified")]) };
    expect(withProvenance(facts, { created: false })).toBe(facts);
  });
});

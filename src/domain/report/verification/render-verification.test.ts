// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { createTranslate } from "#messages";
import { renderVerificationJson, renderVerificationTable, stateOfAll, type VerificationOutcome } from "#report";
import {
  requirementId,
  type SignatureProblemCode,
  type SignatureResult,
  type SignatureState,
  type TrustRequirement,
} from "#signatures";

const GOLDEN = new URL("../testdata/", import.meta.url).pathname;
const ROOT = digestOf("index");
const CHILD = digestOf("child");
const keyless: TrustRequirement = {
  kind: "cosign-keyless",
  identities: [{ issuer: "https://issuer.example", subject: "ci@team.example" }],
  trustRoot: { name: "sigstore" },
};
const notary: TrustRequirement = { kind: "notary", rootKeyIds: ["ab12"], trustOnFirstUse: false, signers: [] };

function result(
  requirement: TrustRequirement,
  state: SignatureState,
  rest: Partial<SignatureResult> = {},
): SignatureResult {
  return { requirement: requirementId(requirement), digest: ROOT, state, signatures: [], problems: [], ...rest };
}

const verified = result(keyless, "verified", {
  validUntil: "2026-12-01T00:00:00Z",
  signatures: [
    {
      kind: "cosign",
      identity: "ci@team.example",
      issuer: "https://issuer.example",
      keyId: "sha256:00ff",
      signedAt: "2026-06-01T10:00:00Z",
      timeSource: "transparency-log",
      transparency: { logIndex: "42", logId: "c0d2" },
      location: "referrer sha256:1111",
      checks: ["certificate-chain", "sct", "transparency-log", "identity", "signature", "digest"],
    },
  ],
});
const bad = result(keyless, "bad", {
  problems: [
    {
      kind: "cosign",
      code: "IDENTITY_MISMATCH",
      effect: "bad",
      location: "referrer sha256:2222",
      message: 'expected "ci@team.example", found "mallory@evil.example"',
      claimedIdentity: "mallory@evil.example\u001b[2J",
    },
    {
      kind: "cosign",
      code: "SIGNATURE_INVALID",
      effect: "bad",
      location: "tag sha256-33.sig",
      message: "does not verify",
    },
  ],
});
const unknown = result(notary, "unknown", {
  problems: [
    {
      kind: "notary",
      code: "SOURCE_UNAVAILABLE",
      effect: "unknown",
      location: "https://notary.example/v2/",
      message: "notary.example cannot be reached: connect ECONNREFUSED",
    },
  ],
});

const base = { reference: "registry.example/team/app:1.0", digest: ROOT, isIndex: false, askedBy: "flags" as const };
const OUTCOMES: Readonly<Record<string, VerificationOutcome>> = {
  verified: {
    ...base,
    subjects: [{ digest: ROOT, requirements: [{ requirement: keyless, result: verified }] }],
    state: "verified",
  },
  bad: {
    ...base,
    subjects: [
      {
        digest: ROOT,
        requirements: [
          { requirement: keyless, result: bad },
          { requirement: notary, result: unknown },
        ],
      },
    ],
    state: "bad",
  },
  index: {
    ...base,
    isIndex: true,
    subjects: [
      { digest: ROOT, requirements: [{ requirement: keyless, result: verified }] },
      {
        digest: CHILD,
        platform: "linux/arm64",
        requirements: [{ requirement: keyless, result: result(keyless, "none") }],
      },
    ],
    state: "none",
  },
  unasked: {
    ...base,
    askedBy: "nothing",
    subjects: [],
    found: [
      { kind: "cosign", location: "tag sha256-33.sig" },
      { kind: "cosign", location: "referrer sha256:1111", predicateType: "https://slsa.dev/provenance/v1" },
      {
        kind: "cosign",
        location: "referrer sha256:5555",
        predicateType: "https://cosign.sigstore.dev/attestation/vuln/v1",
      },
      { kind: "notation", location: "referrer sha256:4444" },
    ],
    state: "unknown",
  },
};

describe.each(Object.entries(OUTCOMES))("%s", (name, outcome) => {
  it.each(["en", "ko"] as const)("as a table in %s", async (language) => {
    const text = renderVerificationTable(outcome, createTranslate(language), { color: false });
    expect(text).not.toContain("\u001b");
    await expect(text).toMatchFileSnapshot(`${GOLDEN}verify-${name}.golden.${language}.txt`);
  });

  it("as JSON", async () => {
    await expect(renderVerificationJson(outcome)).toMatchFileSnapshot(`${GOLDEN}verify-${name}.golden.json`);
  });
});

describe("only a signature that failed is called bad", () => {
  const attestation: TrustRequirement = {
    kind: "attestation",
    predicateType: "https://t.example",
    by: [],
    conditions: [],
  };

  it.each<{
    requirement: TrustRequirement;
    state: SignatureState;
    codes: readonly SignatureProblemCode[];
    says: RegExp;
  }>([
    {
      requirement: notary,
      state: "bad",
      codes: ["NOT_SUPPORTED"],
      says: /^not supported here .*not supported where the image is/s,
    },
    { requirement: notary, state: "bad", codes: ["TARGET_MISSING"], says: /^not signed .*not signed as asked for/s },
    {
      requirement: notary,
      state: "bad",
      codes: ["TARGET_MISSING", "EXPIRED"],
      says: /^BAD SIGNATURE .*worse than no/s,
    },
    {
      requirement: notary,
      state: "bad",
      codes: ["REJECTED"],
      says: /^nothing is accepted here .*accepts no signature/s,
    },
    {
      requirement: keyless,
      state: "bad",
      codes: ["NOT_SUPPORTED", "KEY_MISMATCH"],
      says: /^BAD SIGNATURE .*worse than no/s,
    },
    { requirement: keyless, state: "bad", codes: [], says: /^BAD SIGNATURE .*worse than no/s },
    {
      requirement: attestation,
      state: "bad",
      codes: ["CONDITION_FALSE"],
      says: /^attestation does not hold .*there is an attestation/s,
    },
    {
      requirement: attestation,
      state: "bad",
      codes: ["PREDICATE_MISMATCH"],
      says: /^no attestation .*has no attestation/s,
    },
    { requirement: attestation, state: "none", codes: [], says: /^no attestation .*has no attestation/s },
    { requirement: keyless, state: "none", codes: [], says: /^not signed .*not signed as asked for/s },
  ])("$requirement.kind $state $codes", ({ requirement, state, codes, says }) => {
    const problems = codes.map((code) => ({
      kind: "notary" as const,
      code,
      effect: "bad" as const,
      location: "",
      message: "",
    }));
    const subjects = [
      { digest: ROOT, requirements: [{ requirement, result: result(requirement, state, { problems }) }] },
    ];
    const text = renderVerificationTable({ ...base, subjects, state }, createTranslate("en"), { color: false });
    const [, ...body] = text.split("\n\n");
    expect(body.join("\n\n")).toMatch(says);
    expect(text.includes("worse than")).toBe(says.source.includes("worse"));
  });
});

describe("stateOfAll", () => {
  it.each([
    { states: [], want: "unknown" },
    { states: ["verified"], want: "verified" },
    { states: ["verified", "unknown"], want: "unknown" },
    { states: ["unknown", "none"], want: "none" },
    { states: ["verified", "none", "unknown", "bad"], want: "bad" },
  ] as { states: SignatureState[]; want: SignatureState }[])("$states: $want", ({ states, want }) => {
    expect(stateOfAll(states.map((state) => result(keyless, state)))).toBe(want);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { type CosignCandidate, type CosignVerifier, createCosignVerifier } from "#cosign";
import { parseImageReference } from "#oci";
import type { AttestationRequirement, CosignKeyRequirement, SignatureProblemCode } from "#signatures";
import { SAMPLE_PREDICATES } from "../../../test/support/predicates/sample-predicates.ts";
import { createPrivateSigstore, type PrivateSigstore } from "../../../test/support/sigstore/private-sigstore.ts";
import {
  type SigningOrder,
  signEnvelope,
  signLegacy,
  signLegacyAttestation,
  signStatement,
  simpleSigningPayload,
} from "../../../test/support/sigstore/sign-candidate.ts";
import { createAttestationVerifier } from "./create-attestation-verifier.ts";
import { renderStatement } from "./in-toto-statement.ts";
import { VERDICT_PREDICATE_TYPE } from "./predicate-types.ts";

const DIGEST = digestOf("image");
const NOW = new Date("2026-11-22T08:00:00Z");
const SUBJECT = { digest: DIGEST, reference: parseImageReference("registry.test/app:1"), now: NOW };
const TYPE = "https://example.test/p";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
let sigstore: PrivateSigstore;

beforeAll(async () => {
  sigstore = await createPrivateSigstore({ now: () => new Date("2026-11-20T08:00:00Z") });
});

function requirementOf(changes: Partial<AttestationRequirement> = {}): AttestationRequirement {
  return { kind: "attestation", predicateType: TYPE, by: [keyRequirement()], conditions: [], ...changes };
}

function keyRequirement(publicKey: KeyObject = key.publicKey): CosignKeyRequirement {
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return { kind: "cosign-key", keys: [pem], trustRoot: { json: sigstore.trustedRoot() } };
}

function verify(requirement: AttestationRequirement, candidates: readonly CosignCandidate[], now: Date = NOW) {
  const verifiers = requirement.by.map((each): CosignVerifier => createCosignVerifier(each));
  return createAttestationVerifier(requirement, verifiers).verify(candidates, { ...SUBJECT, now });
}

function statement(changes: { digest?: typeof DIGEST; predicateType?: string; predicate?: unknown } = {}): Buffer {
  return Buffer.from(renderStatement({ digest: DIGEST, predicateType: TYPE, predicate: { level: 3 }, ...changes }));
}

async function attest(payload: Buffer = statement(), order: Partial<SigningOrder> = {}): Promise<CosignCandidate> {
  return await signEnvelope(sigstore, payload, { signer: { key: key.privateKey }, ...order });
}

describe("the age of a verdict is also that of its evaluation", () => {
  // anybody can have an old signature by a key logged or timestamped once more
  const requirement = (): AttestationRequirement =>
    requirementOf({ predicateType: VERDICT_PREDICATE_TYPE, maxAge: "5d" });

  async function verdictOf(predicate: unknown): Promise<CosignCandidate> {
    return await attest(statement({ predicateType: VERDICT_PREDICATE_TYPE, predicate }), { log: "v1" });
  }

  it.each([
    { name: "an old one with a new proof", predicate: { evaluatedAt: "2026-01-01T00:00:00Z" }, code: "TOO_OLD" },
    { name: "one of the future", predicate: { evaluatedAt: "2026-12-01T00:00:00Z" }, code: "TIMESTAMP_INVALID" },
    { name: "one that does not say when", predicate: {}, code: "TIMESTAMP_INVALID" },
    { name: "one that is nothing", predicate: null, code: "TIMESTAMP_INVALID" },
  ])("$name does not count", async ({ predicate, code }) => {
    const { signatures, problems } = verify(requirement(), [await verdictOf(predicate)]);
    expect({ signatures, codes: problems.map((each) => each.code) }).toEqual({ signatures: [], codes: [code] });
  });

  it("counts as long as both are young", async () => {
    const findings = verify(requirement(), [await verdictOf({ evaluatedAt: "2026-11-19T08:00:00Z" })]);
    expect(findings).toMatchObject({ signatures: [{}], validUntil: "2026-11-24T08:00:00.000Z" });
  });
});

describe("an attestation that does not count", () => {
  interface Bad {
    readonly name: string;
    readonly make: () => Promise<CosignCandidate>;
    readonly changes?: Partial<AttestationRequirement>;
    readonly code: SignatureProblemCode;
    readonly effect?: string;
  }
  const cases: readonly Bad[] = [
    {
      name: "about another digest",
      make: () => attest(statement({ digest: digestOf("other") })),
      code: "DIGEST_MISMATCH",
    },
    {
      name: "by another key",
      make: () => attest(statement(), { signer: { key: stranger.privateKey } }),
      code: "KEY_MISMATCH",
    },
    {
      name: "a payload swapped after signing",
      make: () =>
        attest(statement({ digest: digestOf("other") }), {
          tamper: (bundle: { dsseEnvelope: { payload: string } }) => {
            bundle.dsseEnvelope.payload = statement().toString("base64");
          },
        }),
      code: "SIGNATURE_INVALID",
    },
    {
      name: "a payload that is no statement",
      make: () => attest(Buffer.from(`{"predicateType":"${TYPE}"}`)),
      code: "MALFORMED",
    },
    { name: "bytes that are no bundle", make: () => Promise.resolve(bundleOf("{}")), code: "MALFORMED" },
    {
      name: "a condition that is false",
      make: () => attest(),
      changes: { conditions: ["predicate.level == 4"] },
      code: "CONDITION_FALSE",
    },
    {
      name: "a condition about a field that is not there",
      make: () => attest(),
      changes: { conditions: ["predicate.level == 3", "predicate.other == 1"] },
      code: "CONDITION_UNDECIDED",
      effect: "unknown",
    },
    {
      name: "no trusted time, when an age is asked for",
      make: () => attest(),
      changes: { maxAge: "30d" },
      code: "TIMESTAMP_INVALID",
    },
    { name: "too old", make: () => attest(statement(), { log: "v1" }), changes: { maxAge: "1d" }, code: "TOO_OLD" },
    {
      name: "an `.att` layer labelled with the type that signs another",
      make: () =>
        signLegacyAttestation(sigstore, statement({ predicateType: "https://example.test/other" }), {
          signer: { key: key.privateKey },
          tamper: (annotations: Record<string, string>) => {
            annotations["predicateType"] = TYPE;
          },
        }),
      code: "PREDICATE_MISMATCH",
    },
  ];
  it.each(cases)("$name: $code", async ({ make, changes, code, effect }) => {
    const findings = verify(requirementOf(changes), [await make()]);
    expect(findings.signatures).toEqual([]);
    expect(findings.problems).toMatchObject([{ code, effect: effect ?? "bad" }]);
  });

  it("an empty list of signers accepts nobody", async () => {
    const findings = verify(requirementOf({ by: [] }), [await attest()]);
    expect(findings).toMatchObject({ signatures: [], problems: [{ effect: "bad" }] });
  });

  it("two statements of which each fulfils one condition do not add up", async () => {
    const conditions = ["predicate.a == 1", "predicate.b == 1"];
    const candidates = [
      await attest(statement({ predicate: { a: 1, b: 0 } })),
      await attest(statement({ predicate: { a: 0, b: 1 } })),
    ];
    expect(verify(requirementOf({ conditions }), candidates).signatures).toEqual([]);
    const both = await attest(statement({ predicate: { a: 1, b: 1 } }));
    expect(verify(requirementOf({ conditions }), [...candidates, both]).signatures).toHaveLength(1);
  });

  it("more attestations than are looked at are no certainty", async () => {
    const one = await attest(statement({ digest: digestOf("other") }));
    const findings = verify(
      requirementOf(),
      Array.from({ length: 65 }, () => one),
    );
    expect(findings.problems.at(-1)).toMatchObject({ code: "LIMIT_EXCEEDED", effect: "unknown" });
  });
});

describe("what lies beside the attestation", () => {
  it("signatures and attestations of other types are passed over, whoever signed them", async () => {
    const order = { signer: { key: stranger.privateKey } };
    const candidates = [
      await signEnvelope(sigstore, signStatement(DIGEST), order),
      await signLegacy(sigstore, simpleSigningPayload(DIGEST), order),
      await attest(statement({ predicateType: "https://example.test/p/" }), order),
      await attest(statement({ predicateType: "https://example.test/other" })),
    ];
    expect(verify(requirementOf(), candidates)).toEqual({ signatures: [], statements: [], problems: [] });
    expect(verify(requirementOf(), [])).toEqual({ signatures: [], statements: [], problems: [] });
  });
});

describe("an attestation that counts", () => {
  it("says what was checked, and gives the statement", async () => {
    const findings = verify(requirementOf({ conditions: ["predicate.level == 3"] }), [await attest()]);
    expect(findings.problems).toEqual([]);
    expect(findings.signatures).toMatchObject([
      {
        kind: "cosign",
        predicateType: TYPE,
        checks: expect.arrayContaining(["digest", "predicate-type", "conditions"]),
      },
    ]);
    expect(findings.statements).toMatchObject([{ predicate: { level: 3 } }]);
  });

  it("any of the signers is enough", async () => {
    const by = [keyRequirement(stranger.publicKey), keyRequirement()];
    expect(verify(requirementOf({ by }), [await attest()]).signatures).toHaveLength(1);
  });

  it("an age by the time of the log holds until it ends", async () => {
    const findings = verify(requirementOf({ maxAge: "3d" }), [await attest(statement(), { log: "v1" })]);
    expect(findings.signatures).toHaveLength(1);
    expect(findings.validUntil).toBe("2026-11-23T08:00:00.000Z");
  });

  it("a layer of an `.att` tag", async () => {
    const layer = await signLegacyAttestation(sigstore, statement(), { signer: { key: key.privateKey } });
    expect(verify(requirementOf(), [layer]).signatures).toHaveLength(1);
  });

  it.each(SAMPLE_PREDICATES)(
    "$predicateType under a condition",
    async ({ predicateType, predicate, isTrue, isFalse }) => {
      const candidate = await attest(statement({ predicateType, predicate }));
      expect(verify(requirementOf({ predicateType, conditions: [isTrue] }), [candidate]).signatures).toHaveLength(1);
      expect(verify(requirementOf({ predicateType, conditions: [isTrue, isFalse] }), [candidate])).toMatchObject({
        signatures: [],
        problems: [{ code: "CONDITION_FALSE" }],
      });
    },
  );
});

it("an age that is none is refused when the verifier is made", () => {
  expect(() => createAttestationVerifier(requirementOf({ maxAge: "soon" }), [])).toThrow(
    expect.objectContaining({ code: "CONDITION_INVALID" }),
  );
});

function bundleOf(text: string): CosignCandidate {
  return { kind: "bundle", location: "test", bytes: Buffer.from(text) };
}

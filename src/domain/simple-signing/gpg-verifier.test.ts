// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import { parseImageReference } from "#oci";
import { concludeResult, type GpgRequirement, type SignatureProblemCode } from "#signatures";
import { createOpenPgpKey, type OpenPgpTestKey } from "../../../test/support/simple-signing/open-pgp-key.ts";
import {
  armored,
  compressed,
  literal,
  type MessageOptions,
  onePass,
  packet,
  signatureBody,
  signedMessage,
  subpacket,
} from "../../../test/support/simple-signing/open-pgp-message.ts";
import { createGpgVerifier, type GpgFindings } from "./gpg-verifier.ts";
import { renderSimpleSigningPayload } from "./payload.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const YESTERDAY = new Date("2026-11-21T12:00:00Z");
const LONG_AGO = new Date("2020-01-01T00:00:00Z");
const DAY = 86_400;
const DIGEST = digestOf("manifest");
const REFERENCE = "registry.example/team/app:1.0";
const PAYLOAD = renderSimpleSigningPayload({ digest: DIGEST, reference: REFERENCE });
const SIGNED: MessageOptions = { createdAt: YESTERDAY };

let alice: OpenPgpTestKey;
let mallory: OpenPgpTestKey;

beforeAll(async () => {
  alice = await createOpenPgpKey({ createdAt: LONG_AGO, userId: "Alice <alice@example.test>", subkeys: 1 });
  mallory = await createOpenPgpKey({ createdAt: LONG_AGO });
});

async function verify(
  messages: readonly Uint8Array[],
  requirement: Partial<GpgRequirement> = {},
  now: Date = NOW,
): Promise<GpgFindings> {
  const verifier = createGpgVerifier({
    kind: "gpg",
    keys: [alice.armored],
    identity: { type: "matchRepoDigestOrExact" },
    ...requirement,
  });
  const candidates = messages.map((bytes, index) => ({ location: `signature-${index + 1}`, bytes }));
  return await verifier.verify(candidates, { digest: DIGEST, reference: parseImageReference(REFERENCE), now });
}

function stateOf(findings: GpgFindings): string {
  return concludeResult({ requirement: "test", digest: DIGEST, isComplete: true, ...findings }).state;
}

async function expectRefused(findings: Promise<GpgFindings>, code: SignatureProblemCode): Promise<void> {
  const { signatures, problems } = await findings;
  expect(signatures).toEqual([]);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
}

interface Refusal {
  readonly name: string;
  readonly message: () => Uint8Array;
  readonly code: SignatureProblemCode;
}

describe("what is no signed message", () => {
  it.each<Refusal>([
    { name: "no bytes", message: () => new Uint8Array(), code: "MALFORMED" },
    { name: "text", message: () => PAYLOAD, code: "MALFORMED" },
    { name: "an unsigned message", message: () => compressed(literal(PAYLOAD), "zip"), code: "MALFORMED" },
    {
      name: "a detached signature",
      message: () => packet(2, signatureBody(PAYLOAD, alice.primary, SIGNED)),
      code: "MALFORMED",
    },
    {
      name: "an armoured detached signature",
      message: () => armored(packet(2, signatureBody(PAYLOAD, alice.primary, SIGNED)), "SIGNATURE"),
      code: "MALFORMED",
    },
    {
      name: "a cleartext signature",
      message: () => Buffer.from("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n"),
      code: "MALFORMED",
    },
    { name: "a key", message: () => Buffer.from(alice.armored), code: "MALFORMED" },
    {
      name: "an announcement without its signature",
      message: () => Buffer.concat([onePass(alice.primary), literal(PAYLOAD)]),
      code: "MALFORMED",
    },
    {
      name: "a signature behind the content without announcement",
      message: () => Buffer.concat([literal(PAYLOAD), packet(2, signatureBody(PAYLOAD, alice.primary, SIGNED))]),
      code: "MALFORMED",
    },
    {
      name: "something behind the message",
      message: () => Buffer.concat([signedMessage(PAYLOAD, [alice.primary], SIGNED), Buffer.from([0])]),
      code: "MALFORMED",
    },
    {
      name: "a second content",
      message: () =>
        Buffer.concat([signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, compression: "none" }), literal(PAYLOAD)]),
      code: "MALFORMED",
    },
    {
      name: "an announcement of another hash",
      message: () =>
        Buffer.concat([
          onePass(alice.primary, { hash: 10 }),
          literal(PAYLOAD),
          packet(2, signatureBody(PAYLOAD, alice.primary, SIGNED)),
        ]),
      code: "MALFORMED",
    },
    {
      name: "a signed message around a signed message",
      message: () =>
        Buffer.concat([
          onePass(mallory.primary),
          compressed(signedMessage(PAYLOAD, [alice.primary], SIGNED), "zip"),
          packet(2, signatureBody(PAYLOAD, mallory.primary, SIGNED)),
        ]),
      code: "MALFORMED",
    },
    { name: "an encrypted message", message: () => packet(18, Buffer.alloc(50)), code: "UNSUPPORTED" },
    {
      name: "a compressed bomb",
      message: () =>
        compressed(signedMessage(Buffer.alloc(2 * LIMITS.maxSignatureBytes), [alice.primary], SIGNED), "zip"),
      code: "LIMIT_EXCEEDED",
    },
    {
      name: "compression within compression without end",
      message: () => {
        let message = signedMessage(PAYLOAD, [alice.primary], SIGNED);
        for (let depth = 0; depth < 20; depth += 1) {
          message = compressed(message, "zlib");
        }
        return message;
      },
      code: "LIMIT_EXCEEDED",
    },
    { name: "compression by bzip2", message: () => packet(8, Buffer.from([3, 1, 2, 3])), code: "UNSUPPORTED" },
    {
      name: "more bytes than allowed",
      message: () => Buffer.alloc(LIMITS.maxSignatureBytes + 1, 0xca),
      code: "LIMIT_EXCEEDED",
    },
    {
      name: "more signatures in one message than allowed",
      message: () =>
        signedMessage(
          PAYLOAD,
          Array.from({ length: LIMITS.maxSignatures + 1 }, () => alice.primary),
          SIGNED,
        ),
      code: "LIMIT_EXCEEDED",
    },
  ])("$name", async ({ message, code }) => {
    await expectRefused(verify([message()]), code);
  });

  it("no candidate is no signature, never a verified one", async () => {
    const findings = await verify([]);
    expect(findings).toEqual({ signatures: [], problems: [] });
    expect(stateOf(findings)).toBe("none");
  });
});

describe("what does not hold", () => {
  it.each<Refusal>([
    {
      name: "a signature over other content",
      message: () =>
        Buffer.concat([
          onePass(alice.primary),
          literal(PAYLOAD),
          packet(2, signatureBody(Buffer.from("other"), alice.primary, SIGNED)),
        ]),
      code: "SIGNATURE_INVALID",
    },
    {
      name: "a key that is not in the ring",
      message: () => signedMessage(PAYLOAD, [mallory.primary], SIGNED),
      code: "KEY_MISMATCH",
    },
    {
      name: "a foreign signature in the name of a key of the ring",
      message: () => signedMessage(PAYLOAD, [{ ...mallory.primary, fingerprint: alice.primary.fingerprint }], SIGNED),
      code: "SIGNATURE_INVALID",
    },
    {
      name: "MD5",
      message: () => signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, hash: 1 }),
      code: "SIGNATURE_INVALID",
    },
    {
      name: "SHA-1",
      message: () => signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, hash: 2 }),
      code: "SIGNATURE_INVALID",
    },
    {
      name: "an unknown hash",
      message: () => signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, hash: 99 }),
      code: "UNSUPPORTED",
    },
    {
      name: "a signature that has ended",
      message: () => signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, lifetime: DAY / 2 }),
      code: "EXPIRED",
    },
    {
      name: "a signature from tomorrow",
      message: () => signedMessage(PAYLOAD, [alice.primary], { createdAt: new Date(NOW.getTime() + DAY * 1000) }),
      code: "EXPIRED",
    },
    {
      name: "a signature that is older than its key",
      message: () => signedMessage(PAYLOAD, [alice.primary], { createdAt: new Date(LONG_AGO.getTime() - 1000) }),
      code: "EXPIRED",
    },
    {
      name: "a signature of a key, not of a document",
      message: () => signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, type: 0x10 }),
      code: "MALFORMED",
    },
    {
      name: "an unknown critical subpacket",
      message: () =>
        signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, hashed: [subpacket(0x80 | 99, Buffer.alloc(1))] }),
      code: "UNSUPPORTED",
    },
    {
      name: "a critical notation that nobody knows",
      message: () =>
        signedMessage(PAYLOAD, [alice.primary], {
          ...SIGNED,
          hashed: [subpacket(0x80 | 20, Buffer.concat([Buffer.from([0x80, 0, 0, 0, 0, 1, 0, 1]), Buffer.from("ab")]))],
        }),
      code: "UNSUPPORTED",
    },
    {
      name: "two times of creation",
      message: () => signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, hashed: [subpacket(2, Buffer.alloc(4))] }),
      code: "MALFORMED",
    },
    {
      name: "two issuers",
      message: () => signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, unhashed: [subpacket(16, Buffer.alloc(8))] }),
      code: "MALFORMED",
    },
    {
      name: "bytes behind the numbers of the signature",
      message: () => {
        const body = Buffer.concat([signatureBody(PAYLOAD, alice.primary, SIGNED), Buffer.from([0])]);
        return Buffer.concat([onePass(alice.primary), literal(PAYLOAD), packet(2, body)]);
      },
      code: "MALFORMED",
    },
    {
      name: "a signature of version 6",
      message: () => Buffer.concat([packet(2, Buffer.concat([Buffer.from([6]), Buffer.alloc(60)])), literal(PAYLOAD)]),
      code: "UNSUPPORTED",
    },
    {
      name: "a signature of version 2",
      message: () => Buffer.concat([packet(2, Buffer.concat([Buffer.from([2]), Buffer.alloc(60)])), literal(PAYLOAD)]),
      code: "UNSUPPORTED",
    },
    {
      name: "another digest",
      message: () =>
        signedMessage(
          renderSimpleSigningPayload({ digest: digestOf("other"), reference: REFERENCE }),
          [alice.primary],
          SIGNED,
        ),
      code: "DIGEST_MISMATCH",
    },
    {
      name: "another repository",
      message: () =>
        signedMessage(
          renderSimpleSigningPayload({ digest: DIGEST, reference: "registry.example/team/other:1.0" }),
          [alice.primary],
          SIGNED,
        ),
      code: "REFERENCE_MISMATCH",
    },
    {
      name: "content that is no simple signing document",
      message: () => signedMessage(Buffer.from("{}"), [alice.primary], SIGNED),
      code: "MALFORMED",
    },
  ])("$name", async ({ message, code }) => {
    await expectRefused(verify([message()]), code);
  });

  it("nothing is read of content that nobody signed", async () => {
    const unsigned = renderSimpleSigningPayload({ digest: digestOf("other"), reference: "not a reference" });
    await expectRefused(verify([signedMessage(unsigned, [mallory.primary], SIGNED)]), "KEY_MISMATCH");
  });

  it("every truncation of a message is refused", async () => {
    const message = signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, compression: "none" });
    const truncated = Array.from(message, (_, length) => message.subarray(0, length));
    const findings = await Promise.all(truncated.map((each) => verify([each])));
    expect(findings.flatMap(({ signatures }) => signatures)).toEqual([]);
  });

  it("every flipped bit of what is signed, and of the signature, is refused", async () => {
    const body = signatureBody(PAYLOAD, alice.primary, SIGNED);
    const head = 6 + body.readUInt16BE(4);
    const numbersAt = head + 2 + body.readUInt16BE(head) + 2;
    const inBody = [...body.keys()].filter((at) => at < head || at >= numbersAt - 2);
    // how many bits a number has is only looked at in whole bytes
    const [first, second] = [numbersAt, numbersAt + 2 + Math.ceil(body.readUInt16BE(numbersAt) / 8)];
    const inSignature = inBody.filter((at) => ![first, first + 1, second, second + 1].includes(at));
    const start = Buffer.concat([onePass(alice.primary), literal(PAYLOAD)]);
    const inContent = Array.from(PAYLOAD.keys(), (at) => start.length - PAYLOAD.length + at);
    const message = Buffer.concat([start, packet(2, body)]);
    expect((await verify([message])).signatures).toHaveLength(1);
    const places = [...inContent, ...inSignature.map((at) => start.length + 6 + at)];
    for (const at of places) {
      for (const bit of [0x01, 0x80]) {
        const broken = Buffer.from(message);
        broken[at] = (broken[at] ?? 0) ^ bit;
        expect((await verify([broken])).signatures).toEqual([]);
      }
    }
  });
});

describe("what holds", () => {
  it.each<{ name: string; options: MessageOptions }>([
    { name: "as gpg writes it", options: {} },
    { name: "not compressed", options: { compression: "none" } },
    { name: "compressed by zlib", options: { compression: "zlib" } },
    { name: "the signature first", options: { form: "signature-first", compression: "none" } },
    { name: "of a text", options: { type: 1 } },
    { name: "SHA-512", options: { hash: 10 } },
    { name: "SHA3-256", options: { hash: 12 } },
    { name: "a notation that is not critical", options: { hashed: [subpacket(20, Buffer.alloc(8))] } },
    { name: "version 3", options: { version: 3 } },
    { name: "version 3 of a text", options: { version: 3, type: 1, form: "signature-first", compression: "none" } },
  ])("$name", async ({ options }) => {
    const findings = await verify([signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, ...options })]);
    expect(findings.problems).toEqual([]);
    expect(findings.signatures).toEqual([
      {
        kind: "gpg",
        identity: `Alice <alice@example.test> (${alice.primary.fingerprint})`,
        keyId: alice.primary.fingerprint,
        signedAt: YESTERDAY.toISOString(),
        timeSource: "signer",
        location: "signature-1",
        checks: ["signature", "expiry", "revocation", "digest", "identity"],
      },
    ]);
  });

  it("in armour", async () => {
    expect((await verify([armored(signedMessage(PAYLOAD, [alice.primary], SIGNED))])).signatures).toHaveLength(1);
  });

  it("by a subkey, which is named beside its primary key", async () => {
    const [subkey] = alice.subkeys;
    if (subkey === undefined) {
      throw new Error("the key has no subkey");
    }
    const { signatures } = await verify([signedMessage(PAYLOAD, [subkey], SIGNED)]);
    expect(signatures).toMatchObject([
      {
        keyId: alice.primary.fingerprint,
        identity: `Alice <alice@example.test> (${alice.primary.fingerprint}, subkey ${subkey.fingerprint})`,
      },
    ]);
  });

  it("the good one of several candidates counts, and the others are told", async () => {
    const findings = await verify([
      signedMessage(PAYLOAD, [mallory.primary], SIGNED),
      Buffer.from("nothing"),
      signedMessage(PAYLOAD, [alice.primary], SIGNED),
    ]);
    expect(findings.signatures.map(({ location }) => location)).toEqual(["signature-3"]);
    expect(findings.problems.map(({ code }) => code)).toEqual(["KEY_MISMATCH", "MALFORMED"]);
    expect(stateOf(findings)).toBe("verified");
  });

  it("the good one of several signatures in one message counts", async () => {
    const findings = await verify([signedMessage(PAYLOAD, [mallory.primary, alice.primary], SIGNED)]);
    expect(findings.signatures.map(({ keyId }) => keyId)).toEqual([alice.primary.fingerprint]);
    expect(findings.problems.map(({ code }) => code)).toEqual(["KEY_MISMATCH"]);
  });

  it("every signer of one message is named", async () => {
    const findings = await verify([signedMessage(PAYLOAD, [mallory.primary, alice.primary], SIGNED)], {
      keys: [alice.armored, mallory.armored],
    });
    expect(findings.signatures.map(({ keyId }) => keyId).toSorted()).toEqual(
      [alice.primary.fingerprint, mallory.primary.fingerprint].toSorted(),
    );
  });

  it("says when the signature ends", async () => {
    const findings = await verify([signedMessage(PAYLOAD, [alice.primary], { ...SIGNED, lifetime: 2 * DAY })]);
    expect(findings.validUntil).toBe("2026-11-23T12:00:00.000Z");
  });

  it("more candidates than are looked at leave the rest unknown", async () => {
    const bad = signedMessage(PAYLOAD, [mallory.primary], SIGNED);
    const good = signedMessage(PAYLOAD, [alice.primary], SIGNED);
    const findings = await verify([...Array.from({ length: LIMITS.maxSignatures }, () => bad), good]);
    expect(findings.signatures).toEqual([]);
    expect(stateOf(findings)).toBe("unknown");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { generateKey, readKeys, revokeKey, type SecretKeyPacket } from "openpgp";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { parseImageReference } from "#oci";
import type { SignatureProblemCode } from "#signatures";
import {
  createOpenPgpKey,
  type OpenPgpKeyOptions,
  type OpenPgpSigner,
  toSigner,
} from "../../../test/support/simple-signing/open-pgp-key.ts";
import { packet, signedMessage } from "../../../test/support/simple-signing/open-pgp-message.ts";
import { createGpgVerifier, type GpgFindings, type GpgVerifier } from "./gpg-verifier.ts";
import { renderSimpleSigningPayload } from "./payload.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const CREATED = new Date("2026-11-01T00:00:00Z");
const SIGNED_AT = new Date("2026-11-02T00:00:00Z");
const DAY = 86_400;
const DIGEST = digestOf("manifest");
const REFERENCE = "registry.example/team/app:1.0";
const PAYLOAD = renderSimpleSigningPayload({ digest: DIGEST, reference: REFERENCE });

function verifierOf(...keys: readonly string[]): GpgVerifier {
  return createGpgVerifier({ kind: "gpg", keys, identity: { type: "matchExact" } });
}

async function verifyWith(verifier: GpgVerifier, signer: OpenPgpSigner, now: Date = NOW): Promise<GpgFindings> {
  const bytes = signedMessage(PAYLOAD, [signer], { createdAt: SIGNED_AT });
  const subject = { digest: DIGEST, reference: parseImageReference(REFERENCE), now };
  return await verifier.verify([{ location: "here", bytes }], subject);
}

function codesOf({ problems }: GpgFindings): readonly SignatureProblemCode[] {
  return problems.map(({ code }) => code);
}

describe("keys that may not sign", () => {
  it("a key that has ended by now is refused, whenever the signature claims to be from", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED, lifetime: 5 * DAY });
    const findings = await verifyWith(verifierOf(key.armored), key.primary);
    expect(findings.signatures).toEqual([]);
    expect(codesOf(findings)).toEqual(["EXPIRED"]);
  });

  it("one verifier judges a key anew when its end has come", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED, lifetime: 5 * DAY });
    const verifier = verifierOf(key.armored);
    const end = new Date(CREATED.getTime() + 5 * DAY * 1000);
    const before = await verifyWith(verifier, key.primary, new Date(end.getTime() - 1000));
    expect(before).toMatchObject({ signatures: [{ keyId: key.primary.fingerprint }], validUntil: end.toISOString() });
    expect(codesOf(await verifyWith(verifier, key.primary, end))).toEqual(["EXPIRED"]);
  });

  it("a revoked key is refused, also for signatures from before", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED });
    const { publicKey } = await revokeKey({
      key: key.privateKey,
      reasonForRevocation: { string: "lost" },
      date: new Date("2026-11-10T00:00:00Z"),
    });
    const findings = await verifyWith(verifierOf(publicKey), key.primary);
    expect(findings.signatures).toEqual([]);
    expect(codesOf(findings)).toEqual(["REVOKED"]);
  });

  it("a revoked subkey is refused, its primary key is not", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED, subkeys: 1 });
    const [subkey] = key.subkeys;
    const [part] = key.privateKey.subkeys;
    if (subkey === undefined || part === undefined) {
      throw new Error("the key has no subkey");
    }
    const revoked = await part.revoke(
      key.privateKey.keyPacket as SecretKeyPacket,
      {},
      new Date("2026-11-10T00:00:00Z"),
    );
    key.privateKey.subkeys = [revoked];
    const verifier = verifierOf(key.privateKey.toPublic().armor());
    expect(codesOf(await verifyWith(verifier, subkey))).toEqual(["REVOKED"]);
    expect((await verifyWith(verifier, key.primary)).signatures).toHaveLength(1);
  });

  it("a subkey without the signature of its primary key is refused", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED });
    const other = await createOpenPgpKey({ createdAt: CREATED, subkeys: 1 });
    const [stolen] = other.subkeys;
    if (stolen === undefined) {
      throw new Error("the key has no subkey");
    }
    const ring = Buffer.concat([
      key.privateKey.toPublic().write(),
      other.privateKey
        .toPublic()
        .toPacketList()
        .slice(3)
        .reduce(
          (all, each) =>
            Buffer.concat([all, packet((each.constructor as unknown as { tag: number }).tag, each.write())]),
          Buffer.alloc(0),
        ),
    ]);
    const findings = await verifyWith(verifierOf(ring.toString("base64")), stolen);
    expect(findings.signatures).toEqual([]);
    expect(codesOf(findings)).toEqual(["KEY_MISMATCH"]);
  });

  it.each<{ name: string; options: OpenPgpKeyOptions; code: SignatureProblemCode }>([
    { name: "RSA of 1024 bits", options: { type: "rsa", rsaBits: 1024 }, code: "SIGNATURE_INVALID" },
  ])("$name is refused", async ({ options, code }) => {
    const key = await createOpenPgpKey({ createdAt: CREATED, ...options });
    const findings = await verifyWith(verifierOf(key.armored), key.primary);
    expect(findings.signatures).toEqual([]);
    expect(codesOf(findings)).toEqual([code]);
  });

  it("a key whose algorithm could sign but whose flags say that it only encrypts is refused", async () => {
    const { privateKey } = await generateKey({
      type: "rsa",
      rsaBits: 2048,
      userIDs: [{ name: "Test" }],
      date: CREATED,
      format: "object",
      subkeys: [{ sign: false }],
    });
    const [part] = privateKey.subkeys;
    if (part === undefined) {
      throw new Error("the key has no subkey");
    }
    const findings = await verifyWith(verifierOf(privateKey.toPublic().armor()), toSigner(part.keyPacket));
    expect(findings.signatures).toEqual([]);
    expect(codesOf(findings)).toEqual(["KEY_MISMATCH"]);
  });
});

describe("keys that may sign", () => {
  it.each<{ name: string; options: OpenPgpKeyOptions }>([
    { name: "RSA", options: { type: "rsa" } },
    { name: "ECDSA", options: { type: "ecdsa" } },
    { name: "EdDSA of gpg 2.2", options: { type: "eddsa" } },
    { name: "Ed25519 of RFC 9580", options: { type: "ed25519" } },
    { name: "Ed448 of RFC 9580", options: { type: "ed448" } },
  ])("$name", async ({ options }) => {
    const key = await createOpenPgpKey({ createdAt: CREATED, ...options });
    const hash = options.type === "ed448" ? 10 : 8;
    const bytes = signedMessage(PAYLOAD, [key.primary], { createdAt: SIGNED_AT, hash });
    const subject = { digest: DIGEST, reference: parseImageReference(REFERENCE), now: NOW };
    const findings = await verifierOf(key.armored).verify([{ location: "here", bytes }], subject);
    expect(findings.problems).toEqual([]);
    expect(findings.signatures).toHaveLength(1);
  });
});

describe("key rings", () => {
  it("several keys in one ring, several blocks in one text, and several texts all count", async () => {
    const keys = await Promise.all([0, 1, 2, 3].map(() => createOpenPgpKey({ createdAt: CREATED })));
    const [first, second, third, fourth] = keys.map((key) => key.privateKey.toPublic());
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
      throw new Error("expected four keys");
    }
    const ring = Buffer.concat([first.write(), second.write()]).toString("base64");
    const verifier = verifierOf(ring, `of the team:\n${third.armor()}\n${fourth.armor()}`);
    for (const { primary } of keys) {
      expect((await verifyWith(verifier, primary)).signatures).toHaveLength(1);
    }
  });

  it.each([
    { name: "no key", keys: [] },
    { name: "no key ring", keys: ["-- nothing --"] },
    { name: "empty", keys: [""] },
    { name: "a block without end", keys: ["-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n"] },
    {
      name: "a block of no key",
      keys: ["-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"],
    },
    { name: "a certificate", keys: ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] },
    {
      name: "a key of version 3",
      keys: [packet(6, Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1])).toString("base64")],
    },
  ])("$name: it cannot be told whose signature it is", async ({ keys }) => {
    const { primary } = await createOpenPgpKey({ createdAt: CREATED });
    const { signatures, problems } = await verifyWith(verifierOf(...keys), primary);
    expect(signatures).toEqual([]);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: "TRUST_MATERIAL_INVALID", effect: "unknown", location: "policy" }),
    );
  });

  it("a private key is refused before anything else is read of it", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED });
    const armored = key.privateKey.armor();
    const binary = Buffer.from(key.privateKey.write()).toString("base64");
    for (const text of [armored, binary]) {
      expect(codesOf(await verifyWith(verifierOf(text), key.primary))).toContain("TRUST_MATERIAL_INVALID");
    }
  });

  it("a ring that cannot be read does not hide the good one", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED });
    const findings = await verifyWith(verifierOf("nonsense", key.armored), key.primary);
    expect(findings.signatures).toHaveLength(1);
    expect(codesOf(findings)).toEqual(["TRUST_MATERIAL_INVALID"]);
  });

  it("a key that openpgp leaves out without a word is a problem", async () => {
    const key = await createOpenPgpKey({ createdAt: CREATED });
    const ring = Buffer.concat([key.privateKey.toPublic().write(), packet(6, Buffer.from([9, 0, 0, 0, 0, 1]))]);
    expect(await readKeys({ binaryKeys: ring })).toHaveLength(1);
    expect(codesOf(await verifyWith(verifierOf(ring.toString("base64")), key.primary))).toContain(
      "TRUST_MATERIAL_INVALID",
    );
  });
});

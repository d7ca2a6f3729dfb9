// SPDX-License-Identifier: Apache-2.0

import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SignatureRejected } from "#signatures";
import { createTufSigner } from "../../../test/support/notary/tuf-signer.ts";
import { KeyRing } from "./key-ring.ts";
import { canonicalKeyId, parseSignerKey, type TufKey, type TufKeyType, tufKeyId } from "./tuf-key.ts";

/** Made by notary 0.7: a key of `targets` and the id that it gave it. */
const NOTARY_KEY = {
  id: "900c365f0a20b8f5f76c6e547b94b06749df8f17e131422daf7e7d59ae84c05d",
  public:
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMqTELHeNf1mkFYVrVFtzC2dRH2Nj9ZQyCtyhjI29Gz6OyTSgEmmZ5lFNHSo0tt7a8OUCWy/I8ckpawDD7q4jEg==",
};

const NOTARY_TIMESTAMP_KEY = {
  id: "1c595c2de087695e55ce77d5f463456be38d5be624b8686297187711585dc07e",
  public: "70LVcwmHPltaVSbE7iAyI5Wq8GBsXtUnEoaS8Htj530=",
};

const ring = new KeyRing();

/** Read anew and from the ring: both must say the same. */
function parseTufKey(id: string, value: unknown): TufKey | undefined {
  const fresh = new KeyRing().parse(id, value);
  expect(ring.parse(id, value)?.id).toBe(fresh?.id);
  expect(ring.parse(id, value)?.id).toBe(fresh?.id);
  return fresh;
}

function keyJson(keytype: string, publicPart: string): object {
  return { keytype, keyval: { private: null, public: publicPart } };
}

describe("a key that can never count", () => {
  const short = generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ format: "der", type: "spki" });
  const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export({
    format: "der",
    type: "spki",
  });
  it.each<{ readonly name: string; readonly type: TufKeyType; readonly bytes: Buffer }>([
    { name: "RSA of 1024 bits", type: "rsa", bytes: short },
    { name: "a curve that Notary does not sign on", type: "ecdsa", bytes: koblitz },
    { name: "RSA that calls itself ECDSA", type: "ecdsa", bytes: short },
    { name: "Ed25519 of 31 bytes", type: "ed25519", bytes: Buffer.alloc(31) },
    { name: "no SPKI", type: "ecdsa", bytes: Buffer.from("key") },
    {
      name: "no certificate",
      type: "ecdsa-x509",
      bytes: Buffer.from("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
    },
    { name: "empty", type: "rsa-x509", bytes: Buffer.alloc(0) },
  ])("$name", ({ type, bytes }) => {
    expect(parseTufKey(tufKeyId(type, bytes), keyJson(type, bytes.toString("base64")))).toBeUndefined();
  });

  it("of an unknown type", () => {
    expect(parseTufKey(NOTARY_KEY.id, keyJson("dsa", NOTARY_KEY.public))).toBeUndefined();
  });

  it("under another id", () => {
    expect(parseTufKey("00".repeat(32), keyJson("ecdsa", NOTARY_KEY.public))).toBeUndefined();
  });
});

it.each(["{}", '{"keytype":1}', '{"keytype":"ecdsa"}', '{"keytype":"ecdsa","keyval":{"public":"%"}}', "[]", "null"])(
  "%s is no key",
  (text) => {
    expect(() => parseTufKey(NOTARY_KEY.id, JSON.parse(text))).toThrow(SignatureRejected);
  },
);

it("has the id that Notary gave it", () => {
  expect(parseTufKey(NOTARY_KEY.id, keyJson("ecdsa", NOTARY_KEY.public))?.id).toBe(NOTARY_KEY.id);
  expect(parseTufKey(NOTARY_TIMESTAMP_KEY.id, keyJson("ed25519", NOTARY_TIMESTAMP_KEY.public))?.type).toBe("ed25519");
});

it.each([
  ["ecdsa", "ecdsa-x509"],
  ["rsa", "rsa-x509"],
] as const)("a certificate of an %s key has another id, and canonically the same", async (plainType, certifiedType) => {
  const plain = await createTufSigner(plainType);
  const certified = await createTufSigner(certifiedType, { privateKey: plain.privateKey });
  const key = parseTufKey(certified.id, certified.json);
  expect(certified.id).not.toBe(plain.id);
  expect(key === undefined ? undefined : canonicalKeyId(key)).toBe(plain.id);
});

it("a private key is no signer's key of a policy", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  expect(parseSignerKey(privateKey.export({ format: "pem", type: "pkcs8" }).toString())).toBeUndefined();
});

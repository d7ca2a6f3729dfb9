// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { generateCosignKeyPair } from "./cosign-key-file.ts";
import { parsePrivateKey } from "./parse-private-key.ts";

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PLAIN = ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const ENCRYPTED = ec.privateKey
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "right" })
  .toString();
let cosign: { readonly privateKey: string; readonly publicKey: string };

beforeAll(async () => {
  cosign = await generateCosignKeyPair("right");
});

/** A cosign key whose JSON is changed. */
function changed(change: (document: Record<string, unknown>) => unknown): string {
  const body = cosign.privateKey.split("\n").slice(1, -2).join("");
  const document = JSON.parse(Buffer.from(body, "base64").toString("utf8")) as Record<string, unknown>;
  const text = Buffer.from(JSON.stringify(change(document))).toString("base64");
  return `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${text}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
}

function withKdf(parameters: object): string {
  return changed((document) => ({ ...document, kdf: { ...(document["kdf"] as object), params: parameters } }));
}

describe("parsePrivateKey", () => {
  it.each([
    { name: "nothing", pem: () => "" },
    { name: "no key", pem: () => "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
    { name: "a public key", pem: () => ec.publicKey.export({ type: "spki", format: "pem" }).toString() },
    { name: "too long", pem: () => `${PLAIN}${" ".repeat(70_000)}` },
    {
      name: "a short RSA key",
      pem: () =>
        generateKeyPairSync("rsa", { modulusLength: 1024 })
          .privateKey.export({ type: "pkcs8", format: "pem" })
          .toString(),
    },
    {
      name: "a curve that cosign does not know",
      pem: () =>
        generateKeyPairSync("ec", { namedCurve: "secp256k1" })
          .privateKey.export({ type: "pkcs8", format: "pem" })
          .toString(),
    },
    { name: "cosign's form without content", pem: () => changed(() => ({})) },
    { name: "another key derivation", pem: () => changed((document) => ({ ...document, kdf: { name: "none" } })) },
    { name: "a key derivation that takes gigabytes", pem: () => withKdf({ N: 2 ** 30, r: 8, p: 1 }) },
    { name: "a key derivation of which there is none", pem: () => withKdf({ N: 65_535, r: 8, p: 1 }) },
    {
      name: "a short nonce",
      pem: () => changed((document) => ({ ...document, cipher: { name: "nacl/secretbox", nonce: "AAAA" } })),
    },
  ])("$name is refused", async ({ pem }) => {
    await expect(parsePrivateKey(pem(), "right")).rejects.toMatchObject({ code: "KEY_INVALID" });
  });

  it.each([
    { name: "PEM", pem: () => ENCRYPTED },
    { name: "cosign's form", pem: () => cosign.privateKey },
  ])("$name needs the right password", async ({ pem }) => {
    await expect(parsePrivateKey(pem(), undefined)).rejects.toMatchObject({ code: "KEY_PASSWORD_WRONG" });
    await expect(parsePrivateKey(pem(), "")).rejects.toMatchObject({ code: "KEY_PASSWORD_WRONG" });
    await expect(parsePrivateKey(pem(), "wrong")).rejects.toMatchObject({ code: "KEY_PASSWORD_WRONG" });
    expect((await parsePrivateKey(pem(), "right")).type).toBe("private");
  });

  it("a changed ciphertext is no key", async () => {
    const pem = changed((document) => ({ ...document, ciphertext: `AAAA${String(document["ciphertext"]).slice(4)}` }));
    await expect(parsePrivateKey(pem, "right")).rejects.toMatchObject({ code: "KEY_PASSWORD_WRONG" });
  });

  it("a plain key needs no password", async () => {
    const key = await parsePrivateKey(PLAIN, undefined);
    expect(createPublicKey(key).equals(ec.publicKey)).toBe(true);
  });

  it("a generated pair belongs together", async () => {
    const key = await parsePrivateKey(cosign.privateKey, "right");
    expect(createPublicKey(key).export({ type: "spki", format: "pem" })).toBe(cosign.publicKey);
  });
});

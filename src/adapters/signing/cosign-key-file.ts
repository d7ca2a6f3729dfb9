// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, randomBytes, type ScryptOptions, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { z } from "zod";
import { SigningError } from "./errors.ts";

/** What cosign has written over the years in the line above a key. */
const ENCRYPTED_KEY =
  /^-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]{1,65536})-----END ENCRYPTED \1 PRIVATE KEY-----\s*$/;

const KEY_BYTES = 32;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;
/** What the largest parameters that are read need, and a little more. */
const MAX_SCRYPT_BYTES = 2 ** 30 + 2 ** 26;
/** What cosign 3 uses (2¹⁵ before 2.0). */
const DEFAULT_PARAMETERS = { N: 65_536, r: 8, p: 1 };

const base64 = z
  .string()
  .max(65_536)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** The form of github.com/theupdateframework/go-tuf/encrypted, which cosign uses. */
const encryptedSchema = z.object({
  kdf: z.object({
    name: z.literal("scrypt"),
    // a file must not ask for gigabytes: 128 · N · r is at most 1 GiB
    params: z.object({
      N: z.int().min(2).max(1_048_576),
      r: z.int().min(1).max(8),
      p: z.int().min(1).max(4),
    }),
    salt: base64,
  }),
  cipher: z.object({ name: z.literal("nacl/secretbox"), nonce: base64 }),
  ciphertext: base64,
});

/** Whether the text is a private key as `cosign generate-key-pair` writes it. */
export function isCosignKey(pem: string): boolean {
  return ENCRYPTED_KEY.test(pem);
}

/** The PKCS #8 DER inside of a key file of cosign. Throws `KEY_INVALID` or `KEY_PASSWORD_WRONG`. */
export async function decryptCosignKey(pem: string, password: string): Promise<Uint8Array> {
  const body = ENCRYPTED_KEY.exec(pem)?.[2] ?? "";
  let encrypted: z.infer<typeof encryptedSchema>;
  try {
    encrypted = encryptedSchema.parse(JSON.parse(Buffer.from(body, "base64").toString("utf8")));
  } catch (error) {
    throw new SigningError("KEY_INVALID", "expected a key encrypted by scrypt and nacl/secretbox", { cause: error });
  }
  const { kdf, cipher, ciphertext } = encrypted;
  const nonce = Buffer.from(cipher.nonce, "base64");
  if (nonce.length !== NONCE_BYTES) {
    throw new SigningError("KEY_INVALID", `expected a nonce of ${NONCE_BYTES} bytes, found ${nonce.length}`);
  }
  const key = await deriveKey(password, Buffer.from(kdf.salt, "base64"), kdf.params);
  try {
    return xsalsa20poly1305(key, nonce).decrypt(Buffer.from(ciphertext, "base64"));
  } catch (error) {
    throw new SigningError("KEY_PASSWORD_WRONG", "the password of the key is wrong", { cause: error });
  }
}

/** A new ECDSA P-256 key pair as cosign writes it; the private key is encrypted with the password. */
export async function generateCosignKeyPair(
  password: string,
): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKey: await encryptCosignKey(pair.privateKey, password),
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

async function encryptCosignKey(privateKey: KeyObject, password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const key = await deriveKey(password, salt, DEFAULT_PARAMETERS);
  const ciphertext = xsalsa20poly1305(key, nonce).encrypt(privateKey.export({ type: "pkcs8", format: "der" }));
  const document = JSON.stringify({
    kdf: { name: "scrypt", params: DEFAULT_PARAMETERS, salt: salt.toString("base64") },
    cipher: { name: "nacl/secretbox", nonce: nonce.toString("base64") },
    ciphertext: Buffer.from(ciphertext).toString("base64"),
  });
  const lines = Buffer.from(document)
    .toString("base64")
    .replaceAll(/(.{64})/g, "$1\n");
  return `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${lines.trimEnd()}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
}

async function deriveKey(
  password: string,
  salt: Uint8Array,
  parameters: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Uint8Array> {
  const { N, r, p } = parameters;
  const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);
  try {
    return await derive(password, salt, KEY_BYTES, { N, r, p, maxmem: MAX_SCRYPT_BYTES });
  } catch (error) {
    throw new SigningError("KEY_INVALID", "the parameters of scrypt cannot be used", { cause: error });
  }
}

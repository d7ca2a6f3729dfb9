// SPDX-License-Identifier: Apache-2.0
import "reflect-metadata";
import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { type TufKeyType, tufKeyId } from "#notary";

/** A key that signs TUF metadata as Notary does. */
export interface TufSigner {
  readonly id: string;
  /** As it stands in `keys` of metadata. */
  readonly json: Readonly<Record<string, unknown>>;
  /** PEM `PUBLIC KEY`. */
  readonly publicKeyPem: string;
  /** PEM, of `-x509` types. */
  readonly certificatePem?: string;
  sign(message: Uint8Array): { readonly keyid: string; readonly method: string; readonly sig: string };
}

export interface TufSignerOptions {
  /** Of the certificate; default a GUN that no test uses. */
  readonly commonName?: string;
  readonly notAfter?: Date;
  /** RSA only; default RSA-PSS. */
  readonly method?: "rsapss" | "rsapkcs1v15";
  readonly curve?: "P-256" | "P-384" | "P-521";
  /** A key that there is already, so that it gets another certificate or another type. */
  readonly privateKey?: KeyObject;
}

const YEAR_MS = 31_536_000_000;

/** A new key, or a new form of `options.privateKey`. */
export async function createTufSigner(
  type: TufKeyType,
  options: TufSignerOptions = {},
): Promise<TufSigner & { readonly privateKey: KeyObject }> {
  const privateKey = options.privateKey ?? generateKey(type, options);
  const publicKey = toPublic(privateKey);
  const certificatePem = type.endsWith("-x509") ? await createCertificate(privateKey, options) : undefined;
  const publicPart = certificatePem === undefined ? publicPartOf(type, publicKey) : Buffer.from(certificatePem);
  const id = tufKeyId(type, publicPart);
  return {
    id,
    privateKey,
    json: { keytype: type, keyval: { private: null, public: publicPart.toString("base64") } },
    publicKeyPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
    ...(certificatePem === undefined ? {} : { certificatePem }),
    sign: (message) => ({ keyid: id, ...signWith(type, privateKey, message, options) }),
  };
}

function generateKey(type: TufKeyType, { curve = "P-256" }: TufSignerOptions): KeyObject {
  switch (type) {
    case "ecdsa":
    case "ecdsa-x509":
      return generateKeyPairSync("ec", { namedCurve: curve }).privateKey;
    case "rsa":
    case "rsa-x509":
      return generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;
    case "ed25519":
      return generateKeyPairSync("ed25519").privateKey;
  }
}

function toPublic(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey.export({ format: "pem", type: "pkcs8" }));
}

function publicPartOf(type: TufKeyType, publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ format: "der", type: "spki" });
  return type === "ed25519" ? spki.subarray(spki.length - 32) : spki;
}

function signWith(
  type: TufKeyType,
  key: KeyObject,
  message: Uint8Array,
  { method = "rsapss" }: TufSignerOptions,
): { readonly method: string; readonly sig: string } {
  switch (type) {
    case "ecdsa":
    case "ecdsa-x509":
      return { method: "ecdsa", sig: sign("sha256", message, { key, dsaEncoding: "ieee-p1363" }).toString("base64") };
    case "rsa":
    case "rsa-x509": {
      const padding = method === "rsapss" ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
      return { method, sig: sign("sha256", message, { key, ...padding }).toString("base64") };
    }
    case "ed25519":
      return { method: "eddsa", sig: sign(null, message, key).toString("base64") };
  }
}

/** Self-signed, as Notary makes them. */
async function createCertificate(privateKey: KeyObject, options: TufSignerOptions): Promise<string> {
  const algorithm =
    privateKey.asymmetricKeyType === "ec"
      ? { name: "ECDSA", namedCurve: options.curve ?? "P-256", hash: "SHA-256" }
      : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  const spki = toPublic(privateKey).export({ format: "der", type: "spki" });
  const keys = {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
  const notAfter = options.notAfter ?? new Date(Date.now() + 10 * YEAR_MS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [options.commonName ?? "registry.example/nobody"] }],
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(notAfter.getTime() - 11 * YEAR_MS),
    notAfter,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning]),
      new BasicConstraintsExtension(false, undefined, true),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";

/** Key types of Notary (`tuf/data`): plain keys hold an SPKI (Ed25519: 32 bytes), `-x509` ones a PEM certificate. */
export type TufKeyType = "ecdsa" | "rsa" | "ed25519" | "ecdsa-x509" | "rsa-x509";

/** A public key of TUF metadata whose id was recomputed. */
export interface TufKey {
  readonly type: TufKeyType;
  /** As metadata names it: SHA-256 of the canonical JSON of type and public part, so a certificate has another id than its key. */
  readonly id: string;
  readonly publicKey: KeyObject;
  /** Of ECDSA keys, as OpenSSL names it. */
  readonly curve?: string;
  readonly certificate?: X509Certificate;
}

const TYPES: ReadonlySet<string> = new Set<TufKeyType>(["ecdsa", "rsa", "ed25519", "ecdsa-x509", "rsa-x509"]);
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const MIN_RSA_BITS = 2_048;
/** A larger key costs its verifier too much. */
const MAX_RSA_BITS = 8_192;
/** SubjectPublicKeyInfo of Ed25519 up to the 32 bytes of the key (RFC 8410, section 4). */
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");
const PEM_CERTIFICATE = "-----BEGIN CERTIFICATE-----";

/** Whether Notary knows keys of this type. */
export function isTufKeyType(text: string): text is TufKeyType {
  return TYPES.has(text);
}

/** SHA-256 over the canonical JSON of the key; neither a type nor base64 holds a character that would be escaped. */
export function tufKeyId(type: TufKeyType, publicPart: Uint8Array): string {
  const encoded = Buffer.from(publicPart.buffer, publicPart.byteOffset, publicPart.length).toString("base64");
  return createHash("sha256")
    .update(`{"keytype":"${type}","keyval":{"private":null,"public":"${encoded}"}}`)
    .digest("hex");
}

/** The key in its public part, or `undefined` for one that is unreadable or too weak. */
export function createTufKey(type: TufKeyType, publicPart: Buffer, id: string): TufKey | undefined {
  try {
    if (type === "ecdsa-x509" || type === "rsa-x509") {
      const pem = publicPart.toString("latin1");
      // the first one is the signer's, others would be authorities above it
      const certificate = pem.trimStart().startsWith(PEM_CERTIFICATE) ? new X509Certificate(pem) : undefined;
      return certificate === undefined
        ? undefined
        : withStrength({ type, id, publicKey: certificate.publicKey, certificate });
    }
    const der = type === "ed25519" ? Buffer.concat([ED25519_SPKI, publicPart]) : publicPart;
    return withStrength({ type, id, publicKey: createPublicKey({ key: der, format: "der", type: "spki" }) });
  } catch {
    // node:crypto cannot read it: a key that verifies nothing
    return undefined;
  }
}

/** Only named curves (explicit parameters could hide another group behind a known point) and RSA of a usable size. */
function withStrength(key: TufKey): TufKey | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = key.publicKey;
  switch (key.type) {
    case "ecdsa":
    case "ecdsa-x509": {
      const curve = asymmetricKeyDetails?.namedCurve ?? "";
      return asymmetricKeyType === "ec" && CURVES.has(curve) ? { ...key, curve } : undefined;
    }
    case "rsa":
    case "rsa-x509": {
      const bits = asymmetricKeyDetails?.modulusLength ?? 0;
      return asymmetricKeyType === "rsa" && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS ? key : undefined;
    }
    case "ed25519":
      return asymmetricKeyType === "ed25519" ? key : undefined;
  }
}

/** The id of the bare key, the same for a key and for all certificates of it (Notary: "canonical key ID", which its key list shows). */
export function canonicalKeyId(key: TufKey): string {
  switch (key.type) {
    case "ecdsa-x509":
      return tufKeyId("ecdsa", key.publicKey.export({ format: "der", type: "spki" }));
    case "rsa-x509":
      return tufKeyId("rsa", key.publicKey.export({ format: "der", type: "spki" }));
    case "ecdsa":
    case "rsa":
    case "ed25519":
      return key.id;
  }
}

/** The public key in a PEM `PUBLIC KEY` or `CERTIFICATE` of a policy, or `undefined` for anything else. */
export function parseSignerKey(pem: string): KeyObject | undefined {
  try {
    return pem.includes(PEM_CERTIFICATE) ? new X509Certificate(pem).publicKey : readPublicPem(pem);
  } catch {
    // said by the caller: the trust material of the policy cannot be read
    return undefined;
  }
}

/** `createPublicKey` would also take a private key, which nobody should write into a policy. */
function readPublicPem(pem: string): KeyObject | undefined {
  return pem.includes("-----BEGIN PUBLIC KEY-----") ? createPublicKey(pem) : undefined;
}

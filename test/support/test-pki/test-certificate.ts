// SPDX-License-Identifier: Apache-2.0
import "reflect-metadata";
import { createPrivateKey, type KeyObject, randomBytes, type webcrypto } from "node:crypto";
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsageExtension,
  type ExtendedKeyUsageType,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** Kinds of keys that the Notary Project allows, and some that it does not. */
export type TestKeyKind =
  | "rsa-2048"
  | "rsa-3072"
  | "rsa-4096"
  | "rsa-1024"
  | "ec-256"
  | "ec-384"
  | "ec-521"
  | "ed25519";

/** A certificate with its key, made for a test. */
export interface TestCertificate {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly privateKey: KeyObject;
  readonly kind: TestKeyKind;
  readonly der: Buffer;
  readonly pem: string;
  /** PKCS #8. */
  readonly privatePem: string;
  /** From this certificate to its root. */
  readonly chain: readonly TestCertificate[];
}

/** Everything about a certificate that a test may want to be otherwise. */
export interface TestCertificateOptions {
  readonly kind?: TestKeyKind;
  /** RFC 4514 text as @peculiar/x509 reads it. */
  readonly subject?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly hash?: "SHA-1" | "SHA-256";
  /** `null` leaves the extension out. */
  readonly basicConstraints?: {
    readonly isAuthority: boolean;
    readonly pathLength?: number;
    readonly isCritical?: boolean;
  } | null;
  readonly keyUsage?: { readonly flags: number; readonly isCritical?: boolean } | null;
  readonly extendedKeyUsage?: { readonly oids: readonly string[]; readonly isCritical?: boolean } | null;
  readonly crlUrl?: string;
  readonly ocspUrl?: string;
  readonly extensions?: readonly Extension[];
  readonly serialNumber?: string;
  /** Uses the key of another certificate. */
  readonly keyOf?: TestCertificate;
}

/** Bits of the key usage extension. */
export { KeyUsageFlags };

export const OID: Readonly<Record<"codeSigning" | "timeStamping" | "serverAuth" | "ocspSigning" | "any", string>> = {
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  ocspSigning: "1.3.6.1.5.5.7.3.9",
  any: "2.5.29.37.0",
};

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A root certificate. */
export async function createTestRoot(options: TestCertificateOptions = {}): Promise<TestCertificate> {
  return await create(undefined, { ...authority("root"), ...options });
}

/** An authority below another. */
export async function createTestIntermediate(
  issuer: TestCertificate,
  options: TestCertificateOptions = {},
): Promise<TestCertificate> {
  return await create(issuer, { ...authority("intermediate"), ...options });
}

/** A signing certificate; without an issuer it signs itself. */
export async function createTestLeaf(
  issuer: TestCertificate | undefined,
  options: TestCertificateOptions = {},
): Promise<TestCertificate> {
  return await create(issuer, {
    subject: "C=US, ST=WA, O=Haechi Test, CN=signer",
    keyUsage: { flags: KeyUsageFlags.digitalSignature },
    extendedKeyUsage: { oids: [OID.codeSigning] },
    ...options,
  });
}

function authority(name: string): TestCertificateOptions {
  return {
    subject: `C=US, ST=WA, O=Haechi Test, CN=${name}`,
    basicConstraints: { isAuthority: true },
    keyUsage: { flags: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign },
  };
}

async function create(issuer: TestCertificate | undefined, options: TestCertificateOptions): Promise<TestCertificate> {
  const kind = options.keyOf?.kind ?? options.kind ?? "ec-256";
  const keys = options.keyOf?.keys ?? (await generateKeys(kind));
  const subject = options.subject ?? "C=US, ST=WA, O=Haechi Test, CN=test";
  const certificate = await X509CertificateGenerator.create({
    serialNumber: options.serialNumber ?? `01${randomBytes(8).toString("hex")}`,
    subject,
    issuer: issuer === undefined ? subject : issuer.certificate.subjectName.toJSON(),
    notBefore: options.notBefore ?? new Date(Math.trunc(Date.now() / 1_000) * 1_000 - DAY_MS),
    notAfter: options.notAfter ?? new Date(Math.trunc(Date.now() / 1_000) * 1_000 + 365 * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: signingAlgorithm(issuer?.kind ?? kind, options.hash ?? "SHA-256"),
    extensions: extensionsOf(options),
  });
  const privateDer = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const privateKey = createPrivateKey({ key: privateDer, format: "der", type: "pkcs8" });
  const made = {
    certificate,
    keys,
    privateKey,
    kind,
    der: Buffer.from(certificate.rawData),
    pem: `${certificate.toString("pem")}\n`,
    privatePem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
  return { ...made, chain: [{ ...made, chain: [] }, ...(issuer?.chain ?? [])] };
}

function extensionsOf(options: TestCertificateOptions): Extension[] {
  const { basicConstraints: constraints, keyUsage: usage, extendedKeyUsage: extended } = options;
  const access = options.ocspUrl === undefined ? [] : [new AuthorityInfoAccessExtension({ ocsp: options.ocspUrl })];
  const points = options.crlUrl === undefined ? [] : [new CRLDistributionPointsExtension([options.crlUrl])];
  return [
    ...(constraints === undefined || constraints === null
      ? []
      : [
          new BasicConstraintsExtension(
            constraints.isAuthority,
            constraints.pathLength,
            constraints.isCritical ?? true,
          ),
        ]),
    ...(usage === undefined || usage === null ? [] : [new KeyUsagesExtension(usage.flags, usage.isCritical ?? true)]),
    ...(extended === undefined || extended === null
      ? []
      : [new ExtendedKeyUsageExtension([...extended.oids] as ExtendedKeyUsageType[], extended.isCritical ?? false)]),
    ...points,
    ...access,
    ...(options.extensions ?? []),
  ];
}

async function generateKeys(kind: TestKeyKind): Promise<webcrypto.CryptoKeyPair> {
  const [family = "", size = ""] = kind.split("-");
  if (family === "ed25519") {
    return (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  }
  const algorithm =
    family === "rsa"
      ? {
          name: "RSASSA-PKCS1-v1_5",
          hash: "SHA-256",
          modulusLength: Number(size),
          publicExponent: new Uint8Array([1, 0, 1]),
        }
      : { name: "ECDSA", namedCurve: `P-${size}` };
  return await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** How a key of this kind signs certificates, lists and answers. */
function signingAlgorithm(kind: TestKeyKind, hash: string = "SHA-256"): webcrypto.EcdsaParams | webcrypto.Algorithm {
  if (kind === "ed25519") {
    return { name: "Ed25519" };
  }
  return kind.startsWith("rsa")
    ? ({ name: "RSASSA-PKCS1-v1_5", hash } as webcrypto.EcdsaParams)
    : { name: "ECDSA", hash };
}

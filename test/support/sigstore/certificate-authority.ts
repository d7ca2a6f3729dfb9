// SPDX-License-Identifier: Apache-2.0
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { OctetString, Utf8String } from "asn1js";
import { createCertificateLog } from "./certificate-log.ts";

/** What a certificate of the private Fulcio says, and what may be wrong with it. */
export interface CertificateOrder {
  /** SPKI in DER. */
  readonly publicKey: Buffer;
  /** A mail address becomes an rfc822Name, anything else a URI. */
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Default: one that holds. `bad` has a flipped byte, `other-log` is by a log that no trust root names. */
  readonly sct?: "good" | "none" | "bad" | "other-log";
  /** Extended key usages; default code signing. */
  readonly usages?: readonly string[];
  readonly isAuthority?: boolean;
  /** Default true; false: only the older form of the issuer (1.1). */
  readonly hasIssuerV2?: boolean;
  /** Another text in the older form than in the newer. */
  readonly issuerV1?: string;
  readonly extraSubject?: string;
  /** The value of the subject alternative name extension in DER, instead of `subject`. */
  readonly rawSubject?: Buffer;
  /** Default digital signature (RFC 5280 4.2.1.3, as the bits of `@peculiar/x509`). */
  readonly keyUsage?: "digitalSignature" | "keyAgreement";
  readonly extensions?: readonly { readonly oid: string; readonly isCritical: boolean; readonly value: Buffer }[];
}

/** A certificate authority as Fulcio is one: root and intermediate of P-384, each leaf in a CT log. */
export interface CertificateAuthority {
  /** DER, from the issuing certificate to the root. */
  readonly chain: readonly Buffer[];
  /** SPKI in DER. */
  readonly certificateLogKey: Buffer;
  issue(order: CertificateOrder): Promise<Buffer>;
}

const ECDSA_P384 = { name: "ECDSA", namedCurve: "P-384" };
const SIGNING = { name: "ECDSA", hash: "SHA-384" };
const DAY_MS = 24 * 60 * 60 * 1000;
const SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";

export async function createCertificateAuthority(now: () => Date): Promise<CertificateAuthority> {
  const rootKeys = await generateKeys();
  const keys = await generateKeys();
  const validity = {
    notBefore: new Date(now().getTime() - DAY_MS),
    notAfter: new Date(now().getTime() + 3650 * DAY_MS),
  };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "O=haechi.test, CN=private fulcio root",
    ...validity,
    signingAlgorithm: SIGNING,
    keys: rootKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    serialNumber: "02",
    subject: "O=haechi.test, CN=private fulcio",
    issuer: root.subject,
    ...validity,
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const log = createCertificateLog(now);
  const otherLog = createCertificateLog(now);
  const issuerKey = Buffer.from(await webcrypto.subtle.exportKey("spki", keys.publicKey));

  async function issue(order: CertificateOrder): Promise<Buffer> {
    const key = await importKey(order.publicKey);
    const notBefore = order.notBefore ?? now();
    const extensions: x509.Extension[] = [
      ...(order.isAuthority === true ? [new x509.BasicConstraintsExtension(true, 0, true)] : []),
      new x509.KeyUsagesExtension(
        order.isAuthority === true
          ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature
          : x509.KeyUsageFlags[order.keyUsage ?? "digitalSignature"],
        true,
      ),
      new x509.ExtendedKeyUsageExtension([...(order.usages ?? [x509.ExtendedKeyUsage.codeSigning])]),
      order.rawSubject === undefined
        ? new x509.SubjectAlternativeNameExtension(
            [order.subject, ...(order.extraSubject === undefined ? [] : [order.extraSubject])].map((value) => ({
              type: value.includes("@") && !value.includes("/") ? ("email" as const) : ("url" as const),
              value,
            })),
            true,
          )
        : new x509.Extension("2.5.29.17", true, order.rawSubject),
      await x509.SubjectKeyIdentifierExtension.create(key),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension("1.3.6.1.4.1.57264.1.1", false, Buffer.from(order.issuerV1 ?? order.issuer)),
      ...(order.hasIssuerV2 === false
        ? []
        : [new x509.Extension("1.3.6.1.4.1.57264.1.8", false, new Utf8String({ value: order.issuer }).toBER(false))]),
      ...(order.extensions ?? []).map(({ oid, isCritical, value }) => new x509.Extension(oid, isCritical, value)),
    ];
    const form = {
      serialNumber: randomBytes(16).toString("hex"),
      notBefore,
      notAfter: order.notAfter ?? new Date(notBefore.getTime() + 10 * 60 * 1000),
      issuer: intermediate.subject,
      publicKey: key,
      signingAlgorithm: SIGNING,
      signingKey: keys.privateKey,
    };
    if (order.sct === "none") {
      return Buffer.from((await x509.X509CertificateGenerator.create({ ...form, extensions })).rawData);
    }
    const precertificate = await x509.X509CertificateGenerator.create({ ...form, extensions });
    const promising = order.sct === "other-log" ? otherLog : log;
    const sct = promising.promise(Buffer.from(precertificate.rawData), issuerKey);
    if (order.sct === "bad") {
      sct.writeUInt8(sct.readUInt8(sct.length - 1) ^ 1, sct.length - 1);
    }
    const certificate = await x509.X509CertificateGenerator.create({
      ...form,
      extensions: [...extensions, toSctList(sct)],
    });
    return Buffer.from(certificate.rawData);
  }

  return {
    chain: [Buffer.from(intermediate.rawData), Buffer.from(root.rawData)],
    certificateLogKey: log.publicKey,
    issue,
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ECDSA_P384, true, ["sign", "verify"]);
}

async function importKey(spki: Buffer): Promise<webcrypto.CryptoKey> {
  for (const algorithm of [
    { name: "ECDSA", namedCurve: "P-256" },
    { name: "ECDSA", namedCurve: "P-384" },
    { name: "Ed25519" },
  ]) {
    try {
      return await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
    } catch {
      // a key of another kind: try the next
    }
  }
  throw new Error("expected a key of P-256, P-384 or Ed25519");
}

/** RFC 6962 3.3: the list and each of its items with two bytes of length. */
function toSctList(sct: Buffer): x509.Extension {
  const list = Buffer.alloc(4 + sct.length);
  list.writeUInt16BE(2 + sct.length, 0);
  list.writeUInt16BE(sct.length, 2);
  sct.copy(list, 4);
  return new x509.Extension(SCT_LIST, false, new OctetString({ valueHex: new Uint8Array(list).buffer }).toBER(false));
}

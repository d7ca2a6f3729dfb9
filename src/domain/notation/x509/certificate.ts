// SPDX-License-Identifier: Apache-2.0
import { hash, type KeyObject, X509Certificate } from "node:crypto";
import { SignatureRejected, type SigningCertificate } from "#signatures";
import { bitStringBytes, DER, type DerReader, malformed, oidText, readDerSequence, timeMs } from "./der-reader.ts";
import { type DistinguishedName, readDistinguishedName, renderDistinguishedName } from "./distinguished-name.ts";
import { type CertificateExtensions, readExtensions } from "./extensions.ts";

/** An X.509 v3 certificate with what this module looks at. Nothing about it is trusted by itself. */
export interface Certificate extends CertificateExtensions {
  /** DER, exactly as it came. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the DER, hexadecimal. */
  readonly fingerprint: string;
  /** OpenSSL's view of the same bytes, for keys and signatures. */
  readonly x509: X509Certificate;
  readonly publicKey: KeyObject;
  /** The key as the certificate has it: SubjectPublicKeyInfo, and the octets of its bit string. */
  readonly keyInfo: Uint8Array;
  readonly keyBits: Uint8Array;
  /** The INTEGER's content octets. */
  readonly serialNumber: Uint8Array;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Milliseconds since 1970; both ends belong to the validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** OID of the algorithm that it is signed with. */
  readonly signatureAlgorithm: string;
}

const MAX_CERTIFICATE_BYTES = 64 * 1_024;
const MAX_SERIAL_OCTETS = 32;

/** The certificate in the DER. Throws `SignatureRejected` (MALFORMED) for anything else, PEM and trailing bytes included. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > MAX_CERTIFICATE_BYTES) {
    throw new SignatureRejected("MALFORMED", `a certificate has more than ${MAX_CERTIFICATE_BYTES} bytes`);
  }
  const outer = readDerSequence(bytes);
  const tbs = outer.enter(DER.sequence);
  const outerAlgorithm = readAlgorithm(outer);
  outer.read(DER.bitString);
  outer.end();
  const fields = readFields(tbs);
  if (fields.signatureAlgorithm !== outerAlgorithm) {
    throw malformed("a certificate names two signature algorithms");
  }
  const { x509, publicKey } = openCertificate(bytes);
  return { bytes, fingerprint: hash("sha256", bytes, "hex"), x509, publicKey, ...fields };
}

function readFields(tbs: DerReader): Omit<Certificate, "bytes" | "fingerprint" | "x509" | "publicKey"> {
  const version = tbs.enterOptional(0xa0)?.read(DER.integer).content;
  if (version?.length !== 1 || version[0] !== 2) {
    throw malformed("a certificate is not of version 3");
  }
  const serialNumber = tbs.read(DER.integer).content;
  if (serialNumber.length === 0 || serialNumber.length > MAX_SERIAL_OCTETS) {
    throw malformed("a serial number has a wrong length");
  }
  const signatureAlgorithm = readAlgorithm(tbs);
  const issuer = readName(tbs);
  const validity = tbs.enter(DER.sequence);
  const notBefore = timeMs(validity.read());
  const notAfter = timeMs(validity.read());
  validity.end();
  const subject = readName(tbs);
  const keyInfo = tbs.read(DER.sequence).bytes;
  const keyFields = readDerSequence(keyInfo);
  keyFields.read(DER.sequence);
  const keyBits = bitStringBytes(keyFields.read(DER.bitString));
  tbs.readOptional(0x81);
  tbs.readOptional(0x82);
  const extensions = readExtensions(tbs.enterOptional(0xa3));
  tbs.end();
  return { serialNumber, signatureAlgorithm, issuer, notBefore, notAfter, subject, keyInfo, keyBits, ...extensions };
}

function readName(reader: DerReader): DistinguishedName {
  const { bytes, content } = reader.read(DER.sequence);
  return readDistinguishedName(bytes, content);
}

/** The OID of an AlgorithmIdentifier. */
function readAlgorithm(reader: DerReader): string {
  return oidText(reader.enter(DER.sequence).read(DER.oid));
}

function openCertificate(bytes: Uint8Array): { readonly x509: X509Certificate; readonly publicKey: KeyObject } {
  try {
    const x509 = new X509Certificate(bytes);
    return { x509, publicKey: x509.publicKey };
  } catch (error) {
    throw new SignatureRejected("MALFORMED", "a certificate or its key cannot be read by OpenSSL", { cause: error });
  }
}

/** Whether the two are the same certificate. */
export function isSameCertificate(one: Certificate, other: Certificate): boolean {
  return one.fingerprint === other.fingerprint;
}

/** Whether `issuer` is named as the issuer and its key made the signature. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return Buffer.compare(certificate.issuer.bytes, issuer.subject.bytes) === 0 && isSignedBy(certificate, issuer);
}

function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.x509.verify(issuer.publicKey);
  } catch {
    // A key of another kind than the signature: OpenSSL throws, and the answer is no.
    return false;
  }
}

/** SHA-256 of the key: two certificates of one key are one signer. */
export function keyIdOf(certificate: Certificate): string {
  return `sha256:${hash("sha256", certificate.keyInfo, "hex")}`;
}

/** What is shown of a certificate. */
export function describeCertificate(certificate: Certificate): SigningCertificate {
  return {
    subject: renderDistinguishedName(certificate.subject),
    issuer: renderDistinguishedName(certificate.issuer),
    serialNumber: Buffer.from(certificate.serialNumber).toString("hex"),
    fingerprint: `sha256:${certificate.fingerprint}`,
    notBefore: new Date(certificate.notBefore).toISOString(),
    notAfter: new Date(certificate.notAfter).toISOString(),
  };
}

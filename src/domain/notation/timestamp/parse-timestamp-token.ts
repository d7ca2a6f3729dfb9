// SPDX-License-Identifier: Apache-2.0

import { hash } from "node:crypto";
import { SignatureRejected } from "#signatures";
import {
  DER,
  type DerElement,
  DerReader,
  malformed,
  oidText,
  readDerSequence,
  smallInteger,
  timeMs,
} from "../x509/der-reader.ts";
import { digestName, type SignedData } from "../x509/verify-signed.ts";

/** A TimeStampToken (RFC 3161 section 2.4.2), parsed; nothing of it is verified but that its parts belong together. */
export interface TimestampToken {
  /** What the authority's key must have signed. */
  readonly signed: SignedData;
  /** DER of all certificates that come with it, in no order that means anything. */
  readonly certificates: readonly Uint8Array[];
  /** Whose signature it is: DER of issuer and serial number, or a subject key identifier, which nobody is found by. */
  readonly signer: { readonly issuer: Uint8Array; readonly serialNumber: Uint8Array } | undefined;
  /** The digest of the signer's certificate, which the signer signed too (RFC 5816, RFC 2634 section 5.4). */
  readonly signerDigest: { readonly algorithm: string; readonly value: Uint8Array };
  /** What is timestamped. */
  readonly imprint: { readonly algorithm: string; readonly value: Uint8Array };
  /** The moment, and how far it may be off; milliseconds. */
  readonly time: number;
  readonly accuracy: number;
}

const OID = {
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  /** The baseline policy of ETSI, whose accuracy is a second where none is stated (RFC 3628 section 5.2). */
  baselinePolicy: "0.4.0.2023.1.1",
} as const;
const MAX_TOKEN_BYTES = 256 * 1_024;
const MAX_CERTIFICATES = 16;

/** The token in the DER. Throws `SignatureRejected` for anything else; other encodings of BER are not read. */
export function parseTimestampToken(bytes: Uint8Array): TimestampToken {
  if (bytes.length > MAX_TOKEN_BYTES) {
    throw new SignatureRejected("MALFORMED", `the timestamp has more than ${MAX_TOKEN_BYTES} bytes`);
  }
  const signedData = enterContent(readDerSequence(bytes), OID.signedData).enter(DER.sequence);
  signedData.read(DER.integer);
  signedData.read(DER.set);
  const info = enterContent(signedData.enter(DER.sequence), OID.timestampInfo).read(DER.octetString).content;
  const certificates = readElements(signedData.enterOptional(0xa0), MAX_CERTIFICATES).map((each) => each.bytes);
  signedData.readOptional(0xa1);
  const [signer, ...others] = readElements(signedData.enter(DER.set), MAX_CERTIFICATES);
  signedData.end();
  if (signer === undefined || others.length > 0) {
    throw malformed("a timestamp has another number of signers than one");
  }
  return { certificates, ...readSigner(new DerReader(signer.content), info), ...readInfo(info) };
}

/** ContentInfo and EncapsulatedContentInfo: a type, and `[0]` around what it is. */
function enterContent(reader: DerReader, type: string): DerReader {
  if (oidText(reader.read(DER.oid)) !== type) {
    throw malformed(`a timestamp has a content of another type than ${type}`);
  }
  const content = reader.enter(0xa0);
  reader.end();
  return content;
}

function readSigner(reader: DerReader, info: Uint8Array): Pick<TimestampToken, "signed" | "signer" | "signerDigest"> {
  reader.read(DER.integer);
  const signer = readSignerId(reader.read(DER.sequence, 0x80));
  const digest = readDigestAlgorithm(reader.enter(DER.sequence));
  const attributes = reader.read(0xa0);
  const algorithm = reader.read(DER.sequence).content;
  const signature = reader.read(DER.octetString).content;
  reader.readOptional(0xa1);
  reader.end();
  const byType = readAttributes(attributes.content);
  const contentType = byType.get(OID.contentType)?.read(DER.oid);
  const messageDigest = byType.get(OID.messageDigest)?.read(DER.octetString).content;
  if (contentType === undefined || oidText(contentType) !== OID.timestampInfo) {
    throw malformed("the signer of a timestamp did not sign its content type");
  }
  if (messageDigest === undefined || Buffer.compare(messageDigest, hash(digest, info, "buffer")) !== 0) {
    throw new SignatureRejected("TIMESTAMP_INVALID", "the timestamp's signature is over other contents");
  }
  // RFC 5652 section 5.4: signed is the SET OF, not the [0] that stands for it in the message.
  const data = Buffer.from(attributes.bytes);
  data[0] = DER.set;
  return { signer, signerDigest: readSignerDigest(byType), signed: { data, algorithm, signature, digest } };
}

function readSignerId(element: DerElement): TimestampToken["signer"] {
  if (element.tag !== DER.sequence) {
    return undefined;
  }
  const reader = new DerReader(element.content);
  const issuer = reader.read(DER.sequence).bytes;
  const serialNumber = reader.read(DER.integer).content;
  reader.end();
  return { issuer, serialNumber };
}

/** Values of the signed attributes; each has one, and none is there twice (RFC 5652 section 5.3). */
function readAttributes(content: Uint8Array): ReadonlyMap<string, DerReader> {
  const byType = new Map<string, DerReader>();
  for (const element of readElements(new DerReader(content), MAX_CERTIFICATES)) {
    const reader = new DerReader(element.content);
    const type = oidText(reader.read(DER.oid));
    const values = reader.enter(DER.set);
    reader.end();
    if (byType.has(type)) {
      throw malformed(`attribute ${type} of a timestamp is there twice`);
    }
    byType.set(type, values);
  }
  return byType;
}

function readSignerDigest(byType: ReadonlyMap<string, DerReader>): TimestampToken["signerDigest"] {
  const second = byType.get(OID.signingCertificateV2);
  if (second !== undefined) {
    const id = second.enter(DER.sequence).enter(DER.sequence).enter(DER.sequence);
    const algorithm = id.enterOptional(DER.sequence);
    const digest = algorithm === undefined ? "sha256" : readDigestAlgorithm(algorithm);
    return { algorithm: digest, value: id.read(DER.octetString).content };
  }
  const first = byType.get(OID.signingCertificate);
  if (first === undefined) {
    throw malformed("the signer of a timestamp did not sign which certificate is meant");
  }
  // SHA-1 here only names a certificate that the chain must vouch for anyway.
  const value = first.enter(DER.sequence).enter(DER.sequence).enter(DER.sequence).read(DER.octetString).content;
  return { algorithm: "sha1", value };
}

function readInfo(info: Uint8Array): Pick<TimestampToken, "imprint" | "time" | "accuracy"> {
  const reader = readDerSequence(info);
  reader.read(DER.integer);
  const policy = oidText(reader.read(DER.oid));
  const imprint = reader.enter(DER.sequence);
  const algorithm = readDigestAlgorithm(imprint.enter(DER.sequence));
  const value = imprint.read(DER.octetString).content;
  imprint.end();
  reader.read(DER.integer);
  const time = timeMs(reader.read(DER.generalizedTime));
  const stated = reader.enterOptional(DER.sequence);
  const isBaseline = policy === OID.baselinePolicy;
  const accuracy = stated === undefined ? (isBaseline ? 1_000 : 0) : readAccuracy(stated);
  return { imprint: { algorithm, value }, time, accuracy };
}

function readAccuracy(reader: DerReader): number {
  const seconds = reader.readOptional(DER.integer);
  const millis = reader.readOptional(0x80);
  const micros = reader.readOptional(0x81);
  reader.end();
  const [s = 0, ms = 0, us = 0] = [seconds, millis, micros].map((each) =>
    each === undefined ? 0 : smallInteger(each),
  );
  return s * 1_000 + ms + Math.ceil(us / 1_000);
}

function readDigestAlgorithm(reader: DerReader): string {
  const oid = oidText(reader.read(DER.oid));
  const name = digestName(oid);
  if (name === undefined) {
    throw new SignatureRejected("TIMESTAMP_INVALID", `the timestamp uses the digest ${oid}, which is not accepted`);
  }
  return name;
}

function readElements(reader: DerReader | undefined, max: number): readonly DerElement[] {
  const elements: DerElement[] = [];
  while (reader?.isAtEnd === false) {
    elements.push(reader.read());
    if (elements.length > max) {
      throw malformed(`a timestamp has a list of more than ${max}`);
    }
  }
  return elements;
}

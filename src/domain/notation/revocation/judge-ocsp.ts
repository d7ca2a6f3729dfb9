// SPDX-License-Identifier: Apache-2.0

import { hash } from "node:crypto";
import { SignatureRejected } from "#signatures";
import { type Certificate, isIssuedBy, parseCertificate } from "../x509/certificate.ts";
import { isOcspResponder } from "../x509/certificate-rules.ts";
import {
  bitStringBytes,
  DER,
  type DerElement,
  DerReader,
  oidText,
  readDerSequence,
  timeMs,
} from "../x509/der-reader.ts";
import { readExtensionList } from "../x509/extensions.ts";
import { digestName, isSigned, type SignedData } from "../x509/verify-signed.ts";
import { MAX_CLOCK_SKEW_MS, type RevocationStatus, unknownStatus } from "./revocation-status.ts";

/** What an OCSP answer says, and who else must be asked about before it counts. */
export interface OcspJudgement {
  readonly status: RevocationStatus;
  /** A responder of its own whose revocation is to be looked up in lists, unless it says `nocheck`. */
  readonly responder?: Certificate;
}

const BASIC_RESPONSE = "1.3.6.1.5.5.7.48.1.1";
const SHA_1 = "1.3.14.3.2.26";
const INVALIDITY_DATE = "2.5.29.24";
const MAX_RESPONSES = 64;
const MAX_CERTIFICATES = 8;
/** An answer that does not say until when it holds was made for whoever asked just now. */
const MAX_AGE_WITHOUT_END_MS = 60 * 60 * 1_000;

interface Asked {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly now: number;
  /** Trusted time of the signature, in milliseconds. */
  readonly signedAt?: number | undefined;
}

/** What the answer says of the certificate (RFC 6960 section 3.2). Never throws for the bytes. */
export function judgeOcsp(bytes: Uint8Array, asked: Asked): OcspJudgement {
  try {
    return judge(bytes, asked);
  } catch (error) {
    if (error instanceof SignatureRejected) {
      return { status: unknownStatus(`the OCSP answer cannot be used: ${error.message}`) };
    }
    throw error;
  }
}

function judge(bytes: Uint8Array, asked: Asked): OcspJudgement {
  const outer = readDerSequence(bytes);
  const [code] = outer.read(DER.enumerated).content;
  if (code !== 0) {
    return { status: unknownStatus(`the OCSP responder refused with status ${String(code)}`) };
  }
  const response = outer.enter(0xa0).enter(DER.sequence);
  if (oidText(response.read(DER.oid)) !== BASIC_RESPONSE) {
    return { status: unknownStatus("the OCSP answer is of an unknown type") };
  }
  const basic = readDerSequence(response.read(DER.octetString).content);
  const data = basic.read(DER.sequence);
  const algorithm = basic.read(DER.sequence).content;
  const signature = bitStringBytes(basic.read(DER.bitString));
  const certificates = readCertificates(basic.enterOptional(0xa0));
  basic.end();
  const responder = findResponder({ data: data.bytes, algorithm, signature }, certificates, asked);
  if (responder === undefined) {
    return { status: unknownStatus("the OCSP answer is not signed by the issuer or a responder of it") };
  }
  const status = judgeResponses(new DerReader(data.content), asked);
  return { status, ...(responder === asked.issuer || responder.isOcspNoCheck ? {} : { responder }) };
}

/** The issuer itself, or a certificate that the issuer made for OCSP (RFC 6960 section 4.2.2.2). */
function findResponder(
  signed: SignedData,
  certificates: readonly Certificate[],
  asked: Asked,
): Certificate | undefined {
  const { issuer, now } = asked;
  if (isSigned(signed, issuer.publicKey)) {
    return issuer;
  }
  return certificates.find(
    (each) =>
      isOcspResponder(each) &&
      each.notBefore <= now &&
      now <= each.notAfter &&
      isIssuedBy(each, issuer) &&
      isSigned(signed, each.publicKey),
  );
}

function judgeResponses(data: DerReader, asked: Asked): RevocationStatus {
  data.readOptional(0xa0);
  data.read(0xa1, 0xa2);
  data.read(DER.generalizedTime);
  const responses = data.enter(DER.sequence);
  for (let count = 0; !responses.isAtEnd && count < MAX_RESPONSES; count++) {
    const response = responses.enter(DER.sequence);
    if (isAbout(response.enter(DER.sequence), asked)) {
      return judgeResponse(response, asked);
    }
  }
  return unknownStatus("the OCSP answer is about another certificate");
}

function judgeResponse(response: DerReader, { now, signedAt }: Asked): RevocationStatus {
  const state = response.read(0x80, 0xa1, 0x82);
  const thisUpdate = timeMs(response.read(DER.generalizedTime));
  const end = response.enterOptional(0xa0)?.read(DER.generalizedTime);
  const nextUpdate = end === undefined ? undefined : timeMs(end);
  const extensions = readExtensionList(response.enterOptional(0xa1));
  response.end();
  if (thisUpdate > now + MAX_CLOCK_SKEW_MS || now > (nextUpdate ?? thisUpdate + MAX_AGE_WITHOUT_END_MS)) {
    return unknownStatus("the OCSP answer has ended or is from the future");
  }
  const invalidity = extensions.get(INVALIDITY_DATE);
  for (const [oid, extension] of extensions) {
    if (extension.isCritical && oid !== INVALIDITY_DATE) {
      return unknownStatus(`the OCSP answer has the critical extension ${oid}, which is not supported`);
    }
  }
  if (state.tag === 0x82) {
    return unknownStatus("the OCSP responder does not know the certificate");
  }
  const invalidFrom =
    invalidity === undefined ? undefined : timeMs(new DerReader(invalidity.value).read(DER.generalizedTime));
  const isBefore = invalidFrom !== undefined && signedAt !== undefined && signedAt < invalidFrom;
  return {
    state: state.tag === 0x80 || isBefore ? "good" : "revoked",
    ...(nextUpdate === undefined ? {} : { until: nextUpdate }),
  };
}

function isAbout(id: DerReader, { certificate, issuer }: Asked): boolean {
  const oid = oidText(id.enter(DER.sequence).read(DER.oid));
  const digest = oid === SHA_1 ? "sha1" : digestName(oid);
  const [name, key, serial] = [id.read(DER.octetString), id.read(DER.octetString), id.read(DER.integer)];
  id.end();
  return (
    digest !== undefined &&
    isContent(name, hash(digest, issuer.subject.bytes, "buffer")) &&
    isContent(key, hash(digest, issuer.keyBits, "buffer")) &&
    isContent(serial, certificate.serialNumber)
  );
}

function isContent(element: DerElement, bytes: Uint8Array): boolean {
  return Buffer.compare(element.content, bytes) === 0;
}

function readCertificates(reader: DerReader | undefined): readonly Certificate[] {
  const list = reader?.enter(DER.sequence);
  const certificates: Certificate[] = [];
  while (list?.isAtEnd === false && certificates.length < MAX_CERTIFICATES) {
    certificates.push(parseCertificate(list.read(DER.sequence).bytes));
  }
  return certificates;
}

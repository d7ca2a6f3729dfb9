// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import type { X509Certificate } from "@sigstore/core";
import { matchesWildcard } from "#base";
import type { CertificateIdentity } from "#signatures";

/** Who a certificate of Fulcio names. */
export interface SigningIdentity {
  readonly subject: string;
  readonly issuer: string;
}

const SUBJECT_ALT_NAME = "2.5.29.17";
/** Fulcio's OID directory: the issuer as bare text, and since 2023 as UTF8String in DER. */
const ISSUER_V1 = "1.3.6.1.4.1.57264.1.1";
const ISSUER_V2 = "1.3.6.1.4.1.57264.1.8";
/** Fulcio's `otherName` of users whose name is neither a URI nor a mail address. */
const USERNAME = "1.3.6.1.4.1.57264.1.7";
const UTF8_STRING = 0x0c;
const MAX_LENGTH = 2048;

/**
 * The identity in the certificate, or what is wrong with it. Fulcio writes exactly one name (certificate specification,
 * "Subject Alternative Name"); with several it would depend on the reader who signed. The library's own reader takes the
 * first URI, and drops the eighth bit of every character, so that other bytes would read as a trusted name.
 */
export function readSigningIdentity(certificate: X509Certificate): SigningIdentity | { readonly fault: string } {
  const names = certificate.extension(SUBJECT_ALT_NAME)?.valueObj.subs[0]?.subs ?? [];
  if (names.length !== 1) {
    return { fault: `expected one subject alternative name, found ${names.length}` };
  }
  const subject = readName(names[0]);
  if (subject === undefined) {
    return { fault: "expected a subject alternative name of readable text" };
  }
  const issuers = readIssuers(certificate);
  const [issuer] = issuers;
  if (issuer === undefined || issuers.some((each) => each !== issuer)) {
    return { fault: "expected one issuer of identity tokens" };
  }
  return { subject, issuer };
}

/** Whether the identity is the one asked for: each part exact, or covered as a whole by its pattern. */
export function isIdentity(identity: SigningIdentity, wanted: CertificateIdentity): boolean {
  return (
    isText(identity.issuer, wanted.issuer, wanted.issuerPattern) &&
    isText(identity.subject, wanted.subject, wanted.subjectPattern)
  );
}

function isText(text: string, exact: string | undefined, pattern: string | undefined): boolean {
  // a requirement that names neither names nobody
  return exact === undefined ? pattern !== undefined && matchesWildcard(pattern, text) : exact === text;
}

function readName(name: X509Certificate["root"] | undefined): string | undefined {
  if (name?.tag.isContextSpecific(1) === true || name?.tag.isContextSpecific(6) === true) {
    return readAscii(name.value);
  }
  if (name?.tag.isContextSpecific(0) === true && name.subs[0]?.toOID() === USERNAME) {
    const value = name.subs[1]?.subs[0];
    return value === undefined ? undefined : readUtf8(value.value);
  }
  return undefined;
}

/** What the extensions that are there say; `undefined` stands for one that cannot be read. */
function readIssuers(certificate: X509Certificate): readonly (string | undefined)[] {
  const older = certificate.extension(ISSUER_V1);
  const newer = certificate.extension(ISSUER_V2);
  return [
    ...(newer === undefined ? [] : [readUtf8String(newer.valueObj.subs)]),
    ...(older === undefined ? [] : [readUtf8(older.value)]),
  ];
}

function readUtf8String(values: X509Certificate["extensions"]): string | undefined {
  const [text] = values;
  const isOnlyText = values.length === 1 && text?.tag.isUniversal() === true && text.tag.number === UTF8_STRING;
  return isOnlyText ? readUtf8(text.value) : undefined;
}

/** IA5String: seven bits, and nothing that a terminal or a comparison by eye would hide. */
function readAscii(bytes: Uint8Array): string | undefined {
  const isReadable =
    bytes.length > 0 && bytes.length <= MAX_LENGTH && bytes.every((byte) => byte > 0x20 && byte < 0x7f);
  return isReadable ? Buffer.from(bytes).toString("latin1") : undefined;
}

function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text === "" || text.length > MAX_LENGTH || /[\p{Cc}\p{Cf}]/u.test(text) ? undefined : text;
  } catch {
    // not UTF-8: nobody's name
    return undefined;
  }
}
